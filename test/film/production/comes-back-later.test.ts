/** What comes back later: clips keep their model, and links, which last some hours, are asked for anew. */
import type { FakeModel } from '../../fake-deapi';
import { OPERATIONS } from '../../fake-deapi/operations';
import { clockForTests } from '../../support/clock';
import type { Deapi } from '../../support/deapi';
import { fieldsOf } from '../../support/deapi';
import { CLIPS, clipsIn, film, openFilms, shortSong } from '../../support/songs';

const clock = clockForTests();
beforeEach(() => clock.leap());

/** Models of the same family, which make the same numbers of frames. */
const OTHER = 'LtxOther';
const OLD = 'LtxOld';
const USUAL = 'Ltx2_3_22B_Dist_INT8';

/** The usual model under another name, which makes the same clips. */
function twin(slug: string): FakeModel {
	const [usual] = OPERATIONS.audioToVideo.models;
	if (usual === undefined) throw new Error('The fake has no model');
	return { ...usual, slug, name: slug };
}

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

/** The models of all submits after so many. */
const sentModels = (deapi: Deapi, after: number) =>
	deapi
		.requestsTo('submit')
		.slice(after)
		.map((request) => fieldsOf(request).model);

/** The clips of a film of another model, of which two are missing. */
async function earlier(deapi: Deapi, slug: string) {
	const { json } = await deapi.run([shortSong()], film({}, { model: byId(slug) }));
	return clipsIn(json).map((clip) =>
		clip.clip > 3 ? { ...clip, request_id: undefined, status: 'not submitted' } : clip,
	);
}

describe('clips', () => {
	test('carry their model, also in the details of a film that went wrong', async () => {
		const deapi = await openFilms({ models: [twin(USUAL), twin(OTHER)] });
		const { json } = await deapi.run([shortSong()], film({}, { model: byId(OTHER) }));
		expect(json.model).toBe(OTHER);
		expect(clipsIn(json).map(({ model }) => model)).toEqual(Array(CLIPS).fill(OTHER));
		const body = { message: 'No.' };
		deapi.fake.faults.add({
			route: 'submit',
			after: 1,
			fault: { type: 'status', status: 422, body },
		});
		const { stop } = await deapi.run([shortSong()], film());
		expect(clipsIn(stop.data).map(({ model }) => model)).toEqual(Array(CLIPS).fill(USUAL));
	});

	test('that are missing get the model of those that exist, where it is Automatic', async () => {
		const deapi = await openFilms({ models: [twin(USUAL), twin(OTHER)] });
		const clips = await earlier(deapi, OTHER);
		const { json } = await deapi.run([shortSong()], film({ existingClips: clips as never }));
		expect(sentModels(deapi, CLIPS)).toEqual([OTHER, OTHER]);
		expect(json.model).toBe(OTHER);
		expect(clipsIn(json).map(({ model }) => model)).toEqual(Array(CLIPS).fill(OTHER));
	});

	test('that are missing get the chosen model, and those that exist keep theirs', async () => {
		const deapi = await openFilms({ models: [twin(USUAL), twin(OTHER)] });
		const clips = await earlier(deapi, OTHER);
		const parameters = film({ existingClips: clips as never }, { model: byId(USUAL) });
		const { json } = await deapi.run([shortSong()], parameters);
		expect(sentModels(deapi, CLIPS)).toEqual([USUAL, USUAL]);
		expect(clipsIn(json).map(({ model }) => model)).toEqual([
			...Array<string>(3).fill(OTHER),
			...Array<string>(2).fill(USUAL),
		]);
	});

	test('whose model is gone are used, and the missing ones made by another', async () => {
		const deapi = await openFilms({ models: [twin(OLD), twin(USUAL)] });
		const clips = await earlier(deapi, OLD);
		deapi.fake.settings.models = [twin(USUAL)];
		clock.skip(120_000);
		const { json } = await deapi.run([shortSong()], film({ existingClips: clips as never }));
		expect(sentModels(deapi, CLIPS)).toEqual([USUAL, USUAL]);
		expect(clipsIn(json).map(({ model }) => model)).toEqual([OLD, OLD, OLD, USUAL, USUAL]);
	});
});

test('a film keeps its model through Retry On Fail, though it goes from the list', async () => {
	const deapi: Deapi = await openFilms({
		models: [twin('first'), twin('second')],
		onRequest: ({ route }) => {
			if (route !== 'submit') return;
			deapi.fake.settings.models = [twin('second')];
			clock.skip(120_000);
		},
	});
	deapi.fake.settings.unlistedModels = [twin('first')];
	const body = { message: 'Not now.' };
	deapi.fake.faults.add({
		route: 'submit',
		after: 1,
		fault: { type: 'status', status: 422, body },
	});
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const { json } = await deapi.run([shortSong()], film(), retry);
	expect(json.model).toBe('first');
	expect(new Set(sentModels(deapi, 0))).toEqual(new Set(['first']));
	expect(deapi.requestIds).toHaveLength(CLIPS);
});

describe.each(['v1', 'v2'] as const)('on %s a link of an earlier run', (apiVersion) => {
	test('is not tried, but asked for anew', async () => {
		const deapi = (await openFilms()).with({ apiVersion });
		const first = await deapi.run([shortSong()], film({ downloadResult: false }));
		const clips = clipsIn(first.json);
		expect(clips.every(({ result_url }) => result_url !== undefined)).toBe(true);
		const stale = clips.map((clip) => ({ ...clip, result_url: `${clip.result_url}&old=1` }));
		const { json } = await deapi.run([shortSong()], film({ existingClips: stale as never }));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS);
		const fetched = deapi.requestsTo('result');
		expect(fetched.map(({ status }) => status)).toEqual(Array(CLIPS).fill(200));
		expect(
			fetched.filter(({ path, query }) => `${path}${JSON.stringify(query)}`.includes('old')),
		).toEqual([]);
	});

	test('does not come out again where nobody asked for a fresh one', async () => {
		const deapi = (await openFilms()).with({ apiVersion });
		const first = await deapi.run([shortSong()], film({ downloadResult: false }));
		const existingClips = clipsIn(first.json) as never;
		const later = await deapi.run(
			[shortSong()],
			film({ existingClips }, { waitForCompletion: false }),
		);
		for (const clip of clipsIn(later.json)) expect(clip).not.toHaveProperty('result_url');
		expect(deapi.requestIds).toHaveLength(CLIPS);
	});
});
