/** A picture for each clip, made from one reference: paid once, used for its own clip, and never lost. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { FakeDeapiOptions, FakeJob } from '../../fake-deapi';
import { retryExecution } from '../../support/attacks';
import { clockForTests } from '../../support/clock';
import { type Deapi, expectGoodText, fieldsOf, filePart, Outcome } from '../../support/deapi';
import { startWorkflow } from '../../support/engine';
import { clipsIn, film, isClip, openFilms } from '../../support/songs';
import { silence } from '../../support/wav';
import { deapiWorkflow, file, fixture } from '../../support/workflows';

const clock = clockForTests();

const SCENES = ['A street', 'A stage', 'Rain'];
/** How many clips the song becomes. */
const CLIPS = SCENES.length;

const isPicture = ({ operation }: FakeJob) => operation === 'pictureEdit';
/** The picture of the clip with this number. */
const isPictureOf = (clip: number) => (job: FakeJob) =>
	isPicture(job) && job.fields.prompt === promptOf(clip);
const promptOf = (clip: number) => `A singer on a rooftop\n${SCENES[clip - 1]}`;

/** A PNG that no other job has made: what stands behind its end shows in no picture. */
const pictureOf = (job: FakeJob) =>
	Buffer.concat([readFileSync(fixture('frame.png')), Buffer.from(job.request_id)]);
const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const open = async (options: FakeDeapiOptions = {}) =>
	await openFilms({ picture: pictureOf, price: 0.15, prices: { pictureEdit: 0.007 }, ...options });

const sound = { data: silence(25, 48_000), fileName: 'song.wav' };
const song = () => ({ json: {}, files: { data: sound, reference: file('sea.png') } });

const made = (options: INodeParameters = {}, more: INodeParameters = {}) =>
	film({ keyframes: 'made', scenes: SCENES.join('\n'), ...options }, more);

const pictures = ({ fake }: Deapi) => fake.jobs.filter(isPicture);
const clipJobs = ({ fake }: Deapi) => fake.jobs.filter((job) => !isPicture(job));

/** What a clip as an item states it names as its picture. */
const pictureIn = (json: IDataObject, clip: number) => clipsIn(json)[clip - 1]?.picture_request_id;

/** Each clip that was sent begins with the picture of its own scene. */
function expectOwnPictures(deapi: Deapi): void {
	for (const job of clipJobs(deapi)) {
		const own = pictures(deapi).filter(({ fields }) => fields.prompt === job.fields.prompt);
		const first = job.files.find(({ name }) => name === 'first_frame_image');
		expect(own.map((each) => sumOf(pictureOf(each)))).toContain(first?.sha256);
	}
}

const REFUSED = { type: 'status' as const, status: 422, body: { message: 'No.' } };

test('each clip begins with a picture of its own: the reference, edited to prompt and scene', async () => {
	const deapi = await open();
	const { json } = await deapi.run([song()], made({}, { seed: 7 }));
	expect(json.status).toBe('done');
	const edits = deapi.submits.filter(({ path }) => path.endsWith('/img2img'));
	expect(edits.map((edit) => fieldsOf(edit).prompt).sort()).toEqual(
		SCENES.map((_, index) => promptOf(index + 1)).sort(),
	);
	for (const edit of edits) {
		const fields = fieldsOf(edit);
		expect(fields).toEqual({
			prompt: fields.prompt,
			...{ model: 'Flux_2_Klein_4B_BF16', steps: '4', seed: '7' },
			...{ width: '512', height: '512' },
		});
		const { filename, sha256 } = filePart(edit, 'image');
		expect(filename).toBe('sea.png');
		expect(sha256).toBe(sumOf(readFileSync(fixture('sea.png'))));
	}
	expect(clipJobs(deapi)).toHaveLength(CLIPS);
	expectOwnPictures(deapi);
	for (const clip of clipsIn(json)) {
		expect(deapi.fake.jobs.find(isPictureOf(clip.clip))?.request_id).toBe(clip.picture_request_id);
	}
	expect(json.request_ids).toHaveLength(CLIPS);
	expect(json.price).toBeCloseTo(CLIPS * 0.157, 5);
});

test('a clip goes as soon as its own picture is there', async () => {
	const deapi = await open();
	deapi.fake.holdJobs(true);
	const running = deapi.run([song()], made());
	await deapi.fake.waitFor(() => pictures(deapi).length === CLIPS);
	deapi.fake.completeJob(deapi.fake.jobs.find(isPictureOf(3))?.request_id ?? '');
	await deapi.fake.waitFor(() => clipJobs(deapi).length === 1);
	expect(clipJobs(deapi).every(isClip(3))).toBe(true);
	deapi.fake.holdJobs(false);
	expect((await running).json.status).toBe('done');
	expectOwnPictures(deapi);
});

test("without 'Wait for Completion' the pictures are waited for, and the clips are not", async () => {
	clock.leap();
	const deapi = await open();
	const { json } = await deapi.run([song()], made({}, { waitForCompletion: false }));
	expect(clipJobs(deapi)).toHaveLength(CLIPS);
	expectOwnPictures(deapi);
	expect(json).not.toHaveProperty('status');
	expect(clipsIn(json).every(({ picture_request_id: id }) => typeof id === 'string')).toBe(true);
});

test('a model that takes no size is sent none', async () => {
	const deapi = await open();
	const imageModel = { __rl: true, mode: 'id', value: 'QwenImageEdit_Plus_NF4' };
	const { json } = await deapi.run([song()], made({ imageModel }));
	expect(json.status).toBe('done');
	const [edit] = pictures(deapi);
	expect(edit?.fields).toMatchObject({ model: 'QwenImageEdit_Plus_NF4', steps: '40' });
	expect(edit?.fields).not.toHaveProperty('width');
});

describe('a picture that deAPI does not make', () => {
	test('costs its own clip only; the next run makes that picture and that clip', async () => {
		const deapi = await open();
		deapi.fake.failJob(isPictureOf(2), { error_message: 'Not this face.', retryable: false });
		const { stop } = await deapi.run([song()], made());
		const [failed] = deapi.fake.jobs.filter(isPictureOf(2)).map(({ request_id }) => request_id);
		expect(stop.message).toBe(
			`Clip 2 of 3: deAPI could not make its picture: Not this face. (request ID ${failed})`,
		);
		expect(stop.description).toContain('This clip itself was not submitted.');
		expectGoodText(stop.description);
		expect(stop.data.submitted).toBe('yes');
		const clips = clipsIn(stop.data);
		expect(clips[1]).toMatchObject({ picture_request_id: failed, status: 'error' });
		expect(clips[1]).not.toHaveProperty('request_id');
		expect(clips.map(({ status }) => status)).toEqual(['done', 'error', 'done']);
		for (const { picture_request_id: id } of clips) expect(stop.description).toContain(id);

		const before = deapi.requestIds.length;
		const again = await deapi.run([song()], made({ existingClips: clips as never }));
		expect(again.json.status).toBe('done');
		const [picture, clip, ...others] = deapi.fake.jobs.slice(before);
		expect([picture, others]).toEqual([expect.objectContaining({ operation: 'pictureEdit' }), []]);
		expect(picture && isPictureOf(2)(picture) && clip && isClip(2)(clip)).toBe(true);
		expect(pictureIn(again.json, 2)).toBe(picture?.request_id);
		for (const number of [1, 3]) {
			expect(pictureIn(again.json, number)).toBe(pictureIn(stop.data, number));
		}
	});

	test('is made again by Retry On Fail where that may help, and nothing else is', async () => {
		const deapi = (await open()).with({ apiVersion: 'v2' });
		deapi.fake.failJob(isPictureOf(2), { retryable: true });
		const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const { json } = await deapi.run([song()], made(), retry);
		expect(json.status).toBe('done');
		expect(pictures(deapi)).toHaveLength(CLIPS + 1);
		expect(clipJobs(deapi)).toHaveLength(CLIPS);
		expectOwnPictures(deapi);
		const [first] = deapi.fake.jobs.filter(isPictureOf(2)).map(({ request_id }) => request_id);
		expect(clipsIn(json)[1]).toMatchObject({ earlier_request_ids: [first] });
	});

	test("is kept in the details where 'Max Price' ends a later try, and not paid for again", async () => {
		const deapi = (await open()).with({ apiVersion: 'v2' });
		const failure = { retryable: true, refunded: false };
		deapi.fake.failJob((job) => !isPicture(job) && isClip(1)(job), failure);
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { stop } = await deapi.run([song()], made({ maxPrice: 0.5 }), retry);
		expect(stop.message).toContain("'Max Price (USD)' is 0.5 USD");
		const clips = clipsIn(stop.data);
		expect(clips.map(({ clip }) => clip)).toEqual([1, 2, 3]);
		const ids = pictures(deapi).map(({ request_id }) => request_id);
		expect(clips.map(({ picture_request_id: id }) => id).sort()).toEqual([...ids].sort());
		const again = await deapi.run([song()], made({ existingClips: clips as never }));
		expect(again.json.status).toBe('done');
		expect(pictures(deapi)).toHaveLength(CLIPS);
		expect(clipJobs(deapi)).toHaveLength(CLIPS + 1);
		expectOwnPictures(deapi);
	});

	test('is refused: the other clips go on', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'pictureEdit', after: 1, fault: REFUSED });
		const { stop } = await deapi.run([song()], made());
		expect(stop.message).toMatch(/^Clip \d of 3: Its picture: deAPI did not accept/);
		expectGoodText(stop.description);
		expect(pictures(deapi)).toHaveLength(CLIPS - 1);
		expect(clipJobs(deapi)).toHaveLength(CLIPS - 1);
		const states = clipsIn(stop.data).map(({ status }) => status);
		expect(states.filter((status) => status === 'not submitted')).toHaveLength(1);
		expect(states.filter((status) => status === 'done')).toHaveLength(CLIPS - 1);
	});

	test('may have been accepted: it is not sent again, by Retry On Fail neither', async () => {
		const deapi = await open();
		deapi.fake.faults.add({
			route: 'pictureEdit',
			after: 1,
			fault: { type: 'status', status: 500 },
		});
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { stop } = await deapi.run([song()], made(), retry);
		const edits = deapi.submits.filter(({ path }) => path.endsWith('/img2img'));
		expect(edits).toHaveLength(CLIPS);
		expect(clipJobs(deapi)).toHaveLength(CLIPS - 1);
		expect(stop.data.submitted).toBe('unknown');
		expect(stop.message).toMatch(/^Clip \d of 3: Its picture: .*may have been charged/);
		expectGoodText(stop.description);
		expect(clipsIn(stop.data).filter(({ status }) => status === 'unknown')).toHaveLength(1);
	});

	test('is none that a clip may begin with: that is said, and the next run makes another', async () => {
		const small = readFileSync(fixture('frame.png'));
		small.writeUInt32BE(32, 16);
		const deapi = await open({
			picture: (job) => (isPictureOf(3)(job) ? small : pictureOf(job)),
		});
		const { stop } = await deapi.run([song()], made());
		const [id] = deapi.fake.jobs.filter(isPictureOf(3)).map(({ request_id }) => request_id);
		expect(stop.message).toContain('Clip 3 of 3: The picture that deAPI made for it is 32 × ');
		expect(stop.message).toContain(`(request ID ${id})`);
		expectGoodText(stop.description);
		expect(clipsIn(stop.data)[2]).toMatchObject({ picture_request_id: id, status: 'error' });
		expect(clipJobs(deapi)).toHaveLength(CLIPS - 1);
	});
});

describe('what is paid for once', () => {
	test('a clip that failed is made again with the picture that is there, over a fresh link', async () => {
		const deapi = await open();
		deapi.fake.failJob(isClip(3), { retryable: false });
		const { stop } = await deapi.run([song()], made());
		expect(stop.message).toMatch(/^Clip 3 of 3: /);
		deapi.fake.expireResults();
		const existingClips = clipsIn(stop.data) as never;
		const { json } = await deapi.run([song()], made({ existingClips }));
		expect(json.status).toBe('done');
		expect(pictures(deapi)).toHaveLength(CLIPS);
		expect(clipJobs(deapi)).toHaveLength(CLIPS + 1);
		expect(pictureIn(json, 3)).toBe(pictureIn(stop.data, 3));
		expectOwnPictures(deapi);
	});

	test("n8n's Retry keeps pictures and clips, and the seed of both", async () => {
		const deapi = await open();
		// Whatever waits for its turn then is not sent, picture or clip.
		deapi.fake.faults.add({ route: 'submit', after: 1, fault: REFUSED });
		const saved = deapiWorkflow([song()], made());
		const { run, stop } = await deapi.runSaved(saved);
		expect(stop.message).toMatch(/^Clip \d of 3: deAPI did not accept/);
		expect(clipJobs(deapi).length).toBeLessThan(CLIPS);
		const { json } = new Outcome(await retryExecution(deapi, saved, run));
		expect(json.status).toBe('done');
		expect(pictures(deapi)).toHaveLength(CLIPS);
		expect(clipJobs(deapi)).toHaveLength(CLIPS);
		expect(new Set(deapi.fake.jobs.map(({ fields }) => fields.seed)).size).toBe(1);
		expectOwnPictures(deapi);
		expect(json).not.toHaveProperty('earlier_request_ids');
	});

	test('clips of the same scene have pictures of their own, also in a second try', async () => {
		const deapi = (await open()).with({ apiVersion: 'v2' });
		deapi.fake.failJob(isClip(3), { retryable: true });
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { json } = await deapi.run([song()], made({ scenes: '' }), retry);
		const ids = clipsIn(json).map(({ picture_request_id: id }) => id);
		expect(new Set(ids).size).toBe(CLIPS);
		expect(pictures(deapi)).toHaveLength(CLIPS);
	});
});

describe("'Max Price'", () => {
	const all = CLIPS * 0.157;

	test('counts pictures and clips before anything is sent', async () => {
		const deapi = await open();
		const { stop } = await deapi.run([song()], made({ maxPrice: all - 0.001 }));
		expect(stop.message).toBe("These 6 jobs would cost 0.471 USD; 'Max Price (USD)' is 0.47 USD");
		expect(deapi.requestIds).toEqual([]);
		const asked = deapi.requestsTo('price').filter(({ path }) => path.includes('img2img'));
		expect(asked).toHaveLength(1);
		expect((await deapi.run([song()], made({ maxPrice: all }))).json.status).toBe('done');
	});

	test('counts only what is missing', async () => {
		const deapi = await open();
		deapi.fake.failJob(isClip(3), { retryable: false });
		const { stop } = await deapi.run([song()], made());
		const existingClips = clipsIn(stop.data) as never;
		const { json } = await deapi.run([song()], made({ existingClips, maxPrice: 0.15 }));
		expect(json.status).toBe('done');
	});
});

test('Stop ends what is not sent, and names the pictures that are', async () => {
	const deapi = await open();
	deapi.fake.holdJobs(true);
	const saved = deapiWorkflow([song()], made());
	const execution = startWorkflow(saved, { credentials: deapi.credentials() });
	await deapi.fake.waitFor(() => pictures(deapi).length === CLIPS);
	execution.cancel();
	await execution.result;
	expect(clipJobs(deapi)).toEqual([]);
	expect(deapi.submits).toHaveLength(CLIPS);
});

test.each([
	['no reference', { json: {}, files: { data: sound } }, {}, /'Reference Image Field'/],
	['a first frame as well', song(), { firstFrameBinaryProperty: 'reference' }, /'Keyframes'/],
])('%s: nothing is sent', async (_name, item, options, message) => {
	const deapi = await open();
	const { stop } = await deapi.run([item], made(options));
	expect(stop.message).toMatch(message);
	expectGoodText(stop.message);
	expectGoodText(stop.description);
	expect(deapi.submits).toEqual([]);
});

test('pictures that are not ready in time are named, and are used by the next run', async () => {
	const deapi = await open();
	deapi.fake.holdJobs(true);
	clock.leap();
	const { stop } = await deapi.run([song()], made({ timeout: 5 }));
	expect(stop.message).toMatch(/^Clips 1, 2 and 3 of 3: The picture for clip 1 was not ready/);
	expectGoodText(stop.description);
	expect(pictures(deapi)).toHaveLength(CLIPS);
	deapi.fake.holdJobs(false);
	const { json } = await deapi.run([song()], made({ existingClips: clipsIn(stop.data) as never }));
	expect(json.status).toBe('done');
	expect(pictures(deapi)).toHaveLength(CLIPS);
	expectOwnPictures(deapi);
});
