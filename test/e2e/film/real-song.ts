import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openForm } from '../editor/form';
import type { Editor } from '../editor/editor';
import { expect, expectEqual, expectProperties } from '../check';
import { Unavailable } from '../machine/unavailable';
import { say } from '../machine/steps';
import { type Scene, expectSuccess, onlyItem } from '../scene';
import { GENERATE, clipsOf, withFilms } from './film';
import { createSongForm } from './first-minute';
import { expectDecodes, onsetsOf, secondsOf } from './judges';
import { expectEndsWithSong, watchFilm } from './watch';

/** Music of games that Debian has, free, and made by nobody here. */
const GAMES = '/usr/share/games';

/** So near to something that begins in the music a cut is on it, in seconds: a frame is half of it. */
const NEAR = 0.045;
/** Of the cuts that fall on a beat. */
const SHARE_ON_ONSETS = 0.85;

/** A song that nobody here made goes from a form to a film on its beats, which plays to its end in the editor. */
function realSong(file: string, debianPackage: string) {
	return async (scene: Scene, editor: Editor): Promise<void> => {
		const song = path.join(GAMES, file);
		if (!existsSync(song)) throw new Unavailable(`the song of Debian's ${debianPackage}`);
		await withFilms(scene, async () => await play(scene, editor, song));
	};
}

export const mp3OfGame = realSong('asc/music/machine_wars.mp3', 'asc-music');
export const oggOfGame = realSong('frozen-bubble/snd/frozen-mainzik-2p.ogg', 'frozen-bubble-data');

async function play(scene: Scene, editor: Editor, song: string): Promise<void> {
	const { page } = editor;
	const { api } = scene.stage;
	const seconds = await secondsOf(song);
	const workflow = await createSongForm(scene);
	await editor.openWorkflow(workflow.id);
	const form = await openForm(page);
	await form.locator('input[type=file]').setInputFiles(song);
	await form.locator('textarea').fill('A band in a hangar, sparks, hard light');
	await form.getByRole('button', { name: 'Submit' }).click();
	await page.getByText('Workflow executed successfully').first().waitFor({ timeout: 300_000 });
	await form.close();

	const [summary] = await api.executionsEnd(workflow.id, 1);
	const execution = await api.execution(summary?.id ?? '');
	expectSuccess(execution);
	const { json, binary } = onlyItem(execution, GENERATE);
	expectProperties(json, { status: 'done' }, 'The item');
	scene.expectSubmits(clipsOf(json).length);
	await expectOnBeats(json, song);

	expect(binary?.data, 'The item should have the film');
	const film = path.join(scene.files, 'film.mp4');
	await writeFile(film, await api.binary(binary.data));
	const sound = await expectDecodes(film);
	expectEqual(sound.codec_name, 'aac', 'The sound of the film');
	expect(['44100', '48000'].includes(sound.sample_rate), `Its rate is ${sound.sample_rate}`);
	expectEqual(Number(sound.start_time), 0, 'Where it begins');
	const late = Number(sound.duration) - seconds;
	expect(late > -0.05 && late < 8 / 24, `The song has ${seconds} s, in the film ${sound.duration}`);

	await editor.openNode(GENERATE);
	await editor.output.getByTestId('ndv-view-binary-data').click();
	await page.locator('video').waitFor();
	const seen = await watchFilm(page, [0.1, seconds / 2, seconds - 0.1]);
	expectEndsWithSong(seen, seconds);
	// A song may begin softly.
	expect(seen.loudness > 0.001, `The film should be heard; its sound is ${seen.loudness}`);
	await expectPlaysToEnd(page);
}

/** Judged by a program that knows nothing of ours. */
async function expectOnBeats(json: Record<string, unknown>, song: string): Promise<void> {
	const onsets = await onsetsOf(song);
	const clips = clipsOf(json) as Array<{ start_seconds: number; cut?: string }>;
	const cuts = clips.filter(({ cut }) => cut !== 'start' && cut !== 'even');
	const on = cuts.filter(({ start_seconds }) =>
		onsets.some((onset) => Math.abs(onset - start_seconds) <= NEAR),
	);
	const words = `${on.length} of ${cuts.length} cuts on music lie within ${NEAR} s of an onset, of ${clips.length} clips; ${String(json.bpm)} bpm`;
	say(`${path.basename(song)}: ${words}`);
	expect(cuts.length > clips.length * 0.8, `Most cuts should follow the music: ${words}`);
	expect(on.length >= cuts.length * SHARE_ON_ONSETS, words);
}

/** Quickly, but every picture of it. */
async function expectPlaysToEnd(page: Page): Promise<void> {
	const end = await page.evaluate<{ at: number; duration: number; error: string | null }>(
		`(async () => {
			const video = document.querySelector('video');
			video.playbackRate = 16;
			const ended = new Promise((resolve) => {
				video.addEventListener('ended', resolve, { once: true });
				video.addEventListener('error', resolve, { once: true });
			});
			await video.play();
			await ended;
			return { at: video.currentTime, duration: video.duration, error: video.error?.message ?? null };
		})()`,
	);
	expectEqual(end.error, null, "The browser's complaint");
	expect(Math.abs(end.at - end.duration) < 0.1, `It stopped at ${end.at} of ${end.duration} s`);
}
