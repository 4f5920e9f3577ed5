/** deAPI's words for a job's state are an open list: which of them end a wait, and how it is told. */
import { clockForTests } from '../support/clock';
import { Deapi, expectGoodText, waitingVideo } from '../support/deapi';
import { outputOf } from '../support/engine';
import { clipsIn, film, openFilms, shortSong } from '../support/songs';
import { NODE } from '../support/workflows';

const clock = clockForTests();
beforeEach(() => clock.leap());

/** A service that calls the state of all its jobs so. */
async function saying(status: string, times = 1000, more: Record<string, unknown> = {}) {
	const deapi = await Deapi.open();
	const fault = { type: 'overwrite', data: { status, ...more } } as const;
	deapi.fake.faults.add({ route: 'status', times, fault });
	return deapi;
}

describe.each(['v1', 'v2'] as const)('on %s', (apiVersion) => {
	test.each([
		['failed', 'failed'],
		// As n8n would take it for an execution that the user has canceled, it is spelled in British.
		['canceled', 'cancelled'],
		['cancelled', 'cancelled'],
		['expired', 'expired'],
		['Failed', 'Failed'],
	])('%s ends the wait, and the message names the word', async (status, word) => {
		const deapi = (await saying(status)).with({ apiVersion });
		const { stop } = await deapi.run(undefined, waitingVideo());
		const [id] = deapi.requestIds;
		expect(stop.message).toBe(
			`deAPI could not make the video: its status is '${word}' (request ID ${id})`,
		);
		expect(stop.data).toMatchObject({ request_id: id, submitted: 'yes', status });
		expectGoodText(stop.description);
		expect(deapi.requestsTo('status').length).toBeLessThanOrEqual(2);
	});

	test('a word of tomorrow is waited on', async () => {
		const deapi = (await saying('warming_up', 3)).with({ apiVersion });
		const { json } = await deapi.run(undefined, waitingVideo());
		expect(json.status).toBe('done');
	});

	test('a word of tomorrow is named where the time is over', async () => {
		const deapi = (await saying('warming_up')).with({ apiVersion });
		const { stop } = await deapi.run(undefined, waitingVideo({ timeout: 60 }));
		expect(stop.message).toMatch(/^The video was not ready within 60 seconds/);
		expect(stop.description).toContain("At the last check: the job's status was 'warming_up'.");
		expectGoodText(stop.description);
	});
});

test("deAPI's own reason follows the word", async () => {
	const deapi = await saying('expired', 9, { error_message: 'Nobody took the job' });
	const { stop } = await deapi.run(undefined, waitingVideo());
	expect(stop.message).toContain("its status is 'expired'; Nobody took the job");
});

test('a job that deAPI calls retryable is made again by Retry On Fail, whatever the word', async () => {
	const deapi = await saying('failed', 1, { retryable: true });
	const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
	const { json } = await deapi.run(undefined, waitingVideo(), retry);
	expect(json).toMatchObject({ status: 'done', earlier_request_ids: [deapi.requestIds[0]] });
	expect(deapi.requestIds).toHaveLength(2);
});

test('Job > Get tells the word without waiting, and fails with it where it waits', async () => {
	const deapi = await saying('expired');
	const requestId = await deapi.submitSong();
	const get = { resource: 'job', operation: 'get', requestId };
	const [item] = outputOf(await deapi.operate(get), NODE);
	expect(item?.json.status).toBe('expired');
	const { stop } = await deapi.run([{}], { ...get, waitForCompletion: true });
	expect(stop.message).toContain("its status is 'expired'");
});

test('a clip that has expired is not taken for one that is there', async () => {
	const deapi = await openFilms();
	const { items } = await deapi.run([shortSong()], film({ downloadResult: false }));
	const clips = clipsIn(items[0]?.json ?? {});
	const existing = clips.map((clip) => (clip.clip === 2 ? { ...clip, status: 'expired' } : clip));
	const before = deapi.requestIds.length;
	await deapi.run([shortSong()], film({ existingClips: existing as never }));
	expect(deapi.requestIds.slice(before)).toHaveLength(1);
});

test('Retry-After: 0 is waited for a second', async () => {
	const deapi = await Deapi.open();
	const fault = { type: 'rateLimit', kind: 'minute', retryAfter: '0' } as const;
	deapi.fake.faults.add({ route: 'submit', fault });
	const { items } = await deapi.run();
	expect(items).toHaveLength(1);
	const [first, second] = deapi.requestsTo('submit');
	expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(1000);
});
