import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

/** How much n8n's process may grow over a song of three minutes, in MiB. */
const MOST_GROWTH = 120;

const SECONDS = 183;

/** One node makes a film of three minutes, of an MP3 and of a large WAV; n8n's memory hardly notices. */
export async function wholeSong(scene: Scene): Promise<void> {
	const { api } = scene.stage;
	await withFilms(scene, async () => {
		// What n8n and the node load when they are first used is no matter of the song's length.
		const first = await importWholeSong(scene, { song: HALF_A_MINUTE.fixture });
		expectSuccess(await api.executionEnds(await api.run(first, 'Start')));

		await makeFilm(scene, 'an MP3 of 0.2 MB');
		await makeFilm(scene, 'a WAV of 32 MB', async (file) => await writeFile(file, wave()));
	});
}

async function makeFilm(
	scene: Scene,
	what: string,
	replaceSong?: (file: string) => Promise<void>,
): Promise<void> {
	const { api, n8n } = scene.stage;
	const jobsBefore = scene.jobs.length;
	const workflow = await importWholeSong(scene, { song: THREE_MINUTES.fixture });
	await replaceSong?.(path.join(scene.files, 'song.mp3'));
	const { result: execution, growth } = await growthDuring(
		n8n,
		async () => await api.executionEnds(await api.run(workflow, 'Start'), 120_000),
	);
	expectSuccess(execution);
	scene.expectSubmits(jobsBefore + THREE_MINUTES.clips);
	const jobs = scene.jobs.slice(jobsBefore);
	const { film } = await expectFilm(api, jobs, onlyItem(execution, GENERATE), THREE_MINUTES);
	expectBytes(await readFile(path.join(scene.files, 'film.mp4')), film, 'The film on disk');

	const { before, most } = growth;
	const line = `A film of three minutes from ${what}: n8n's process had ${before.toFixed(0)} MiB, and at most ${(most - before).toFixed(0)} MiB more`;
	say(line);
	await appendFile(path.join(OUTPUT_FOLDER, 'memory.txt'), `${line}\n`);
	expect(most - before <= MOST_GROWTH, `${line}; it may be ${MOST_GROWTH} MiB`);
}

/** A tone in stereo, 44,100 samples a second of 16 bits: a WAV as music programs write it. */
function wave(): Buffer {
	const rate = 44_100;
	const frameBytes = 4;
	const size = SECONDS * rate * frameBytes;
	const file = Buffer.alloc(44 + size);
	file.write('RIFF', 0, 'latin1');
	file.writeUInt32LE(36 + size, 4);
	file.write('WAVEfmt ', 8, 'latin1');
	file.writeUInt32LE(16, 16);
	file.writeUInt16LE(1, 20);
	file.writeUInt16LE(2, 22);
	file.writeUInt32LE(rate, 24);
	file.writeUInt32LE(rate * frameBytes, 28);
	file.writeUInt16LE(frameBytes, 32);
	file.writeUInt16LE(16, 34);
	file.write('data', 36, 'latin1');
	file.writeUInt32LE(size, 40);
	for (let frame = 0; frame < SECONDS * rate; frame += 1) {
		const sample = Math.round(8000 * Math.sin((2 * Math.PI * 220 * frame) / rate));
		file.writeInt16LE(sample, 44 + frame * frameBytes);
		file.writeInt16LE(sample, 46 + frame * frameBytes);
	}
	return file;
}
