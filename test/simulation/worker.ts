/** A process that plays the seeds that its parent sends, until it hangs up: see workers.ts. */
import '../support/setup';
import { trySeed } from './trial';

process.on('SIGINT', () => {});
process.on('message', (portion: number[]) => {
	void (async () => {
		for (const seed of portion) process.send?.(await trySeed(seed));
		process.send?.('ready');
	})();
});
process.send?.('ready');
