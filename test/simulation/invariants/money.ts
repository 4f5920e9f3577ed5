import type { Attempt, Execution } from '../run/execution';
import { needsFile, textFor } from '../run/operations';
import type { Played } from '../run/simulate';
import type { Breach, Job, SubmitRecord } from '../service/records';
import { readOwner } from '../service/records';
import { textOf } from './words';

/** The submits of each item, in the order of their beginning. */
export function submitsByItem({ service }: Played): Map<string, SubmitRecord[]> {
	const byItem = new Map<string, SubmitRecord[]>();
	for (const submit of service.submits) {
		if (submit.owner === undefined) continue;
		byItem.set(submit.owner, [...(byItem.get(submit.owner) ?? []), submit]);
	}
	return byItem;
}

/** Whether the service has said of a job that the same request may succeed now. */
export function mayBeMadeAgain({ job }: SubmitRecord): boolean {
	return job?.plan.end === 'failed' && job.endTold > 0;
}

/** (a) No item has two jobs, but for a retryable failed one. */
export function noSecondJob(played: Played): Breach[] {
	const breaches: Breach[] = [];
	for (const [owner, submits] of submitsByItem(played)) {
		for (const [index, later] of submits.entries()) {
			for (const earlier of submits.slice(0, index)) {
				const isOver = earlier.endedAt !== undefined && earlier.endedAt <= later.startedAt;
				const isSafe = earlier.knowledge === 'never' || earlier.knowledge === 'refused';
				const isBroken = earlier.knowledge === 'unclear' && !earlier.isComplete;
				const isAgain = earlier.knowledge === 'id' && mayBeMadeAgain(earlier);
				const isRepeat = isByExisting(played, owner, earlier, later);
				const mayFollow =
					isSafe ||
					isAgain ||
					(isBroken && isWrongSize(played, owner)) ||
					(isRepeat && (isMissing(earlier) || isOfAnotherModel(played, owner)));
				// What is under way when n8n stores the execution does not keep an edited one from being sent.
				if (isForAnother(played, earlier, later) || (isOver && mayFollow)) continue;
				const what = earlier.job ? `which had the job ${earlier.job.id}` : 'whose outcome was open';
				breaches.push({
					rule: isRepeat ? 'h' : 'a',
					text: `Item ${owner} was sent again after a submit ${what}`,
				});
			}
		}
	}
	return breaches;
}

/** Whether a submit is for another request: of other words, or of another sound. */
export function isForAnother(played: Played, earlier: SubmitRecord, later: SubmitRecord): boolean {
	if (earlier.edition !== later.edition) return true;
	if (earlier.version !== later.version) {
		// One that did not come whole may have been of either sound, where there are two.
		const isKnown = earlier.version !== undefined && later.version !== undefined;
		return isKnown || mayChange(played, later.owner ?? '');
	}
	return false;
}

/** Whether an item's sound may be another one when it is read again. */
export function mayChange({ executions, scenario, service }: Played, owner: string): boolean {
	const { execution, item } = readOwner(owner);
	const { plan } = executions[execution] ?? {};
	if (plan?.fromUrl === true) {
		const given = service.sounds.filter((sound) => sound.owner === `${execution}/${item}`);
		return new Set(given.map(({ version }) => version)).size > 1;
	}
	return (
		scenario.onDisk && plan !== undefined && plan.film > 0 && plan.items[item]?.file === 'changes'
	);
}

/** Whether one submit came before a run with 'Existing Clips', and the other one in it. */
function isByExisting(
	{ executions }: Played,
	owner: string,
	earlier: SubmitRecord,
	later: SubmitRecord,
): boolean {
	const last = executions[Number(owner.split('/')[0])]?.attempts.at(-1);
	if (last?.hasExisting !== true) return false;
	return earlier.startedAt < last.startedAt && later.startedAt >= last.startedAt;
}

/**
 * (h) A run with 'Existing Clips' submits what is missing: clips whose job has failed, those of which nobody knows
 * whether there is a job, and pictures that cannot be had: the service has no link to them, or has said that it does
 * not know their job.
 */
function isMissing({ job, knowledge, owner }: SubmitRecord): boolean {
	const hasFailed = (job?.plan.end ?? '').startsWith('failed') && (job?.endTold ?? 0) > 0;
	const cannotBeHad = job?.isForgotten === true || job?.plan.end === 'noLink';
	const isLost = cannotBeHad && owner?.endsWith('/picture') === true;
	return knowledge === 'unclear' || hasFailed || isLost;
}

/**
 * Whether a film's model has gone before it was repeated: the model that takes its place may make clips of other lengths,
 * so that a clip of before fits no place in the film. The item names it.
 */
function isOfAnotherModel({ service }: Played, owner: string): boolean {
	const item = owner.split('/').slice(0, 2).join('/');
	const clips = service.submits.filter(
		({ owner: other = '' }) => other.startsWith(`${item}/`) && !other.endsWith('/picture'),
	);
	return new Set(clips.map(({ model }) => model)).size > 1;
}

/** Whether a file of the item is not as long as n8n says: its upload is broken off by the node itself. */
export function isWrongSize({ executions, scenario }: Played, owner: string): boolean {
	const [execution = 0, item = 0] = owner.split('/').map(Number);
	const { plan } = executions[execution] ?? {};
	const hasFile = plan !== undefined && needsFile(plan);
	return hasFile && scenario.onDisk && plan.items[item]?.file === 'wrongSize';
}

/**
 * (p) All jobs of an item together cost no more than 'Max Price', those of earlier tries included. What a run with
 * 'Existing Clips' is given was paid for by another one.
 */
export function pricesAreKept({ service, executions }: Played): Breach[] {
	return executions.flatMap(({ index, plan, attempts, size }) => {
		if (plan.maxPrice === 0) return [];
		const begin = attempts.find(({ hasExisting }) => hasExisting)?.startedAt ?? Infinity;
		return Array.from({ length: size }, (_, item) => item).flatMap((item) => {
			const own = service.jobs.filter(({ submit: { owner = '' } }) => {
				const place = readOwner(owner);
				return place.execution === index && place.item === item;
			});
			const [before, after] = [
				own.filter(({ acceptedAt }) => acceptedAt < begin),
				own.filter(({ acceptedAt }) => acceptedAt >= begin),
			];
			return [before, after].flatMap((jobs) => {
				const price = jobs.filter(isCharged).reduce((sum, job) => sum + job.price, 0);
				if (price <= plan.maxPrice + 1e-9) return [];
				const text = `${jobs.length} jobs of item ${index}/${item} cost ${price} USD; at most ${plan.maxPrice} were allowed`;
				return [{ rule: 'p', text }];
			});
		});
	});
}

/** Whether a job's charge stays: some that have failed are refunded. */
function isCharged({ plan, endTold }: Job): boolean {
	return !(plan.end.startsWith('failed') && plan.refunded && endTold > 0);
}

/** Whether an item ends the run, or is dropped from it, without a word of ours. */
function isStoppedByN8n(execution: Execution | undefined): boolean {
	return (
		execution?.plan.items.some(({ flaw }) => flaw === 'expression' || flaw === 'proxy') === true
	);
}

/**
 * What a user has to read for all jobs of an execution: its last try says what all of them have made. One that was
 * canceled may not have come to a word; a run with 'Existing Clips' is another execution.
 */
function lastWords(attempts: Attempt[]): string {
	const begin = attempts.findIndex(({ hasExisting }) => hasExisting);
	const runs = begin < 0 ? [attempts] : [attempts.slice(0, begin), attempts.slice(begin)];
	const last = runs.flatMap((tries) => {
		const whole = tries.findLastIndex(({ canceledAt }) => canceledAt === undefined);
		return tries.slice(Math.max(0, whole));
	});
	return last.map(textOf).join('\n');
}

/** (b) Every ID that the service gave out stands in the output or the message; in the log at least. */
export function idsAreNamed(played: Played): Breach[] {
	const { service, executions, log, hasCrashed } = played;
	const logged = log.text();
	const breaches: Breach[] = [];
	for (const { knowledge, job, owner, operation, edition } of service.submits) {
		if (knowledge !== 'id' || owner === undefined) continue;
		const execution = executions[Number(owner.split('/')[0])];
		const attempts = execution?.attempts ?? [];
		const isLost = hasCrashed || isStoppedByN8n(execution);
		const said = attempts.map(textOf).join('\n');
		const seen = said + (isLost ? logged : '');
		if (job === undefined) {
			const isNamed = isLost || said.includes(textFor(owner, edition));
			if (!isNamed)
				breaches.push({
					rule: 'b',
					text: `The answer to ${operation} of ${owner} is nowhere to be seen`,
				});
			continue;
		}
		if (!logged.includes(job.id)) {
			breaches.push({ rule: 'b', text: `The ID ${job.id} of item ${owner} is not in the log` });
		}
		if (!seen.includes(job.id)) {
			breaches.push({ rule: 'b', text: `The ID ${job.id} of item ${owner} is nowhere to be seen` });
		} else if (!isLost && !lastWords(attempts).includes(job.id)) {
			const text = `The last try of item ${owner} does not name its job ${job.id}`;
			breaches.push({ rule: 'b', text });
		}
	}
	return breaches;
}
