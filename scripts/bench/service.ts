/**
 * The fake service in a process of its own, so that its work does not count as the node's. Told by
 * messages what to do.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type FakeDeapi, startFakeDeapi } from '../../test/fake-deapi';
import type { FakeDeapiOptions } from '../../test/fake-deapi/types';

export type ServiceOrder =
	| { type: 'start'; options: FakeDeapiOptions }
	| { type: 'deliver'; url: string; count: number; parallel: number; withResult: boolean }
	| { type: 'stop' };

export interface Deliveries {
	/** Milliseconds until each was answered. */
	ms: number[];
	/** Seconds for all of them. */
	seconds: number;
	accepted: number;
}

let fake: FakeDeapi | undefined;

async function deliver(order: ServiceOrder & { type: 'deliver' }): Promise<Deliveries> {
	const service = fake;
	if (service === undefined) throw new Error('The service is not running');
	const job = service.jobs[0] ?? (await submitOne(service));
	const ms: number[] = [];
	let accepted = 0;
	let next = 0;
	const started = performance.now();
	const worker = async () => {
		while (next++ < order.count) {
			const delivery = await service.deliver({
				url: order.url,
				event: order.withResult ? 'job.completed' : 'job.processing',
				job,
			});
			ms.push(delivery.ms);
			if (delivery.ok) accepted++;
		}
	};
	await Promise.all(Array.from({ length: order.parallel }, worker));
	return { ms, seconds: (performance.now() - started) / 1000, accepted };
}

/** A job that is done, for the deliveries to report on. */
async function submitOne(service: FakeDeapi) {
	const form = new FormData();
	const fields = { prompt: 'A singer', model: 'Ltx2_3_22B_Dist_INT8', width: 512, height: 512 };
	for (const [name, value] of Object.entries({ ...fields, frames: 97, fps: 24, seed: 1 })) {
		form.append(name, String(value));
	}
	const song = readFileSync(path.join(__dirname, '../../test/fixtures/song.mp3'));
	form.append('audio', new Blob([song], { type: 'audio/mpeg' }), 'song.mp3');
	const headers = { Accept: 'application/json', Authorization: 'Bearer test-key' };
	const url = `${service.url}/api/v1/client/aud2video`;
	await fetch(url, { method: 'POST', body: form, headers });
	await service.waitFor(() => service.jobs[0]?.status === 'done');
	const [job] = service.jobs;
	if (job === undefined) throw new Error('The fake took no job');
	return job;
}

process.on('message', (order: ServiceOrder) => {
	void (async () => {
		if (order.type === 'start') {
			fake = await startFakeDeapi(order.options);
			process.send?.({ url: fake.url });
		} else if (order.type === 'deliver') {
			process.send?.(await deliver(order));
		} else {
			await fake?.close();
			process.disconnect();
		}
	})();
});
