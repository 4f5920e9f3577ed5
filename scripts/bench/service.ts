/**
 * The fake service in a process of its own, so that its work does not count as the node's. Told by
 * messages what to do.
 */
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
	const ms: number[] = [];
	let accepted = 0;
	let next = 0;
	const started = performance.now();
	const worker = async () => {
		while (next++ < order.count) {
			const requestId = `bench-${next}`;
			const delivery = await service.deliver({
				url: order.url,
				event: order.withResult ? 'job.completed' : 'job.processing',
				job: service.jobs[0] ?? requestId,
			});
			ms.push(delivery.ms);
			if (delivery.ok) accepted++;
		}
	};
	await Promise.all(Array.from({ length: order.parallel }, worker));
	return { ms, seconds: (performance.now() - started) / 1000, accepted };
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
