import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { wavHeader } from '../../support/wav';
import { expect, expectBytes } from '../check';
import { say } from '../machine/steps';
import { type Scene, expectSuccess, onlyItem } from '../scene';
import { OUTPUT_FOLDER } from '../stage';
import {
	GENERATE,
	HALF_A_MINUTE,
	THREE_MINUTES,
	expectFilm,
	importWholeSong,
	withFilms,
} from './film';
import { growthDuring } from './memory';

/** How much n8n's process may grow over a song, in MiB. */
const MOST_GROWTH = 120;

/** What a WAV of 200 MB becomes. */
const LARGE = { seconds: 350, frames: 350 * 24, clips: 35 };

/** One node makes films of an MP3 and of a large WAV; n8n's memory hardly notices. */
export async function wholeSong(scene: Scene): Promise<void> {
	const { api } = scene.stage;
	await withFilms(scene, async () => {
		// What n8n and the node load when they are first used is no matter of the song's length.
		const first = await importWholeSong(scene, { song: HALF_A_MINUTE.fixture });
		expectSuccess(await api.executionEnds(await api.run(first, 'Start')));

		await makeFilm(scene, 'A film of three minutes from an MP3 of 0.2 MB', THREE_MINUTES);
		await makeFilm(scene, 'A film of six minutes from a WAV of 202 MB', LARGE, writeWave);
	});
}

async function makeFilm(
	scene: Scene,
	what: string,
	facts: { clips: number; frames: number },
	replaceSong?: (file: string) => Promise<void>,
): Promise<void> {
	const { api, n8n } = scene.stage;
	const jobsBefore = scene.jobs.length;
	const workflow = await importWholeSong(scene, {
		song: THREE_MINUTES.fixture,
		options: { maxClips: 40 },
	});
	await replaceSong?.(path.join(scene.files, 'song.mp3'));
	const { result: execution, growth } = await growthDuring(
		n8n,
		async () => await api.executionEnds(await api.run(workflow, 'Start'), 240_000),
	);
	expectSuccess(execution);
	scene.expectSubmits(jobsBefore + facts.clips);
	const jobs = scene.jobs.slice(jobsBefore);
	const { film } = await expectFilm(api, jobs, onlyItem(execution, GENERATE), facts);
	expectBytes(await readFile(path.join(scene.files, 'film.mp4')), film, 'The film on disk');

	const { before, most } = growth;
	const line = `${what}: n8n's process had ${before.toFixed(0)} MiB, and at most ${(most - before).toFixed(0)} MiB more`;
	say(line);
	await appendFile(path.join(OUTPUT_FOLDER, 'memory.txt'), `${line}\n`);
	expect(most - before <= MOST_GROWTH, `${line}; it may be ${MOST_GROWTH} MiB`);
}

/** A tone in stereo, 96,000 samples a second of 24 bits, as studios hand it over: 202 MB. */
async function writeWave(file: string): Promise<void> {
	const rate = 96_000;
	const frameBytes = 6;
	const header = wavHeader(LARGE.seconds * rate * frameBytes, {
		rate,
		channels: 2,
		sampleBytes: 3,
	});
	const second = Buffer.alloc(rate * frameBytes);
	for (let frame = 0; frame < rate; frame += 1) {
		const sample = Math.round(2_000_000 * Math.sin((2 * Math.PI * 220 * frame) / rate));
		second.writeIntLE(sample, frame * frameBytes, 3);
		second.writeIntLE(sample, frame * frameBytes + 3, 3);
	}
	await writeFile(file, header);
	for (let at = 0; at < LARGE.seconds; at++) await appendFile(file, second);
}
