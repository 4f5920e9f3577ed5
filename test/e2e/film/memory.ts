import { setTimeout as wait } from 'node:timers/promises';
import type { N8n } from '../n8n/n8n';

const SAMPLE_MS = 50;

/** Memory in MiB. */
export interface Growth {
	before: number;
	most: number;
}

/** Watches the memory of n8n's process while something goes on there. */
export async function growthDuring<T>(
	n8n: N8n,
	work: () => Promise<T>,
): Promise<{ result: T; growth: Growth }> {
	const before = await n8n.residentMiB();
	const growth: Growth = { before, most: before };
	const ended = new AbortController();
	const watching = (async () => {
		while (!ended.signal.aborted) {
			growth.most = Math.max(growth.most, await n8n.residentMiB());
			await wait(SAMPLE_MS);
		}
	})();
	try {
		return { result: await work(), growth };
	} finally {
		ended.abort();
		await watching;
	}
}
