/** The examples that make films of songs, run as they are shipped. */
import { readdirSync, readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import { sleeps, wakeUp } from '../support/asleep';
import { Deapi, fieldsOf } from '../support/deapi';
import { errorOf } from '../support/engine';
import { ExampleCredentials, exampleNodes, formNodes } from '../support/example-nodes';
import { filesForExamples, itemsOf, runExample, sha256 } from '../support/examples';
import { readFilm, shownAt } from '../support/films';
import { clipsIn } from '../support/songs';
import { fixture } from '../support/workflows';

const files = filesForExamples();

/** Half a minute: cut on its beats into clips of ten seconds at most. */
const SONG = { file: 'songs/half-minute.mp3', seconds: 32.583, clips: 4 };
/** Longer than the lyrics by some seconds: the last frames of three minutes, of 72 bytes and 72 milliseconds each. */
const LONG_SONG = {
	file: readFileSync(fixture('songs/three-minutes.mp3')).subarray(-1450 * 72),
	seconds: 1450 * 0.072,
};

/** The film in a file, as its item tells of it. */
async function expectFilm(
	name: string,
	json: IDataObject | undefined,
	seconds: number,
	size: { width: number; height: number },
): Promise<void> {
	const film = await readFilm(files.read(name));
	const clips = clipsIn(json ?? {});
	const asked = clips.map(({ frames, frames_asked = frames }) => frames_asked);
	expect(shownAt(film.pictures)).toHaveLength(asked.reduce((sum, each) => sum + each, 0));
	expect(Number(json?.frames) - seconds * 24).toBeGreaterThan(-1);
	expect(Number(json?.frames) - seconds * 24).toBeLessThan(8);
	expect(film).toMatchObject(size);
	expect(film.duration).toBeCloseTo(Number(json?.frames) / 24, 1);
	expect(film.boxes.indexOf('moov')).toBeLessThan(film.boxes.indexOf('mdat'));
}

describe('whole-song.json', () => {
	test('writes the film of a song, a scene after the other', async () => {
		const deapi = await Deapi.open({ results: 'film' });
		files.put('song.mp3', SONG.file);
		const result = await runExample(files.filledIn('whole-song.json', deapi), deapi);
		const [item] = itemsOf(result, 'Make Film');
		expect(item?.json).toMatchObject({ status: 'done' });
		const scenes = clipsIn(item?.json ?? {}).map(({ scene }) => scene?.split(' ')[1]);
		expect([...new Set(scenes)]).toEqual(['rooftop', 'streets', 'bridge']);
		expect(deapi.requestIds).toHaveLength(SONG.clips);
		expect(readdirSync(files.folder).sort()).toEqual(['song-film.mp4', 'song.mp3']);
		await expectFilm('song-film.mp4', item?.json, SONG.seconds, { width: 1024, height: 576 });
	});

	test('makes nothing that costs more than the node allows', async () => {
		const deapi = await Deapi.open({ results: 'film', price: 1.27 });
		files.put('song.mp3', SONG.file);
		const result = await runExample(files.filledIn('whole-song.json', deapi), deapi);
		expect(errorOf(result).message).toBe(
			"These 4 jobs would cost 5.08 USD; 'Max Price (USD)' is 5 USD",
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
		expect(film?.json).toMatchObject({ clips: SONG.clips });
		expect(deapi.requestIds).toHaveLength(SONG.clips);
		const { sound, boxes } = await readFilm(files.read('song-film.mp4'));
		expect(sound?.timescale).toBe(44_100);
		expect(boxes).toEqual(expect.arrayContaining(['moov', 'mdat']));
		expect(boxes).not.toContain('edts');
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
		files.put('song.mp3', LONG_SONG.file);
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
		await expectFilm('song-film.mp4', item?.json, LONG_SONG.seconds, { width: 576, height: 1024 });
	});
});

test('same-singer-film.json begins each clip with a picture made from the portrait', async () => {
	const deapi = await Deapi.open({ results: 'film' });
	const read = (name: string) => readFileSync(fixture(name)).toString('base64');
	const song = {
		data: read('songs/half-minute.mp3'),
		mimeType: 'audio/mpeg',
		fileName: 'song.mp3',
	};
	const portrait = { data: read('sea.png'), mimeType: 'image/png', fileName: 'me.png' };
	const filled = { Prompt: 'A singer', Scenes: 'A street\nA stage' };
	const result = await runExample(
		files.filledIn('same-singer-film.json', deapi),
		deapi,
		undefined,
		{
			nodeTypes: formNodes(filled, { Song: song, Portrait: portrait }),
			startNode: 'Song and Portrait',
		},
	);
	const [item] = itemsOf(result, 'Show Film');
	expect(item?.binary?.data).toMatchObject({ fileName: 'song-film.mp4', mimeType: 'video/mp4' });
	const clips = clipsIn(item?.json ?? {});
	expect(clips).toHaveLength(SONG.clips);
	const edits = deapi.fake.jobs.filter(({ operation }) => operation === 'pictureEdit');
	expect(clips.map(({ picture_request_id: id }) => id).sort()).toEqual(
		edits.map(({ request_id }) => request_id).sort(),
	);
	for (const { files: sent } of edits) {
		expect(sent.map(({ name, filename }) => [name, filename])).toEqual([['image', 'me.png']]);
	}
	for (const { operation, files: sent } of deapi.fake.jobs) {
		if (operation === 'audioToVideo') {
			expect(sent.map(({ name }) => name)).toEqual(['audio', 'first_frame_image']);
		}
	}
});
