import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { openForm } from '../editor/form';
import { expectEqual } from '../check';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { Reel } from '../editor/reel';
import type { SavedWorkflow } from '../n8n/api';
import { readExample } from '../n8n/example';
import { type Scene, fixturePath } from '../scene';
import { GENERATE, THREE_MINUTES, withFilms } from './film';

const PROMPT = ['A singer', ' at dawn,', ' the city', ' at night, lanterns'];

/** What the clips show, one after the other, again and again. */
const SCENES = ['dawn', 'city', 'stage', 'lanterns'];

const SMALL = { width: 1200, height: 750 };
const LARGE = { width: 1440, height: 1080 };

/** The first minute of somebody who has a song: a form takes it, and its film plays. README shows it. */
export async function firstMinute(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { deapi } = scene.stage;
	const before = deapi.jobs.length;
	const workflow = await createSongForm(scene);
	const reel = await Reel.begin('first-minute');
	deapi.settings.film = ({ index }) => ({
		picture: fixturePath(`scenes/${SCENES[(index - before) % SCENES.length]}.mp4`),
	});
	await page.setViewportSize(SMALL);
	try {
		await withFilms(scene, async () => {
			await editor.openWorkflow(workflow.id);
			await editor.zoomToFit();
			await reel.take(page, 1500);
			const form = await openForm(page);
			deapi.holdJobs(true);
			await fillIn(form, reel);

			const running = page.locator('.vue-flow__node', { hasText: GENERATE });
			await running.waitFor();
			for (let shot = 0; shot < 6; shot += 1) {
				await page.waitForTimeout(120);
				await reel.take(page, 250);
			}
			deapi.holdJobs(false);
			await page.getByText('Workflow executed successfully').first().waitFor({ timeout: 90_000 });
			await form.close();
			await reel.take(page, 800);

			await editor.openNode(GENERATE);
			await reel.take(page, 700);
			await editor.output.getByTestId('ndv-view-binary-data').click();
			const seconds = await pauseFilm(page);
			for (let moment = 1; moment < seconds; moment += seconds / 20) {
				await showMoment(page, moment);
				await reel.take(page, 280);
			}
			scene.expectSubmits(THREE_MINUTES.clips);
			expectEqual(Math.round(seconds), 183, 'The length of the film in seconds');
			await page.setViewportSize(LARGE);
			await showMoment(page, 25);
			await page.evaluate("document.querySelector('video').controls = true");
			await takeWholeSong(editor);
		});
	} finally {
		deapi.settings.film = {};
		await page.setViewportSize(LARGE);
	}
}

/** The first of the examples, for whole songs. */
export async function createSongForm(scene: Scene): Promise<SavedWorkflow> {
	const { connections, nodes, settings } = await readExample('upload-form', {
		...{ credentials: scene.credentials, files: scene.files },
		parameters: { [GENERATE]: { whenTooLong: 'clips', size: 'landscape' } },
	});
	const wanted = ['Song and Prompt', GENERATE];
	return await scene.stage.api.createWorkflow({
		name: 'A song becomes a film',
		nodes: nodes.filter(({ name }) => wanted.includes(name)),
		connections: { 'Song and Prompt': connections['Song and Prompt'] },
		settings,
	});
}

async function fillIn(form: Page, reel: Reel): Promise<void> {
	await form.setViewportSize(SMALL);
	await form.locator('input[type=file]').waitFor();
	await reel.take(form, 900);
	await form.locator('input[type=file]').setInputFiles({
		name: 'song.mp3',
		mimeType: 'audio/mpeg',
		buffer: await readFile(fixturePath(THREE_MINUTES.fixture)),
	});
	await reel.take(form, 700);
	for (const words of PROMPT) {
		await form.locator('textarea').pressSequentially(words);
		await reel.take(form, 220);
	}
	await reel.take(form, 600);
	await form.getByRole('button', { name: 'Submit' }).click();
}

/** Stops the film and makes it one that the browser can jump in; gives its seconds. */
async function pauseFilm(page: Page): Promise<number> {
	await page.locator('video').waitFor();
	return await page.evaluate(`(async () => {
		const video = document.querySelector('video');
		const film = URL.createObjectURL(await (await fetch(video.currentSrc)).blob());
		video.autoplay = false;
		video.controls = false;
		video.src = film;
		await new Promise((resolve) => video.addEventListener('loadeddata', resolve, { once: true }));
		video.pause();
		return video.duration;
	})()`);
}

async function showMoment(page: Page, moment: number): Promise<void> {
	await page.evaluate(`(async () => {
		const video = document.querySelector('video');
		const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
		video.currentTime = ${moment};
		await shown;
	})()`);
}

/** The node's panel with the film, in both looks. */
async function takeWholeSong(editor: Editor): Promise<void> {
	const { page } = editor;
	const parts = [...editor.form, editor.output];
	const frame = { upTo: editor.parameter('size') };
	await page.getByTestId('node-credentials-select').scrollIntoViewIfNeeded();
	await editor.screenshot(picture('film'), parts, frame);
	await editor.look('dark');
	await editor.screenshot(picture('film-dark'), parts, frame);
	await editor.look('light');
}
