/** A film is made of its own clips: what a retry keeps where the node was edited, or the sound exchanged. */
import type { INodeParameters, IRun } from 'n8n-workflow';
import { retryExecution, stackedOf } from '../../support/attacks';
import { Deapi, expectGoodText, Outcome } from '../../support/deapi';
import { CLIPS, clipsIn, film, isClip, openFilms, shortSong } from '../../support/songs';
import { toWorkflow } from '../../support/engine';
import { silence } from '../../support/wav';
import { deapiWorkflow } from '../../support/workflows';

const REFUSED = { type: 'status' as const, status: 422, body: { message: 'No.' } };

/** Another sound of the same length. */
function otherSong() {
	const wav = silence(42, 48_000);
	for (let at = 44; at < wav.length; at++) wav[at] = 96 + (at % 64);
	return { json: {}, files: { data: { data: wav, fileName: 'song.wav' } } };
}

/** A film that fails at its last submit, and what n8n has stored of it. */
async function failed(options: INodeParameters = {}, apiVersion = 'v1') {
	const deapi = (await openFilms()).with({ apiVersion });
	deapi.fake.faults.add({ route: 'submit', after: CLIPS - 1, fault: REFUSED });
	const { run } = await deapi.runSaved(deapiWorkflow([shortSong()], film(options)));
	expect(deapi.requestIds).toHaveLength(CLIPS - 1);
	return { deapi, run, old: [...deapi.requestIds] };
}

/** n8n's "Retry with currently saved workflow". */
async function retryEdited(deapi: Deapi, run: IRun, parameters: INodeParameters) {
	const saved = deapiWorkflow([shortSong()], parameters);
	const stack = stackedOf(run);
	const node = toWorkflow(saved).workflow.getNode(stack?.node.name ?? '');
	if (stack === undefined || node === null) throw new Error('Nothing is stacked');
	stack.node = node;
	return new Outcome(await retryExecution(deapi, saved, run));
}

/** All IDs that an item names, wherever it does. */
const idsIn = (json: object, deapi: Deapi) =>
	deapi.requestIds.filter((id) => JSON.stringify(json).includes(id));

describe('a film that is retried', () => {
	test('with the same values makes only what is missing, with the same seed', async () => {
		const { deapi, run } = await failed();
		const { json } = await retryEdited(deapi, run, film());
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS);
		expect(new Set(deapi.fake.jobs.map(({ fields }) => fields.seed)).size).toBe(1);
		expect(json).not.toHaveProperty('earlier_request_ids');
	});

	test('with a seed that an expression draws in each try makes only what is missing', async () => {
		const deapi = await openFilms();
		deapi.fake.faults.add({ route: 'submit', after: CLIPS - 1, times: 1, fault: REFUSED });
		const drawn = film({}, { seed: '={{ Math.floor(Math.random() * 1e9) }}' });
		const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const { items } = await deapi.run([shortSong()], drawn, retry);
		expect(deapi.requestIds).toHaveLength(CLIPS);
		expect(items.map(({ json }) => json.status)).toEqual(['done']);
		expect(items.flatMap(({ json }) => json.request_ids)).toEqual(deapi.requestIds);
		expect(JSON.stringify(items)).not.toContain('earlier');
	});

	test.each(['v1', 'v2'])(
		'with one edited scene makes that clip anew, and names the one before, on %s',
		async (apiVersion) => {
			const scenes = (second: string) => ({ scenes: `one\n${second}\nthree\nfour\nfive` });
			const { deapi, run } = await failed(scenes('two'), apiVersion);
			const kept = deapi.fake.jobs.filter((job) => !isClip(2)(job)).map((job) => job.request_id);
			const [before] = deapi.fake.jobs.filter(isClip(2)).map((job) => job.request_id);
			const { json } = await retryEdited(deapi, run, film(scenes('brighter')));
			const clips = clipsIn(json);
			const [, second] = clips;
			const job = deapi.fake.jobs.find((each) => each.request_id === second?.request_id);
			expect(job?.fields.prompt).toBe('A singer on a rooftop\nbrighter');
			expect(second).toMatchObject({ scene: 'brighter' });
			if (before !== undefined) expect(second).toMatchObject({ earlier_request_ids: [before] });
			for (const id of kept) expect(clips.map(({ request_id }) => request_id)).toContain(id);
			expect(idsIn(json, deapi)).toEqual(deapi.requestIds);
		},
	);

	test('with another size makes all clips anew, and names all', async () => {
		const { deapi, run } = await failed();
		const { json } = await retryEdited(deapi, run, film({}, { size: 'landscape' }));
		expect(deapi.requestIds).toHaveLength(2 * CLIPS - 1);
		expect(idsIn(json, deapi)).toEqual(deapi.requestIds);
		for (const { fields } of deapi.fake.jobs.slice(CLIPS - 1)) expect(fields.width).toBe('1024');
	});

	test('as fewer clips names those that have no place in it', async () => {
		const { deapi, run, old } = await failed();
		const shorter = film({}, { lengthMode: 'seconds', duration: 16 });
		const { json } = await retryEdited(deapi, run, shorter);
		expect(clipsIn(json).length).toBeLessThan(CLIPS);
		expect(idsIn(json, deapi)).toEqual(deapi.requestIds);
		expect(json.earlier_request_ids).toEqual(expect.arrayContaining(old.slice(-1)));
	});

	test('as one video of the start of the song names the clips', async () => {
		const { deapi, run, old } = await failed();
		const { json } = await retryEdited(deapi, run, film({}, { whenTooLong: 'shorten' }));
		expect(deapi.requestIds).toHaveLength(CLIPS);
		expect(json.request_id).toBe(deapi.requestIds[CLIPS - 1]);
		expect([...(json.earlier_request_ids as string[])].sort()).toEqual(old.sort());
	});

	test('that was one video first names its job', async () => {
		const deapi = await openFilms();
		deapi.fake.failJob(() => true, { retryable: false });
		const plain = film({}, { whenTooLong: 'shorten' });
		const { run } = await deapi.runSaved(deapiWorkflow([shortSong()], plain));
		const { json } = await retryEdited(deapi, run, film());
		expect(json.status).toBe('done');
		expect(json.earlier_request_ids).toEqual([deapi.requestIds[0]]);
		expect(json.request_ids).toEqual(expect.arrayContaining(deapi.requestIds.slice(1)));
	});

	test('and fails again names in its message what no clip has', async () => {
		const { deapi, run, old } = await failed();
		deapi.fake.failJob(isClip(1), { retryable: false });
		const { stop } = await retryEdited(deapi, run, film({}, { size: 'landscape' }));
		for (const id of old) expect(stop.description.split(id)).toHaveLength(2);
	});

	test('sends an unclear clip of another request, and names the doubt', async () => {
		const deapi = await openFilms();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
		const { run } = await deapi.runSaved(deapiWorkflow([shortSong()], film()));
		const { json } = await retryEdited(deapi, run, film({}, { size: 'landscape' }));
		expect(json.status).toBe('done');
		expect(json.earlier_doubts).toEqual([expect.stringMatching(/^Clip \d: .*the job may exist/)]);
	});
});

describe.each(['v1', 'v2'])("on %s 'Existing Clips' of another song", (apiVersion) => {
	/** The clips of a finished film. */
	async function made() {
		const deapi = (await openFilms()).with({ apiVersion });
		const { json } = await deapi.run([shortSong()], film());
		return { deapi, clips: clipsIn(json) };
	}

	test('are named and not used', async () => {
		const { deapi, clips } = await made();
		for (const clip of clips) expect(clip.sound_id).toMatch(/^[0-9a-f]{8}$/);
		const parameters = film({ existingClips: JSON.stringify(clips) });
		const { stop } = await deapi.run([otherSong()], parameters);
		expect(stop.message).toMatch(/^'Existing Clips' has clips of another sound: clip 1 \(/);
		for (const { request_id = '' } of clips) expect(stop.message).toContain(request_id);
		expect(deapi.requestIds).toHaveLength(CLIPS);
		expectGoodText(stop.description);
	});

	test('are named in the item where others fit', async () => {
		const { deapi, clips } = await made();
		const first = { ...clips[0], sound_id: undefined };
		const existingClips = JSON.stringify([first, ...clips.slice(1)]);
		const { json } = await deapi.run([otherSong()], film({ existingClips }));
		expect(deapi.requestIds).toHaveLength(2 * CLIPS - 1);
		expect(json.clips_of_another_sound).toEqual(
			clips.slice(1).map(({ clip, request_id }) => ({ clip, request_id })),
		);
		expect(clipsIn(json)[0]?.request_id).toBe(clips[0]?.request_id);
	});

	test('of an earlier version, which do not say their sound, fit by their place', async () => {
		const { deapi, clips } = await made();
		const without = clips.map((clip) => ({ ...clip, sound_id: undefined }));
		const { json } = await deapi.run(
			[otherSong()],
			film({ existingClips: JSON.stringify(without) }),
		);
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS);
	});
});
