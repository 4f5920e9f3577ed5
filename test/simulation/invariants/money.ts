import type { Execution } from '../run/execution';
import { needsFile, textFor } from '../run/operations';
import type { Played } from '../run/simulate';
import type { Breach, SubmitRecord } from '../service/records';
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
					(isRepeat && isMissing(earlier));
				if (isOver && mayFollow) continue;
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
 * (h) A run with 'Existing Clips' submits what is missing: clips whose job has failed, and those of which
 * nobody knows whether there is a job.
 */
function isMissing({ job, knowledge }: SubmitRecord): boolean {
	const hasFailed = (job?.plan.end ?? '').startsWith('failed') && (job?.endTold ?? 0) > 0;
	return knowledge === 'unclear' || hasFailed;
}

/** Whether a file of the item is not as long as n8n says: its upload is broken off by the node itself. */
export function isWrongSize({ executions, scenario }: Played, owner: string): boolean {
	const [execution = 0, item = 0] = owner.split('/').map(Number);
	const { plan } = executions[execution] ?? {};
	const hasFile = plan !== undefined && needsFile(plan);
	return hasFile && scenario.onDisk && plan.items[item]?.file === 'wrongSize';
}

/** (p) An item that costs more than 'Max Price' allows is not submitted, nor is a part of it. */
export function pricesAreKept({ service, executions }: Played): Breach[] {
	return executions.flatMap(({ index, plan, attempts, size }) => {
		if (plan.maxPrice === 0) return [];
		return Array.from({ length: size }, (_, item) => item).flatMap((item) =>
			attempts.flatMap(({ startedAt, endedAt = Infinity }) => {
				const submits = service.submits.filter(
					({ owner, startedAt: at }) =>
						(owner === `${index}/${item}` || owner?.startsWith(`${index}/${item}/`) === true) &&
						at >= startedAt &&
						at <= endedAt,
				);
				const jobs = new Set(submits.map(({ owner }) => owner)).size;
				const price = jobs * (submits[0]?.account.plan.price ?? 0);
				if (price <= plan.maxPrice + 1e-9) return [];
				const text = `${jobs} jobs of item ${index}/${item} cost ${price} USD; at most ${plan.maxPrice} were allowed`;
				return [{ rule: 'p', text }];
			}),
		);
	});
}

/** Whether an item ends the run, or is dropped from it, without a word of ours. */
function isStoppedByN8n(execution: Execution | undefined): boolean {
	return (
		execution?.plan.items.some(({ flaw }) => flaw === 'expression' || flaw === 'proxy') === true
	);
}

/** (b) Every ID that the service gave out stands in the output or the message; in the log at least. */
export function idsAreNamed(played: Played): Breach[] {
	const { service, executions, log, hasCrashed } = played;
	const logged = log.text();
	const breaches: Breach[] = [];
	for (const { knowledge, job, owner, operation } of service.submits) {
		if (knowledge !== 'id' || owner === undefined) continue;
		const execution = executions[Number(owner.split('/')[0])];
		const attempts = execution?.attempts ?? [];
		const isLost = hasCrashed || isStoppedByN8n(execution);
		const said = attempts.map(textOf).join('\n');
		const seen = said + (isLost ? logged : '');
		if (job === undefined) {
			const isNamed = isLost || said.includes(textFor(owner));
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
		}
	}
	return breaches;
}
