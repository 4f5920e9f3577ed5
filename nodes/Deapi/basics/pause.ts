import { startTimer } from './timer';

/**
 * Waits, but not longer than until the signal fires.
 *
 * @param ms how long, in milliseconds
 * @param signal ends the wait
 * @returns whether the whole time passed
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
	if (ms > 0 && signal?.aborted !== true) {
		let stopTimer = () => {};
		const over = new Promise<void>((resolve) => {
			stopTimer = startTimer(ms, resolve);
		});
		await untilAborted(over, signal);
		stopTimer();
	}
	return signal?.aborted !== true;
}

/**
 * Resolves with the work or when the signal fires, whichever is first.
 *
 * @param work must not reject
 */
export async function untilAborted(work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted === true) return;
	let stop = () => {};
	const aborted = new Promise<void>((resolve) => {
		stop = resolve;
		signal?.addEventListener('abort', stop, { once: true });
	});
	await Promise.race([work, aborted]);
	signal?.removeEventListener('abort', stop);
}
