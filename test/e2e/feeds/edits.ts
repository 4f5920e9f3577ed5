import { untilPlayable } from '../browser/generate';
import { expectEqual, expectProperties } from '../check';
import type { Editor } from '../editor/editor';
import { addFreshNode } from '../editor/fresh';
import { onlyJob, viewFile } from '../editor/output';
import type { Scene } from '../scene';

/** An operation as somebody uses it who adds it from the panel, fills in what it asks for, and looks at the result. */
interface Use {
	search: string;
	action: string;
	/** The file in the field 'data', and the one in the field 'reference'. */
	file?: [fixture: string, name: string];
	reference?: [fixture: string, name: string];
	prompt?: string;
	/** What deAPI makes of it. */
	jobType: string;
	makes: 'image' | 'video';
	/** The names of the files that deAPI gets. */
	sends: string[];
}

const PICTURE: [string, string] = ['sea.png', 'sea.png'];
const VIDEO: [string, string] = ['result.mp4', 'dance.mp4'];

const USES: Use[] = [
	{
		search: 'text to video',
		action: 'Generate video from text',
		prompt: 'A lighthouse in a storm, waves, slow camera move',
		jobType: 'txt2video',
		makes: 'video',
		sends: [],
	},
	{
		search: 'image to video',
		action: 'Generate video from image',
		file: PICTURE,
		prompt: 'Waves roll in',
		jobType: 'img2video',
		makes: 'video',
		sends: ['first_frame_image'],
	},
	{
		search: 'replace character',
		action: 'Replace a character in a video',
		file: VIDEO,
		reference: PICTURE,
		jobType: 'video-replace',
		makes: 'video',
		sends: ['video', 'ref_image'],
	},
	{
		search: 'edit image',
		action: 'Edit an image',
		file: PICTURE,
		prompt: 'The same sea at night',
		jobType: 'img2img',
		makes: 'image',
		sends: ['image'],
	},
	{
		search: 'upscale',
		action: 'Upscale an image',
		file: PICTURE,
		jobType: 'img-upscale',
		makes: 'image',
		sends: ['image'],
	},
	{
		search: 'remove background',
		action: 'Remove the background of an image',
		file: PICTURE,
		jobType: 'img-rmbg',
		makes: 'image',
		sends: ['image'],
	},
];

/** A scenario for each operation. */
export const EDITS = Object.fromEntries(
	USES.map((use) => [
		`Browser: ${use.action.charAt(0).toLowerCase()}${use.action.slice(1)}`,
		async (scene: Scene, editor: Editor) => await isUsed(scene, editor, use),
	]),
);

async function isUsed(scene: Scene, editor: Editor, use: Use): Promise<void> {
	await addFreshNode(scene, editor, use);
	if (use.prompt !== undefined) await editor.fill('prompt', use.prompt);
	await viewFile(editor);
	if (use.makes === 'video') await untilPlayable(editor.page);
	else await untilShown(editor);
	const { fields, files } = onlyJob(scene, use.jobType);
	expectProperties(fields, { prompt: use.prompt }, 'The job');
	expectEqual(
		files.map(({ name }) => name),
		use.sends,
		'The files that deAPI got',
	);
}

async function untilShown({ page }: Editor): Promise<void> {
	await page.waitForFunction(
		'[...document.querySelectorAll("[data-test-id=output-panel] img")].some((image) => image.naturalWidth > 100)',
	);
}
