import type { Page } from 'playwright-core';
import { openForm } from '../editor/form';
import type { Editor } from '../editor/editor';
import { picture } from '../editor/pictures';
import { HALF_A_MINUTE, expectFilm, withFilms } from '../film/film';
import { expect, expectBytes, expectEqual } from '../check';
import { type Scene, expectSuccess, fixturePath, onlyItem } from '../scene';

const IDEA = 'A lighthouse keeper who sings to the ships';
const MUSIC = 'Slow waltz with accordion and strings';

/** Somebody writes an idea into a form, and a film of a whole song lies in the bucket. */
export async function ideaBecomesFilm(scene: Scene, editor: Editor): Promise<void> {
	const { page } = editor;
	const { api, deapi, s3 } = scene.stage;
	const workflow = await scene.importExample('idea-to-music-video', {
		'Store in Bucket': { bucketName: s3.bucket },
	});
	deapi.settings.songFile = fixturePath(HALF_A_MINUTE.fixture);
	try {
		await withFilms(scene, async () => {
			await editor.openWorkflow(workflow.id);
			const form = await openForm(page);
			await fillIn(form);
			const [summary] = await api.executionsEnd(workflow.id, 1, 120_000);
			const execution = await api.execution(summary?.id ?? '');
			expectSuccess(execution);
			await form.close();

			const jobs = scene.expectSubmits(HALF_A_MINUTE.clips);
			expectEqual(scene.requests('prompt').length, 1, 'Prompts enhanced');
			const item = onlyItem(execution, 'Generate Film');
			const { film } = await expectFilm(api, jobs, item, HALF_A_MINUTE);
			// Clips are accepted in any order: the file is named after the one that comes first in the film.
			const [first] = item.json.request_ids as string[];
			expectBytes(await s3.read(`${first}.mp4`), film, 'The film in the bucket');

			expectFedByForm(scene);
			for (const { files, fields } of jobs) {
				const names = files.map(({ name }) => name).sort();
				expectEqual(names, ['audio', 'first_frame_image', 'last_frame_image'], 'Files of a clip');
				expect(fields.prompt?.startsWith(IDEA), `The prompt of a clip is: ${fields.prompt}`);
			}
		});
	} finally {
		deapi.settings.songFile = undefined;
	}
	await editor.zoomToFit();
	await editor.screenshotOfCanvas(picture('idea-done'));
}

async function fillIn(form: Page): Promise<void> {
	const [idea, lyrics] = await form.locator('textarea').all();
	await idea?.fill(IDEA);
	await lyrics?.fill('');
	await form.locator('input[type=text]').first().fill(MUSIC);
	await form.locator('input[type=number]').fill('30');
	await form.getByRole('button', { name: 'Submit' }).click();
}

/** What was written into the form is what deAPI got. */
function expectFedByForm({ jobs }: Scene): void {
	const song = jobs.find(({ job_type }) => job_type === 'txt2music');
	const { caption, lyrics, duration } = song?.fields ?? {};
	expectEqual(
		{ caption, lyrics, duration },
		{ caption: MUSIC, lyrics: '[Instrumental]', duration: '30' },
		'The song that deAPI was asked for',
	);
	const types = jobs.map(({ job_type }) => job_type);
	expectEqual(types.filter((type) => type === 'txt2img').length, 1, 'Pictures made');
	expectEqual(types.length, HALF_A_MINUTE.clips + 2, 'Jobs of any type');
}
