import http from 'node:http';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { TestCredentials } from '../support/engine';
import { TRIGGER } from '../support/webhook-host';
import { triggerTestbed } from './testbed';

const bed = triggerTestbed();
const { credentials, deliver, doneJob, host, restarted, submit } = bed;

describe('exactly once', () => {
	test('starts one execution for 100 copies that come together', async () => {
		const trigger = await host();
		const job = await doneJob();
		const deliveryId = '100-copies';
		const copies = await Promise.all(
			Array.from(
				{ length: 100 },
				async () => await bed.fake.deliver({ url: trigger.url, job, deliveryId }),
			),
		);
		await trigger.idle();
		expect(copies.map(({ status }) => status)).toEqual(copies.map(() => 200));
		const answers = copies.map(({ responseBody }) => responseBody).sort();
		expect(answers.filter((answer) => answer.includes('accepted'))).toHaveLength(1);
		expect(answers.filter((answer) => answer.includes('duplicate'))).toHaveLength(99);
		expect(trigger.received()).toHaveLength(1);
	});

	test('counts a delivery by what is signed, not by its headers', async () => {
		const trigger = await host({ parameters: { downloadResult: false } });
		const { body } = await deliver(trigger, { deliveryId: 'the signed one' });
		const replay = await deliver(trigger, {
			body,
			headers: { 'X-DeAPI-Delivery-Id': 'another', 'X-DeAPI-Event': 'job.failed' },
		});
		expect(replay.answer).toEqual({ status: 'ignored', reason: 'duplicate' });
		expect(trigger.executions).toHaveLength(1);
	});

	test('gives each workflow its own', async () => {
		const triggers = [await host(), await host()];
		for (const trigger of triggers) {
			await deliver(trigger, { event: 'job.failed', deliveryId: 'for-all' });
			expect(trigger.executions).toHaveLength(1);
		}
	});

	test('holds over a restart', async () => {
		const workflowId = 'restarted';
		const before = await host({ workflowId, trigger: restarted() });
		await deliver(before, { event: 'job.failed', deliveryId: 'one' });
		// These are handled at the same time, each with its own copy of the static data.
		await Promise.all(
			Array.from(
				{ length: 10 },
				async (_, index) =>
					await bed.fake.deliver({
						url: before.url,
						event: 'job.failed',
						deliveryId: `of-ten-${index}`,
					}),
			),
		);
		await before.idle();
		await deliver(before, { event: 'job.failed', deliveryId: 'last' });
		expect(before.executions).toHaveLength(12);

		const { staticData } = before;
		const after = await host({ workflowId, trigger: restarted(), staticData });
		for (const deliveryId of [
			'one',
			'last',
			...Array.from({ length: 10 }, (_, i) => `of-ten-${i}`),
		]) {
			const { answer } = await deliver(after, { event: 'job.failed', deliveryId });
			expect(answer).toEqual({ status: 'ignored', reason: 'duplicate' });
		}
		await deliver(after, { event: 'job.failed', deliveryId: 'new' });
		expect(after.executions).toHaveLength(1);

		// The other side of it: without the static data the new process knows nothing.
		const forgetful = await host({ workflowId, trigger: restarted() });
		await deliver(forgetful, { event: 'job.failed', deliveryId: 'one' });
		expect(forgetful.executions).toHaveLength(1);
	});

	test('holds between webhook processes while the first is still fetching the result', async () => {
		const database = { staticData: '{}' };
		const shared = { workflowId: 'in-two-processes', database };
		const first = await host({ ...shared, trigger: restarted() });
		const second = await host({ ...shared, trigger: restarted() });
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', fault: { type: 'hang' } });
		const isFetching = () => bed.fake.requests.some(({ route }) => route === 'result');
		await bed.fake.deliver({ url: first.url, job, deliveryId: 'one' });
		await bed.fake.waitFor(isFetching);
		expect(first.running).toBe(1);
		// The claim lies in the database before the first byte of the result.
		expect(database.staticData).toContain(' one"');

		const copy = await deliver(second, { job, deliveryId: 'one' });
		expect(copy.answer).toEqual({ status: 'ignored', reason: 'duplicate' });
		first.executions[0]?.stop();
		await first.idle();

		// What one has claimed is neither lost nor unknown when the other has written.
		await deliver(second, { event: 'job.failed', deliveryId: 'two' });
		await deliver(first, { event: 'job.failed', deliveryId: 'three' });
		const third = await host({ ...shared, trigger: restarted() });
		for (const deliveryId of ['one', 'two', 'three']) {
			for (const process of [first, second, third]) {
				const { answer } = await deliver(process, { event: 'job.failed', deliveryId });
				expect(answer).toEqual({ status: 'ignored', reason: 'duplicate' });
			}
		}
	});

	test('holds where a process ends in the middle of a download', async () => {
		const database = { staticData: '{}' };
		const shared = { workflowId: 'ended-while-fetching', database };
		const ended = await host({ ...shared, trigger: restarted() });
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', fault: { type: 'hang' } });
		await bed.fake.deliver({ url: ended.url, job, deliveryId: 'one' });
		// n8n knows the execution by now, and shows it as crashed.
		await bed.fake.waitFor(() => ended.running === 1);
		const after = await host({ ...shared, trigger: restarted() });
		const { answer } = await deliver(after, { job, deliveryId: 'one' });
		expect(answer).toEqual({ status: 'ignored', reason: 'duplicate' });
		ended.executions[0]?.stop();
	});

	test('leaves the rest of the static data as it is', async () => {
		const staticData = { global: { counter: 7 }, 'node:Other': { at: 'x' } };
		const trigger = await host({ staticData });
		await deliver(trigger, { event: 'job.failed' });
		expect(trigger.staticData).toMatchObject(staticData);
		expect(trigger.staticData[`node:${TRIGGER}`]).toEqual({
			deliveries: [expect.stringMatching(/^\d{10} [0-9a-f-]{36}$/)],
		});
	});

	test('does not hold while testing in the editor', async () => {
		const editor = await host({ mode: 'manual', workflowId: 'edited' });
		const production = await host({ workflowId: 'edited' });
		for (const trigger of [editor, production]) {
			await deliver(trigger, { event: 'job.failed', deliveryId: 'tested' });
		}
		await deliver(editor, { event: 'job.failed', deliveryId: 'tested' });
		expect(editor.executions).toHaveLength(2);
		expect(production.executions).toHaveLength(1);
		expect(editor.staticData).toEqual({});
	});

	test('takes a delivery that comes again because it could not be handled', async () => {
		class Unreadable extends TestCredentials {
			isReadable = true;

			override async getDecrypted(...args: Parameters<TestCredentials['getDecrypted']>) {
				if (!this.isReadable) throw new Error('The credential cannot be read');
				return await super.getDecrypted(...args);
			}
		}
		const helper = new Unreadable(credentials());
		const trigger = await host({ credentials: helper });
		helper.isReadable = false;
		const logged = jest.spyOn(Container.get(Logger), 'error');
		bed.fake.settings.accountWebhookUrl = trigger.url;
		const job = await submit();
		const completed = () => bed.fake.deliveries.filter(({ event }) => event === 'job.completed');
		await bed.fake.waitFor(() => completed().length >= 2);
		expect(completed().every(({ status }) => status === 500)).toBe(true);
		expect(JSON.parse(completed()[0]?.responseBody ?? '')).toEqual({
			message: 'The call could not be taken; see the log of n8n',
		});
		expect(logged.mock.calls[0]?.[0]).toBe(
			"deAPI's call could not be taken: The 'deAPI API' credential could not be read",
		);
		logged.mockRestore();
		expect(trigger.executions).toEqual([]);
		helper.isReadable = true;
		await bed.fake.waitFor(() => completed().some(({ ok }) => ok));
		await trigger.idle();
		expect(new Set(completed().map(({ deliveryId }) => deliveryId)).size).toBe(1);
		expect(trigger.received().map(({ json }) => json.request_id)).toEqual([job.request_id]);
	});

	test('leaves a delivery alone that comes again because the answer was lost', async () => {
		const trigger = await host();
		const door = await openDoor(trigger.url);
		bed.fake.settings.accountWebhookUrl = door.url;
		await submit();
		const completed = () => bed.fake.deliveries.filter(({ event }) => event === 'job.completed');
		await bed.fake.waitFor(() => completed().length >= 3);
		expect(completed().every(({ status }) => status === null)).toBe(true);
		door.letAnswersOut();
		await bed.fake.waitFor(() => completed().some(({ ok }) => ok));
		await trigger.idle();
		expect(completed().at(-1)?.responseBody).toContain('duplicate');
		expect(trigger.received()).toHaveLength(1);
		await door.close();
	});
});

/** Stands in front of a host: calls go in, but answers only come out once they are let. */
async function openDoor(url: string) {
	let answersComeOut = false;
	const server = http.createServer((request, response) => {
		const { method, headers } = request;
		const inner = http.request(url, { method, headers }, (answer) => {
			answer.resume();
			answer.on('end', () => response.destroy());
			if (!answersComeOut) return;
			answer.removeAllListeners('end');
			response.writeHead(answer.statusCode ?? 0);
			answer.pipe(response);
		});
		inner.on('error', () => response.destroy());
		request.pipe(inner);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
	return {
		url: url.replace(/:\d+\//, `:${port}/`),
		letAnswersOut: () => {
			answersComeOut = true;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
