/** A film of a part of its sound, or of very little sound: what it shows, and what is refused before it costs anything. */
import { expectGoodText } from '../../support/deapi';
import { clipsIn, film, openFilms, shortSong } from '../../support/songs';
import { silence } from '../../support/wav';
import { file } from '../../support/workflows';

/** What each clip of a film of 42 s of sound shows. */
async function shownIn(scenes: string, duration: number, startAt = 0): Promise<unknown[]> {
	const deapi = await openFilms();
	const part = film(
		{ scenes, ...(startAt > 0 ? { startAt } : {}) },
		{ lengthMode: 'seconds', duration },
	);
	const { json } = await deapi.run([shortSong()], part);
	return clipsIn(json).map(({ scene }) => scene);
}

describe('a teaser shows the scenes of its part of the song', () => {
	test('and none that belong to a time behind its end', async () => {
		const scenes = '0:00 A roof\n0:30 The chorus\nA dancer under neon\n0:40 The end';
		expect(new Set(await shownIn(scenes, 20))).toEqual(new Set(['A roof']));
	});

	test('with those of no time below the line that it begins in', async () => {
		const scenes = 'Nobody\n0:05 A roof\nA street\n0:35 The chorus\nA dancer';
		expect(await shownIn(scenes, 20, 10)).toEqual(['A roof', 'A street']);
	});

	test('not one that would begin with its last frame', async () => {
		expect(new Set(await shownIn('0:00 A roof\n0:19.99 The chorus', 20))).toEqual(
			new Set(['A roof']),
		);
	});
});

describe('a sound that is too short for the model', () => {
	const short = { data: silence(0.5, 48_000), fileName: 'short.wav' };

	test('is refused before the picture of its clip is paid for', async () => {
		const deapi = await openFilms();
		const item = { json: {}, files: { data: short, reference: file('frame.png') } };
		const { stop } = await deapi.run([item], film({ keyframes: 'made' }));
		expect(stop.message).toMatch(/^The video would have 0\.5 seconds of sound/);
		expectGoodText(stop.description);
		expect(deapi.submits).toEqual([]);
	});

	test('is refused before anything of another item is sent', async () => {
		const deapi = await openFilms();
		const { stop } = await deapi.run([shortSong(), { json: {}, files: { data: short } }], film());
		expect(stop.message).toMatch(/^The video would have 0\.5 seconds of sound/);
		expect(deapi.submits).toEqual([]);
	});

	test('is told where its price is asked for', async () => {
		const deapi = await openFilms();
		const { stop } = await deapi.run([{ json: {}, files: { data: short } }], {
			...{ operation: 'estimatePrice', lengthMode: 'matchAudio', whenTooLong: 'clips' },
		});
		expect(stop.message).toMatch(/^The video would have 0\.5 seconds of sound/);
	});
});
