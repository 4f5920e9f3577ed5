import { clock } from './clock';

/** How long one slice of a wait is at most, in milliseconds: so long a timer outlives a wait that ended. */
const SLICE_MS = 250;

/**
 * Waits, but not longer than until the signal fires. In slices, because n8n's `sleep` cannot be ended
 * early and n8n's rules allow no timers of our own.
 *
 * @param ms how long, in milliseconds
 * @param signal ends the wait
 * @returns whether the whole time passed
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
	const end = clock.now() + ms;
	while (signal?.aborted !== true && clock.now() < end) {
		await untilAborted(clock.sleep(Math.min(SLICE_MS, end - clock.now())), signal);
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
