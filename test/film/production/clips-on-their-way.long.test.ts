/** From the piece to the clip: when pieces are made, how long is waited, what the log and the item say. */
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { LANE_WIDTH } from '../../../nodes/Deapi/submit/lane/lane';
import { Pieces } from '../../../nodes/Deapi/sound/pieces';
import type { FilmOptions } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import { readBinary, startWorkflow, useBinaryMode } from '../../support/engine';
import { readFilm, shownAt } from '../../support/films';
import {
	CLIPS,
	clipsIn,
	film,
	FRAMES,
	isClip,
	openFilms,
	SECONDS,
	shortSong,
} from '../../support/songs';
import { expectGoodText } from '../../support/deapi';
import { silence } from '../../support/wav';
import { deapiWorkflow, file, songItem } from '../../support/workflows';

const clock = clockForTests();

test('the wait at most counts from the acceptance of a clip, not from the start of the queue', async () => {
	clock.leap();
	const deapi = await openFilms({ pendingMs: 0, processingMs: 0 });
	const limit = { type: 'rateLimit', kind: 'minute', retryAfter: '1.2' } as const;
	// Three are under way at first: the fourth refusal makes a second wait.
	deapi.fake.faults.add({ route: 'submit', after: 1, times: 4, fault: limit });
	const started = Date.now();
	const { json } = await deapi.run([shortSong()], film({ timeout: 1 }));
	expect(json.status).toBe('done');
	expect(Date.now() - started).toBeGreaterThan(2000);
});

test('a clip that is not ready in time is named; the others are there', async () => {
	const deapi = await openFilms();
	deapi.fake.settings.jobErrors = undefined;
	const stuck = (name: string) => /-04\./.test(name);
	const { stop } = await (async () => {
		const running = deapi.run([shortSong()], film({ timeout: 60 }));
		deapi.fake.holdJobs(true);
		await deapi.fake.waitFor(() => deapi.fake.jobs.length === CLIPS);
		for (const job of deapi.fake.jobs) {
			if (!stuck(job.files[0]?.filename ?? '')) deapi.fake.completeJob(job.request_id);
		}
		await deapi.fake.waitFor(() => deapi.requestsTo('result').length >= CLIPS - 1);
		clock.leap();
		return await running;
	})();
	expect(stop.message).toMatch(/^Clip 4 of 5: Clip 4 was not ready within 60 seconds/);
	expect(clipsIn(stop.data).map(({ status }) => status)).toEqual([
		...['done', 'done', 'done', 'pending', 'done'],
	]);
	expectGoodText(stop.description);
});

test("n8n's log says how far each clip is, and its request ID", async () => {
	const debug = jest.spyOn(Container.get(Logger), 'debug');
	const info = jest.spyOn(Container.get(Logger), 'info');
	const deapi = await openFilms();
	deapi.fake.holdJobs(true);
	const running = deapi.run([shortSong()], film());
	await deapi.fake.waitFor(() => deapi.fake.jobs.length === CLIPS);
	const third = deapi.fake.jobs.find(isClip(3))?.request_id ?? '';
	deapi.fake.startJob(third);
	deapi.fake.setProgress(third, 40);
	const said = () => debug.mock.calls.map(([text]) => text);
	await deapi.fake.waitFor(() => said().includes('deAPI clip 3 of 5: processing 40 %'));
	deapi.fake.holdJobs(false);
	expect((await running).json.status).toBe('done');
	const accepted = info.mock.calls.map(([text]) => text);
	expect(accepted).toContain(`deAPI accepted the job ${third} (clip 3 of 5)`);
});

test('a piece is made when it is its turn: no more of them than are uploaded at a time', async () => {
	const deapi = await openFilms();
	const made = jest.spyOn(Pieces.prototype, 'piece');
	deapi.fake.faults.add({ route: 'submit', times: 10, fault: { type: 'hang' } });
	const saved = deapiWorkflow([shortSong()], film());
	const execution = startWorkflow(saved, { credentials: deapi.credentials() });
	await deapi.fake.waitFor(() => deapi.submits.some(({ bodyComplete }) => bodyComplete));
	expect(made.mock.calls.length).toBeLessThanOrEqual(LANE_WIDTH);
	execution.cancel();
	await execution.result;
	expect(made.mock.calls.length).toBeLessThanOrEqual(LANE_WIDTH);
	expect(made).toHaveBeenCalledWith(0);
});

test("without 'Download Result' there is no film, and each clip has its link", async () => {
	const deapi = await openFilms();
	const { json, items } = await deapi.run([shortSong()], film({ downloadResult: false }));
	expect(items[0]?.binary).toBeUndefined();
	expect(json).toMatchObject({ status: 'done', frames: FRAMES });
	for (const { result_url } of clipsIn(json)) expect(result_url).toMatch(/^http.*output\.mp4/);
	expect(deapi.fake.requests.filter(({ route }) => route === 'result')).toEqual([]);
});

test('a clip that was being fetched when another one was refused is no reason, and is not lost', async () => {
	const deapi = await openFilms({ pendingMs: 0, processingMs: 0 });
	deapi.fake.faults.add({ route: 'result', times: 10, fault: { type: 'drip', everyMs: 50 } });
	// The first clips are ready and on their way while the others wait; then one of these is refused.
	const limit = { type: 'rateLimit', kind: 'minute', retryAfter: '1' } as const;
	deapi.fake.faults.add({ route: 'submit', after: 3, times: 2, fault: limit });
	const refusal = { type: 'status', status: 422, body: { message: 'No.' } } as const;
	deapi.fake.faults.add({ route: 'submit', after: 3, fault: refusal });
	const { stop } = await deapi.run([shortSong()], film());
	expect(deapi.requestsTo('result').length).toBeGreaterThan(0);
	expect(stop.message).toMatch(/^Clip \d of 5: deAPI did not accept the values/);
	expect(`${stop.message} ${stop.description}`).not.toMatch(/cancell?ed|could not be fetched/);
	expect(clipsIn(stop.data).filter(({ status }) => status === 'done').length).toBeGreaterThan(0);
	expect(stop.data.submitted).toBe('yes');
});

test('one keyframe picture: every clip begins and ends with it', async () => {
	const deapi = await openFilms();
	const song = shortSong({}, { face: file('frame.png') });
	await deapi.run([song], film({ keyframes: 'fields', keyframeFields: 'face' }));
	expect(deapi.submits).toHaveLength(CLIPS);
	for (const { parts } of deapi.submits) {
		const files = parts.filter(({ kind }) => kind === 'file').map(({ name }) => name);
		expect(files).toEqual(['audio', 'first_frame_image', 'last_frame_image']);
	}
});

test('a sound whose header cannot be true stops the item, and nothing is sent', async () => {
	const deapi = await openFilms();
	const odd = { data: silence(20, 2_500_000), fileName: 'odd.wav' };
	const { stop } = await deapi.run([{ json: {}, files: { data: odd } }], film());
	expect(stop.message).toBe('The length of the sound could not be read');
	expectGoodText(stop.description);
	expect(deapi.submits).toEqual([]);
});

describe.each(['default', 'filesystem'] as const)('clips that come back otherwise (%s)', (mode) => {
	beforeEach(async () => await useBinaryMode(mode));
	afterEach(async () => await useBinaryMode());

	/** The third clip differs. */
	const third = (options: FilmOptions) => ({
		film: (job: Parameters<ReturnType<typeof isClip>>[0]) => (isClip(3)(job) ? options : {}),
	});

	test.each([
		['a few frames more', 7],
		['a few frames fewer', -5],
	])('%s: the clip keeps its place and says so', async (_name, extraFrames) => {
		const deapi = await openFilms(third({ extraFrames }));
		const { json, items } = await deapi.run([shortSong()], film());
		const clips = clipsIn(json);
		const odd = clips[2];
		expect(odd?.frames_received).toBe((odd?.frames ?? 0) + extraFrames);
		expect(clips.filter(({ frames_received }) => frames_received !== undefined)).toHaveLength(1);
		expect(json).toMatchObject({ frames: FRAMES, video_seconds: SECONDS });
		const times = shownAt((await readFilm(await readBinary(items[0]?.binary?.data))).pictures);
		const counts = clips.map(({ frames, frames_received = frames }) => frames_received);
		let place = 0;
		for (const [index, { start_seconds }] of clips.entries()) {
			expect(Math.abs((times[place] ?? 0) - start_seconds)).toBeLessThan(1 / 24);
			place += counts[index] ?? 0;
		}
		expect(times).toHaveLength(place);
	});

	test.each([9, -9, -100])(
		'%d frames more: the film stops, and says which clip and job',
		async (extraFrames) => {
			const deapi = await openFilms(third({ extraFrames }));
			const { stop } = await deapi.run([shortSong()], film());
			const [, , odd] = clipsIn(stop.data);
			const asked = Number(odd?.frames_asked ?? odd?.frames);
			expect(stop.message).toBe(
				`Clip 3 (request ID ${odd?.request_id}) cannot be joined: it has ${asked + extraFrames} frames, and ${asked} were asked for`,
			);
			expect(stop.description).toContain("without this clip's request_id");
			expect(
				clipsIn(stop.data)
					.map(({ request_id }) => request_id)
					.sort(),
			).toEqual([...deapi.requestIds].sort());
			expectGoodText(stop.description);
		},
	);

	test.each<[string, FilmOptions, RegExp]>([
		[
			'other codec settings',
			{ codec: 'other' },
			/^Clip 3 .* different settings from those of Clip 1$/,
		],
		[
			'another size',
			{ size: { width: 576, height: 1024 } },
			/^Clip 3 .* it is 576 × 1024 pixels, and Clip 1 is 512 × 512$/,
		],
		[
			'no MP4',
			{ instead: Buffer.from('<html>Bad gateway</html>') },
			/^Clip 3 of 5: .*(MP4|file|video)/,
		],
	])('%s: the clip is named, and nothing is lost', async (_name, options, message) => {
		clock.leap();
		const deapi = await openFilms(third(options));
		const { stop } = await deapi.run([shortSong()], film());
		expect(stop.message).toMatch(message);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
		const clips = clipsIn(stop.data);
		expect(clips.map(({ request_id }) => request_id).sort()).toEqual([...deapi.requestIds].sort());
		for (const { status, result_url } of clips) {
			expect(status).toBe('done');
			expect(result_url).toMatch(/^http/);
		}
		expect(stop.data.submitted).toBe('yes');
		expect(stop.description).toMatch(/none is paid for again/);
	});
});

test('a film is heard with the original sound as AAC where nothing else is chosen', async () => {
	const deapi = await openFilms();
	const { json, items } = await deapi.run([songItem()], film({ soundtrack: '' }));
	expect(json.status).toBe('done');
	const made = await readFilm(await readBinary(items[0]?.binary?.data));
	expect(made.sound?.settings.toString('hex')).toMatch(/^1210/);
	expect(made.sound?.packets[0]?.timestamp).toBe(0);
	const last = made.sound?.packets.at(-1);
	expect((last?.timestamp ?? 0) + (last?.duration ?? 0)).toBeCloseTo(Number(json.video_seconds), 2);
});
