/** What is paid for is paid for once, and never lost: refusals, doubts, cancels, retries, earlier runs. */
import { getEventListeners } from 'node:events';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { clockForTests } from '../../support/clock';
import { errorOf, outputOf, startWorkflow } from '../../support/engine';
import { HAS_ERROR_DETAILS } from '../../support/engine-versions';
import {
	CLIPS,
	clipsIn,
	film,
	FRAMES,
	isClip,
	openFilms,
	shortSong,
	submitted,
} from '../../support/songs';
import { closeAfterTest, type Deapi, expectGoodText, Outcome } from '../../support/deapi';
import { silence } from '../../support/wav';
import { deapiWorkflow, NODE } from '../../support/workflows';

const clock = clockForTests();

const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

/** Refuses or spoils the submit that comes behind so many others. */
function spoil(
	deapi: Deapi,
	after: number,
	fault: Parameters<Deapi['fake']['faults']['add']>[0]['fault'],
) {
	deapi.fake.faults.add({ route: 'submit', after, fault });
}

const REFUSAL = {
	type: 'status' as const,
	status: 422,
	body: {
		message: 'The prompt is not allowed.',
		errors: { prompt: ['The prompt is not allowed.'] },
	},
};

function expectStates(details: IDataObject, states: { [status: string]: number }): void {
	const counted: { [status: string]: number } = {};
	for (const { status = '' } of clipsIn(details)) counted[status] = (counted[status] ?? 0) + 1;
	expect(counted).toEqual(states);
}

/** Jobs that are not done before the last piece is cut. */
const SLOW = { processingMs: 3000 };

/** An ID that is named twice makes a long message longer, and looks like two jobs. */
function expectOnce(text: string, id: string): void {
	expect(text.split(id)).toHaveLength(2);
}

describe('a submit that deAPI refuses in the middle', () => {
	/** Nine clips: three are under way at a time, so some are left when the second is refused. */
	const nine = { json: {}, files: { data: { data: silence(84, 48_000), fileName: 'song.wav' } } };

	test.each([422, 402])('(%i): the rest is not sent, and every clip is named', async (status) => {
		const deapi = await openFilms();
		spoil(deapi, 1, { ...REFUSAL, status });
		const { stop } = await deapi.run([nine], film());
		const sent = submitted(deapi);
		expect(sent.length).toBeLessThan(9);
		expect(deapi.requestIds).toHaveLength(sent.length - 1);
		expect(stop.message).toMatch(new RegExp(`^Clip ${sent[1]} of 9: `));
		expectGoodText(stop.message);
		expectGoodText(stop.description);
		for (const id of deapi.requestIds) expectOnce(stop.description, id);
		expect(stop.description).not.toContain('for this item');
		expect(stop.data).toMatchObject({ submitted: 'yes', status });
		const clips = clipsIn(stop.data);
		expect(clips.map(({ clip }) => clip)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		const unsent = clips.filter(({ status: state }) => state === 'not submitted');
		expect(unsent).toHaveLength(9 - deapi.requestIds.length);
		expect(clips.flatMap(({ request_id }) => request_id ?? []).sort()).toEqual(
			[...deapi.requestIds].sort(),
		);
	});

	test('the clips that were accepted are waited for where the workflow goes on', async () => {
		const deapi = await openFilms();
		spoil(deapi, 1, REFUSAL);
		const outcome = await deapi.run([nine], film(), { onError: 'continueRegularOutput' });
		expect(outcome.json.error).toMatch(/^Clip \d of 9: .*prompt/i);
		const done = deapi.requestIds.length;
		expect(submitted(deapi).length).toBeLessThan(9);
		expectStates(outcome.json.details as IDataObject, { done, 'not submitted': 9 - done });
	});

	test('another item is not sent either where the node stops', async () => {
		const deapi = await openFilms();
		spoil(deapi, 1, REFUSAL);
		const { stop } = await deapi.run([shortSong(), shortSong()], film());
		expect(deapi.requestIds.length).toBeLessThanOrEqual(3);
		for (const id of deapi.requestIds) expect(stop.description).toContain(id);
		expect(clipsIn(stop.data)).toHaveLength(CLIPS);
	});
});

test('a daily limit in the middle: the rest can be made tomorrow, for its own price', async () => {
	const deapi = await openFilms({ submitsPerDay: 3 });
	const { stop } = await deapi.run([shortSong()], film());
	expect(deapi.requestIds).toHaveLength(3);
	expect(stop.message).toMatch(/of 5: .*limit/i);
	expect(stop.data).toMatchObject({ limit: 'daily', submitted: 'yes' });
	const clips = clipsIn(stop.data);
	expect(clips.filter(({ request_id }) => request_id === undefined)).toHaveLength(2);

	deapi.fake.settings.submitsPerDay = undefined;
	// The account's limit is believed for a quarter of an hour.
	clock.skip(16 * 60_000);
	const parameters = film({ existingClips: clips as never, maxPrice: 0.3 });
	const { json } = await deapi.run([shortSong()], parameters);
	expect(json).toMatchObject({ status: 'done', frames: FRAMES });
	expect(deapi.requestIds).toHaveLength(CLIPS);
});

describe('a clip whose upload got no clear answer', () => {
	async function unclear(extra = {}, options = {}) {
		const deapi = await openFilms(options);
		spoil(deapi, 1, { type: 'cutAfterBody', accept: true });
		const outcome = await deapi.run([shortSong()], film(), extra);
		return { deapi, outcome };
	}

	test('is named as unknown, and what to do before it is submitted again', async () => {
		const { deapi, outcome } = await unclear();
		const { stop } = outcome;
		const unknown = clipsIn(stop.data).find(({ status }) => status === 'unknown');
		expect(unknown).toBeDefined();
		expect(unknown?.request_id).toBeUndefined();
		expect(stop.message).toMatch(
			new RegExp(`^Clip ${unknown?.clip} of 5: .*the job may exist and may have been charged`),
		);
		expect(stop.description).toMatch(/state is unknown .*would submit it again: look for its job/);
		expect(stop.data.submitted).toBe('unknown');
		expect(submitted(deapi).length).toBeLessThan(CLIPS);
		expectGoodText(stop.description);
	});

	test('is the only one called unknown: clips that were not sent are said not to be', async () => {
		const { deapi, outcome } = await unclear({}, SLOW);
		const pending = deapi.requestIds.length - 1;
		expect(submitted(deapi).length).toBe(pending + 1);
		expectStates(outcome.stop.data, {
			pending,
			unknown: 1,
			'not submitted': CLIPS - pending - 1,
		});
	});

	test('is not sent again by Retry On Fail, nor is anything else', async () => {
		const { deapi, outcome } = await unclear(RETRY);
		const sent = submitted(deapi);
		expect(new Set(sent).size).toBe(sent.length);
		expect(clipsIn(outcome.stop.data).some(({ status }) => status === 'unknown')).toBe(true);
	});

	test("is submitted by a run with 'Existing Clips', or taken by the ID that the user found", async () => {
		const { deapi, outcome } = await unclear();
		const clips = clipsIn(outcome.stop.data);
		const jobs = deapi.fake.jobs;
		const unknown = clips.find(({ status }) => status === 'unknown');
		const found = jobs.find(isClip(unknown?.clip ?? 0))?.request_id;
		const filledIn = clips.map((clip) =>
			clip === unknown ? { ...clip, request_id: found } : clip,
		);
		const before = jobs.length;
		const repeat = await deapi.run([shortSong()], film({ existingClips: filledIn as never }));
		expect(repeat.json.status).toBe('done');
		expect(jobs).toHaveLength(CLIPS);
		expect(submitted(deapi).filter((clip) => clip === unknown?.clip)).toHaveLength(1);
		expect(before).toBeLessThan(CLIPS);
	});
});

describe('a canceled execution', () => {
	test('submits nothing more and names what it has submitted in its item', async () => {
		const deapi = await openFilms({ submitsPerMinute: 2 });
		deapi.fake.holdJobs(true);
		const saved = deapiWorkflow([shortSong()], film());
		const execution = startWorkflow(saved, { credentials: deapi.credentials() });
		closeAfterTest(async () => {
			execution.cancel();
			await Promise.resolve();
		});
		// The node knows both: it has asked how far they are.
		const asked = () => new Set(deapi.requestsTo('status').map(({ path }) => path));
		await deapi.fake.waitFor(() => asked().size === 2);
		execution.cancel();
		const run = await execution.result;
		const [item] = outputOf(run, NODE);
		expect(deapi.requestIds).toHaveLength(2);
		expect(item?.json).toMatchObject({ submitted: 'yes', message: 'The execution was canceled' });
		expect(item?.json.request_ids).toEqual(expect.arrayContaining(deapi.requestIds));
		expectStates(item?.json ?? {}, { pending: 2, 'not submitted': 3 });
		for (const id of deapi.requestIds) expect(item?.json.description).toContain(id);
		expectGoodText(item?.json.description);
		expect(item?.pairedItem).toEqual({ item: 0 });
	});
});

describe('Retry On Fail', () => {
	test('makes only the clip again that deAPI says may be made, with the same seed', async () => {
		const deapi = await openFilms();
		deapi.fake.failJob(isClip(3), { retryable: true });
		const { json } = await deapi.run([shortSong()], film(), RETRY);
		expect(json.status).toBe('done');
		expect(submitted(deapi).sort()).toEqual([1, 2, 3, 3, 4, 5]);
		const seeds = new Set(deapi.fake.jobs.map(({ fields }) => fields.seed));
		expect([...seeds]).toEqual([JSON.stringify(json.seed)]);
	});

	test('names the job that a clip was made after, in the film as well', async () => {
		const deapi = await openFilms();
		deapi.fake.failJob(isClip(3), { retryable: true });
		const { json } = await deapi.run([shortSong()], film(), RETRY);
		const [failed, made] = deapi.fake.jobs.filter(isClip(3)).map((job) => job.request_id);
		const [, , third] = clipsIn(json);
		expect(third).toMatchObject({ request_id: made, earlier_request_ids: [failed] });
		expect(clipsIn(json).filter((clip) => 'earlier_request_ids' in clip)).toHaveLength(1);
	});

	test('does not make a clip again if deAPI says that trying again will not help, and pays for nothing', async () => {
		const deapi = await openFilms();
		deapi.fake.failJobs(isClip(3), { retryable: false });
		const { stop } = await deapi.run([shortSong()], film(), RETRY);
		expect(stop.message).toMatch(/^Clip 3 of 5/);
		expect(deapi.requestIds).toHaveLength(CLIPS);
	});

	test("makes a clip again that came with 'Existing Clips' and has ended in an error since", async () => {
		const deapi = await openFilms();
		deapi.fake.holdJobs(true);
		const first = await deapi.run([shortSong()], film({}, { waitForCompletion: false }));
		deapi.fake.holdJobs(false);
		const lost = deapi.fake.jobs.find(isClip(2));
		deapi.fake.failJob(lost?.request_id ?? '', { retryable: true });
		const existingClips = JSON.stringify(first.json.clips);
		const { json } = await deapi.run([shortSong()], film({ existingClips }), RETRY);
		expect(json.status).toBe('done');
		expect(submitted(deapi).sort()).toEqual([1, 2, 2, 3, 4, 5]);
	});
});

describe("'Existing Clips'", () => {
	test('done and running jobs are taken, failed and missing ones are made; the price is theirs', async () => {
		const deapi = await openFilms({ price: 0.15 });
		deapi.fake.failJob(isClip(2), { retryable: false });
		const first = await deapi.run([shortSong()], film(), { onError: 'continueRegularOutput' });
		const clips = clipsIn(first.json.details as IDataObject);
		expect(clips.map(({ status }) => status)).toEqual(['done', 'error', 'done', 'done', 'done']);
		const partly = clips.map((clip) =>
			clip.clip === 4
				? { ...clip, status: 'pending' }
				: clip.clip === 5
					? { ...clip, request_id: undefined, status: 'not submitted' }
					: clip,
		);
		const parameters = (maxPrice: number): INodeParameters =>
			film({ existingClips: JSON.stringify(partly), maxPrice });
		const tooDear = await deapi.run([shortSong()], parameters(0.29));
		expect(tooDear.stop.message).toBe(
			"These 2 jobs would cost 0.3 USD; 'Max Price (USD)' is 0.29 USD",
		);
		expect(deapi.requestIds).toHaveLength(CLIPS);

		const { json } = await deapi.run([shortSong()], parameters(0.3));
		expect(json).toMatchObject({ status: 'done', frames: FRAMES });
		expect(submitted(deapi).slice(CLIPS).sort()).toEqual([2, 5]);
		const ids = clipsIn(json).map(({ request_id }) => request_id);
		for (const clip of [1, 3, 4]) expect(ids[clip - 1]).toBe(clips[clip - 1]?.request_id);
	});

	test('a film whose clips are all there costs nothing', async () => {
		const deapi = await openFilms();
		const first = await deapi.run([shortSong()], film());
		const again = await deapi.run([shortSong()], film({ existingClips: [first.json] as never }));
		expect(again.json.request_ids).toEqual(first.json.request_ids);
		expect(deapi.requestIds).toHaveLength(CLIPS);
	});
});

describe('two items with a film each', () => {
	const two = [shortSong({ n: 1 }), shortSong({ n: 2 })];

	test('become two films, each with its own clips', async () => {
		const deapi = await openFilms();
		const { items } = await deapi.run(two, film());
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const [one, other] = items.map(({ json }) => json.request_ids as string[]);
		expect(new Set([...(one ?? []), ...(other ?? [])]).size).toBe(2 * CLIPS);
		for (const { binary } of items) expect(binary?.data?.fileName).toBe('song-film.mp4');
	});

	test('one that fails leaves by the error output, with its clips; the other is there', async () => {
		const deapi = await openFilms();
		// The items take turns in the order of their clips: the first five are the first item's.
		deapi.fake.failJobs(({ index }) => index === 1, { retryable: false });
		const saved = deapiWorkflow(two, film(), { onError: 'continueErrorOutput' });
		const { run } = await deapi.runSaved(saved);
		const good = outputOf(run, NODE, 0);
		const bad = outputOf(run, NODE, 1);
		expect([good.length, bad.length]).toEqual([1, 1]);
		expect(good[0]?.json.status).toBe('done');
		const { details } = bad[0]?.json ?? {};
		if (HAS_ERROR_DETAILS) expectStates(details as IDataObject, { done: 4, error: 1 });
		expect(bad[0]?.json.error).toMatch(/^Clip \d of 5: .*\[item \d\]$/);
	});

	test('one that fails stops the node, and the message names the jobs of both', async () => {
		const deapi = await openFilms();
		deapi.fake.failJobs(({ index }) => index === 1, { retryable: false });
		const run = (await deapi.run(two, film())).run;
		const { message, description, data } = errorOf(run);
		expect(message).toMatch(/^Clip \d of 5: .*\[item \d\]$/);
		for (const id of deapi.requestIds) expectOnce(description, id);
		expect(description).toContain('has also submitted these jobs');
		expect(clipsIn(data)).toHaveLength(CLIPS);
		expect(new Outcome(run).stop.message).toBe(message);
	});
});

type AddListener = EventTarget['addEventListener'];

test('no signal gets more than ten listeners at a time: Node would warn on the console', async () => {
	const listen = Reflect.get(EventTarget.prototype, 'addEventListener');
	let most = 0;
	jest.spyOn(EventTarget.prototype, 'addEventListener').mockImplementation(function (
		this: EventTarget,
		...args: Parameters<AddListener>
	) {
		listen.apply(this, args);
		most = Math.max(most, getEventListeners(this, 'abort').length);
	});
	const deapi = await openFilms({ processingMs: 300 });
	const long = { json: {}, files: { data: { data: silence(150, 48_000), fileName: 'song.wav' } } };
	expect((await deapi.run([long], film())).json.status).toBe('done');
	expect(most).toBeGreaterThan(0);
	expect(most).toBeLessThanOrEqual(10);
});
