/** A call that brings nothing is acknowledged and starts nothing: a 4xx would count against the webhooks. */
import { EVERY_EVENT, triggerTestbed } from './testbed';

const { deliver, host } = triggerTestbed();

test.each([
	['job.completed', '{}'],
	['job.failed', '{}'],
	// PHP prints an empty object as an empty list.
	['job.completed', '[]'],
	['account.low_balance', '{}'],
])('%s with the data %s', async (event, data) => {
	const trigger = await host({
		parameters: { events: [...EVERY_EVENT, 'account.low_balance'], downloadResult: false },
	});
	const body = `{"event":"${event}","delivery_id":"d-1","data":${data}}`;
	const { status, answer } = await deliver(trigger, { body });
	expect([status, answer]).toEqual([200, { status: 'ignored', reason: 'no data' }]);
	expect(trigger.executions).toEqual([]);
	// Nor does it use up the delivery's ID.
	const whole = `{"event":"job.completed","delivery_id":"d-1","data":{"job_request_id":"x"}}`;
	expect((await deliver(trigger, { body: whole })).answer).toEqual({ status: 'accepted' });
});

test('an unsigned one is refused like any other', async () => {
	const trigger = await host({ parameters: { downloadResult: false } });
	const body = '{"event":"job.completed","data":{}}';
	expect((await deliver(trigger, { body, secret: null })).status).toBe(401);
});
