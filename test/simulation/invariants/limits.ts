import type { Execution } from '../run/execution';
import { operationAt, operationNamed } from '../run/operations';
import type { Played } from '../run/simulate';
import type { Breach, RequestRecord } from '../service/records';

/** How long a request of each kind may last, in milliseconds, whatever the other side does. */
const LONGEST_MS: { [kind in RequestRecord['kind']]: number } = {
	submit: 600_000,
	status: 30_000,
	models: 15_000,
	price: 30_000,
	download: 900_000,
	sound: 300_000,
	other: 30_000,
};

/** A question for a price that takes the file along; n8n gives up after so long without a byte. */
const LONGEST_PRICE_OF_FILE_MS = 300_000;

function longest({ kind, url }: RequestRecord): number {
	// A picture's size is enough; how long a video is, only deAPI can tell.
	const isOfFile =
		kind === 'price' && operationNamed(operationAt(new URL(url).pathname)).takes === 'video';
	return isOfFile ? LONGEST_PRICE_OF_FILE_MS : LONGEST_MS[kind];
}

/** What a deadline may be late, as it is looked at in slices. */
const MARGIN_MS = 2_000;

/** (d) The node ends within its limits. */
export function endsInTime(played: Played): Breach[] {
	const { service, executions, outcome, hasCrashed } = played;
	const breaches: Breach[] = [];
	const breach = (text: string) => breaches.push({ rule: 'd', text });
	if (hasCrashed) return [];
	if (outcome !== 'happened') breach(`The executions did not end: ${outcome}`);
	for (const request of service.requests) {
		const { kind, url, startedAt, endedAt } = request;
		const lasted = (endedAt ?? played.time.now) - startedAt;
		if (lasted > longest(request) + MARGIN_MS) {
			breach(`A request lasted ${lasted / 1000} s (${kind}): ${url}`);
		}
	}
	for (const execution of executions) {
		for (const { canceledAt, endedAt } of execution.attempts) {
			if (canceledAt === undefined || endedAt === undefined) continue;
			const late = endedAt - canceledAt;
			if (late > MARGIN_MS + waitsOfN8n(execution)) {
				breach(`Execution ${execution.index} went on for ${late / 1000} s after it was canceled`);
			}
		}
	}
	return [...breaches, ...waitsAreKept(played)];
}

/** n8n's own waits cannot be ended early: those between batches and between tries. */
function waitsOfN8n({ plan, size }: Execution): number {
	const { batching, retry } = plan;
	const batches = batching === null ? 0 : Math.ceil(size / batching.size) * batching.interval;
	const tries = retry?.maxTries ?? 1;
	return tries * batches + (tries - 1) * Math.max(1000, retry?.wait ?? 0);
}

/** How long is waited where nobody says, in seconds. */
const USUAL_WAIT_S = 600;

/** A wait for a job holds to its time limit. */
function waitsAreKept({ service, executions }: Played): Breach[] {
	const breaches: Breach[] = [];
	for (const job of service.jobs) {
		const { owner, endedAt } = job.submit;
		const { plan, attempts = [] } = executions[Number(owner?.split('/')[0])] ?? {};
		// Each try of an execution waits anew.
		if (plan === undefined || endedAt === undefined || plan.retry !== null) continue;
		if (attempts.length > 1) continue;
		const download = service.requests.find(
			({ kind, jobId }) => kind === 'download' && jobId === job.id,
		);
		const checks = service.requests.filter(
			({ kind, jobId, startedAt }) =>
				kind === 'status' && jobId === job.id && startedAt < (download?.startedAt ?? Infinity),
		);
		const last = checks.at(-1);
		const waited = last === undefined ? 0 : (last.endedAt ?? Infinity) - endedAt;
		// Pictures are waited for although nothing else is; the field for the limit is hidden then.
		const most = plan.waits ? plan.timeout : USUAL_WAIT_S;
		if (waited > most * 1000 + MARGIN_MS) {
			breaches.push({
				rule: 'd',
				text: `Item ${owner} waited ${waited / 1000} s for its job, though no more than ${most} s were allowed`,
			});
		}
	}
	return breaches;
}

/** (e) Nothing is sent after the end. */
export function nothingAfterTheEnd(played: Played): Breach[] {
	const { service, executions, endedAt, hasCrashed } = played;
	const breaches: Breach[] = [];
	if (hasCrashed) return [];
	for (const { kind, url, startedAt } of service.requests) {
		if (startedAt > endedAt) {
			breaches.push({ rule: 'e', text: `A request began after the end (${kind}): ${url}` });
		}
	}
	const ownerOf = new Map(service.jobs.map(({ id, submit }) => [id, submit.owner]));
	const all = [
		...service.submits.map(({ owner, startedAt }) => ({ owner, startedAt, what: 'sent' })),
		...service.requests.map(({ jobId = '', startedAt, kind }) => ({
			owner: ownerOf.get(jobId),
			startedAt,
			what: `asked for (${kind})`,
		})),
	];
	for (const { owner, startedAt, what } of all) {
		const execution = executions[Number(owner?.split('/')[0])];
		const isRunning = execution?.attempts.some(
			(attempt) =>
				attempt.startedAt <= startedAt &&
				startedAt <= (attempt.canceledAt ?? attempt.endedAt ?? Infinity),
		);
		if (execution !== undefined && isRunning !== true) {
			breaches.push({
				rule: 'e',
				text: `Item ${owner} was ${what} when its execution had ended`,
			});
		}
	}
	return breaches;
}
