/** Plays seeds in processes of their own: all of a processor, and nothing shared with who asks. */
import { fork } from 'node:child_process';
import path from 'node:path';
import type { Trial } from './trial';

/** Seeds that a worker is given at a time. */
const PORTION = 10;

/**
 * Has seeds played by so many processes.
 *
 * @param stop ends it after what is being played
 * @param onTrial is told of each, in the order of their ends
 */
export async function playAll(
	from: number,
	seeds: number,
	workers: number,
	stop: AbortSignal,
	onTrial: (trial: Trial) => void,
): Promise<void> {
	let next = from;
	const run = async () =>
		await new Promise<void>((resolve, reject) => {
			const worker = fork(path.join(__dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
			const give = () => {
				const portion = stop.aborted ? 0 : Math.min(PORTION, from + seeds - next);
				if (portion > 0) worker.send(Array.from({ length: portion }, () => next++));
				else worker.disconnect();
			};
			worker.on('message', (message: Trial | 'ready') => {
				if (message === 'ready') give();
				else onTrial(message);
			});
			worker.on('exit', (code) =>
				code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}`)),
			);
		});
	await Promise.all(Array.from({ length: workers }, run));
}
