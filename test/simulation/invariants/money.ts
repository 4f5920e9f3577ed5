import type { Execution } from '../run/execution';
import type { Played } from '../run/simulate';
import type { Breach, SubmitRecord } from '../service/records';
import { statementsOf, textOf } from './words';

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
				const mayFollow =
					isSafe ||
					isAgain ||
					(isBroken && isWrongSize(played, owner)) ||
					isByExisting(played, owner, earlier, later);
				if (isOver && mayFollow) continue;
				const what = earlier.job ? `which had the job ${earlier.job.id}` : 'whose outcome was open';
				breaches.push({ rule: 'a', text: `Item ${owner} was sent again after a submit ${what}` });
			}
		}
	}
	return breaches;
}

/**
 * (h) A run with 'Existing Clips' submits what is missing: clips whose job has failed, and those of which
 * nobody knows whether there is a job.
 */
function isByExisting(
	{ executions }: Played,
	owner: string,
	earlier: SubmitRecord,
	later: SubmitRecord,
): boolean {
	const attempts = executions[Number(owner.split('/')[0])]?.attempts ?? [];
	const last = attempts.at(-1);
	if (last?.hasExisting !== true) return false;
	if (earlier.startedAt >= last.startedAt || later.startedAt < last.startedAt) return false;
	const end = earlier.job?.plan.end ?? '';
	const hasFailed = end.startsWith('failed') && (earlier.job?.endTold ?? 0) > 0;
	return earlier.knowledge === 'unclear' || hasFailed;
}

/** Whether a file of the item is not as long as n8n says: its upload is broken off by the node itself. */
export function isWrongSize({ executions, scenario }: Played, owner: string): boolean {
	const [execution = 0, item = 0] = owner.split('/').map(Number);
	const file = executions[execution]?.plan.items[item]?.file;
	return scenario.onDisk && file === 'wrongSize';
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
	for (const { knowledge, job, owner } of service.submits) {
		if (knowledge !== 'id' || job === undefined || owner === undefined) continue;
		const execution = executions[Number(owner.split('/')[0])];
		const attempts = execution?.attempts ?? [];
		// An item that succeeded in a later try has its video; what it cost before stands in the log.
		const succeeded = attempts.some((attempt) =>
			statementsOf(attempt).some(
				({ item, isSuccess }) => isSuccess && owner === `${execution?.index}/${item}`,
			),
		);
		const isLost = hasCrashed || succeeded || isStoppedByN8n(execution);
		const seen = attempts.map(textOf).join('\n') + (isLost ? logged : '');
		if (!logged.includes(job.id)) {
			breaches.push({ rule: 'b', text: `The ID ${job.id} of item ${owner} is not in the log` });
		}
		if (!seen.includes(job.id)) {
			breaches.push({ rule: 'b', text: `The ID ${job.id} of item ${owner} is nowhere to be seen` });
		}
	}
	return breaches;
}
