import { sleep } from 'n8n-workflow';

/** How long one slice of a wait is at most, in milliseconds: so long a timer outlives a cancelled wait. */
const SLICE_MS = 250;

/**
 * Waits, but not longer than until the execution is cancelled. In slices, because n8n's `sleep` cannot
 * be ended early and n8n's rules allow no timers of our own.
 *
 * @param ms how long, in milliseconds
 * @param signal the execution's cancel signal
 * @param isOver asked before each slice: whether the reason to wait is gone
 * @returns whether the whole time passed
 */
export async function pause(
	ms: number,
	signal?: AbortSignal,
	isOver: () => boolean = () => false,
): Promise<boolean> {
	const end = Date.now() + ms;
	const isDone = () => signal?.aborted === true || isOver();
	while (!isDone() && Date.now() < end) {
		await untilAborted(sleep(Math.min(SLICE_MS, end - Date.now())), signal);
	}
	return !isDone();
}

/** Resolves with the work or when the signal fires, whichever is first. */
async function untilAborted(work: Promise<void>, signal?: AbortSignal): Promise<void> {
	if (!signal) return await work;
	let stop = () => {};
	const aborted = new Promise<void>((resolve) => {
		stop = resolve;
		signal.addEventListener('abort', stop, { once: true });
	});
	await Promise.race([work, aborted]);
	signal.removeEventListener('abort', stop);
}
