/** A film of a sound behind an address that gives another sound when the item is tried again. */
import type { INodeParameters } from 'n8n-workflow';
import { clockForTests } from '../../support/clock';
import type { Deapi } from '../../support/deapi';
import { clipsIn, film, isClip, openFilms } from '../../support/songs';
import { hum, soundsAt } from '../../support/served-sounds';
import { silence } from '../../support/wav';

const clock = clockForTests();
beforeEach(() => clock.leap());

const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

/** A film whose second clip fails at first and may be made again; the address gives the sounds in turn. */
async function twice(apiVersion: string, sounds: Buffer[], options: INodeParameters = {}) {
	const deapi = (await openFilms()).with({ apiVersion });
	deapi.fake.failJob(isClip(2), { retryable: true });
	const audioUrl = await soundsAt(...sounds);
	const parameters = film(options, { audioSource: 'url', audioUrl });
	const { json } = await deapi.run([{ json: {} }], parameters, RETRY);
	return { deapi, json };
}

/** The IDs that an item does not name anywhere. */
const unnamed = (json: object, deapi: Deapi) =>
	deapi.requestIds.filter((id) => !JSON.stringify(json).includes(id));

/** The frames that each clip's job was made for, in the clips' order. */
const framesMade = (json: Parameters<typeof clipsIn>[0], deapi: Deapi) =>
	clipsIn(json).map(({ request_id: id }) => {
		const job = deapi.fake.jobs.find(({ request_id }) => request_id === id);
		return Number(job?.fields.frames);
	});

describe.each(['v1', 'v2'])('on %s, with Retry On Fail', (apiVersion) => {
	test.each<[string, number, Buffer, number]>([
		['30 s of another sound after 42', 42, hum(30), 5],
		['8 s of another sound after 42', 42, hum(8), 5],
		['42 s of another sound after 30', 30, hum(42), 3],
		['another sound of the same length', 42, hum(42), 5],
	])('%s: no clip of the old sound, and every ID is named', async (_what, first, then, paid) => {
		const { deapi, json } = await twice(apiVersion, [silence(first), then]);
		expect(json.status).toBe('done');
		const old = deapi.requestIds.slice(0, paid);
		const clips = clipsIn(json);
		expect(clips.filter(({ request_id = '' }) => old.includes(request_id))).toEqual([]);
		expect(deapi.requestIds).toHaveLength(paid + clips.length);
		expect(framesMade(json, deapi)).toEqual(
			clips.map(({ frames, frames_asked = frames }) => frames_asked),
		);
		expect(unnamed(json, deapi)).toEqual([]);
	});

	test('the same sound, shorter: its clips of the same stretch are kept, and every ID is named', async () => {
		// Of four clips each but the last has a time and a length that it keeps.
		const scenes = '0:00 one\n0:08 two\n0:16 three\n0:24 four';
		const { deapi, json } = await twice(apiVersion, [hum(32), hum(28)], { scenes });
		expect(json.status).toBe('done');
		const [one, two, three, four] = clipsIn(json).map(({ request_id }) => request_id);
		const first = (clip: number) => deapi.fake.jobs.find(isClip(clip))?.request_id;
		expect([one, three]).toEqual([first(1), first(3)]);
		expect(two).not.toBe(first(2));
		expect(four).not.toBe(first(4));
		expect(deapi.requestIds).toHaveLength(6);
		expect(unnamed(json, deapi)).toEqual([]);
	});
});
