/** The examples that make films of songs, run as they are shipped. */
import { readdirSync, readFileSync } from 'node:fs';
import { sleeps, wakeUp } from '../support/asleep';
import { Deapi, fieldsOf } from '../support/deapi';
import { errorOf } from '../support/engine';
import { ExampleCredentials, exampleNodes } from '../support/example-nodes';
import { filesForExamples, itemsOf, runExample, sha256 } from '../support/examples';
import { readFilm, shownAt } from '../support/films';
import { clipsIn } from '../support/songs';
import { fixture } from '../support/workflows';

const files = filesForExamples();

/** A song of three minutes. */
const SONG = { file: 'songs/three-minutes.mp3', clips: 19, frames: 183 * 24 };

async function expectFilm(name: string, size: { width: number; height: number }): Promise<void> {
	const film = await readFilm(files.read(name));
	expect(shownAt(film.pictures)).toHaveLength(SONG.frames);
	expect(film).toMatchObject(size);
	expect(film.duration).toBeCloseTo(183, 0);
	expect(film.boxes.indexOf('moov')).toBeLessThan(film.boxes.indexOf('mdat'));
}

describe('whole-song.json', () => {
	test('writes the film of a song, a scene after the other', async () => {
		const deapi = await Deapi.open({ results: 'film' });
		files.put('song.mp3', SONG.file);
		const result = await runExample(files.filledIn('whole-song.json', deapi), deapi);
		const [item] = itemsOf(result, 'Make Film');
		expect(item?.json).toMatchObject({ status: 'done', frames: SONG.frames });
		const scenes = clipsIn(item?.json ?? {}).map(({ scene }) => scene?.split(' ')[1]);
		expect([...new Set(scenes)]).toEqual(['rooftop', 'streets', 'bridge']);
		expect(deapi.requestIds).toHaveLength(SONG.clips);
		expect(readdirSync(files.folder).sort()).toEqual(['song-film.mp4', 'song.mp3']);
		await expectFilm('song-film.mp4', { width: 1024, height: 576 });
	});

	test('makes nothing that costs more than the node allows', async () => {
		const deapi = await Deapi.open({ results: 'film', price: 0.27 });
		files.put('song.mp3', SONG.file);
		const result = await runExample(files.filledIn('whole-song.json', deapi), deapi);
		expect(errorOf(result).message).toBe(
			"These 19 jobs would cost 5.13 USD; 'Max Price (USD)' is 5 USD",
		);
		expect(deapi.requestIds).toEqual([]);
	});
});

describe('whole-song-asleep.json', () => {
	test('sleeps in the database until all jobs have ended, and joins the clips under the song', async () => {
		const deapi = await Deapi.open({ results: 'film' });
		deapi.fake.holdJobs(true);
		files.put('song.mp3', SONG.file);
		const example = files.filledIn('whole-song-asleep.json', deapi);
		const options = {
			credentials: new ExampleCredentials(deapi.credentials()),
			nodeTypes: exampleNodes(),
		};
		const first = await runExample(example, deapi);
		expect(sleeps(first)).toBe(true);
		expect(deapi.requestIds).toHaveLength(SONG.clips);

		const last = deapi.requestIds.at(-1) ?? '';
		for (const id of deapi.requestIds.slice(0, -1)) deapi.fake.completeJob(id);
		const second = await wakeUp(example, first, options);
		expect(sleeps(second)).toBe(true);
		expect(deapi.requestsTo('result')).toEqual([]);

		deapi.fake.completeJob(last);
		const third = await wakeUp(example, second, options);
		expect(sleeps(third)).toBe(false);
		const [film] = itemsOf(third, 'Join Clips');
		expect(film?.json).toMatchObject({ clips: SONG.clips, frames: SONG.frames });
		expect(deapi.requestIds).toHaveLength(SONG.clips);
		await expectFilm('song-film.mp4', { width: 1024, height: 576 });
		const { sound } = await readFilm(files.read('song-film.mp4'));
		const song = readFileSync(fixture(SONG.file));
		const packet = Buffer.from(sound?.packets[1000]?.data ?? []);
		expect(song.includes(packet)).toBe(true);
		const prompts = deapi.submits.map((submit) => fieldsOf(submit).prompt?.split('\n')[1]);
		expect(new Set(prompts).size).toBe(3);
	});

	test('names the item whose job has failed; the others are not lost', async () => {
		const deapi = await Deapi.open({ results: 'film' });
		deapi.fake.failJobs([1]);
		files.put('song.mp3', 'songs/half-minute.mp3');
		const example = files.filledIn('whole-song-asleep.json', deapi);
		const options = {
			credentials: new ExampleCredentials(deapi.credentials()),
			nodeTypes: exampleNodes(),
		};
		let run = await runExample(example, deapi);
		await deapi.fake.waitFor(() => deapi.fake.jobs.every(({ endedAt }) => endedAt !== null));
		while (sleeps(run)) run = await wakeUp(example, run, options);
		// The second job is that of whichever item was ready second.
		expect(errorOf(run).message).toMatch(/^Item \d has no binary field 'data' \('Clip Field'\)/);
	});
});

describe('lyrics-to-film.json', () => {
	test('cuts at the times of the lyrics, between the two pictures', async () => {
		const deapi = await Deapi.open({ results: 'film' });
		files.put('song.mp3', SONG.file);
		files.put('first.png', 'frame.png');
		files.put('last.png', 'frame.jpg');
		const result = await runExample(files.filledIn('lyrics-to-film.json', deapi), deapi);
		const [item] = itemsOf(result, 'Make Film');
		const clips = clipsIn(item?.json ?? {});
		expect(clips.map(({ start_seconds }) => start_seconds)).toEqual(
			expect.arrayContaining([0, 21.5, 48, 92]),
		);
		for (const { start_seconds, scene } of clips) {
			const expected =
				start_seconds < 21.5
					? /rooftop/
					: start_seconds < 48
						? /stairs/
						: start_seconds < 92
							? /Neon/
							: /bridge/;
			expect(scene).toMatch(expected);
			expect(scene).not.toContain('[');
		}
		const pictures = ['frame.png', 'frame.jpg'].map((name) => sha256(readFileSync(fixture(name))));
		const sent = deapi.fake.jobs.flatMap(({ files: all }) => all.slice(1));
		expect(sent.map(({ name, sha256: digest }) => [name, digest]).sort()).toEqual(
			[
				['first_frame_image', pictures[0]],
				['last_frame_image', pictures[1]],
			].sort(),
		);
		await expectFilm('song-film.mp4', { width: 576, height: 1024 });
	});
});
