/** The examples that begin with a picture, or make pictures first, run as they are shipped. */
import { readFileSync } from 'node:fs';
import { Deapi } from '../support/deapi';
import { errorOf } from '../support/engine';
import { formNodes } from '../support/example-nodes';
import { filesForExamples, itemsOf, runExample, sha256 } from '../support/examples';
import { fixture } from '../support/workflows';

const files = filesForExamples();

/** A file as a form gives it out. */
const upload = (name: string, mimeType: string) => ({
	...{ data: readFileSync(fixture(name)).toString('base64'), mimeType, fileName: name },
});

describe('product-picture-to-video.json', () => {
	const FORM = { Scene: 'On a wet rock by the sea', Movement: 'Waves roll in' };

	async function made(prices = {}) {
		const deapi = await Deapi.open({ prices });
		const example = files.filledIn('product-picture-to-video.json', deapi);
		const nodeTypes = formNodes(FORM, { Product: upload('sea.png', 'image/png') });
		const startNode = 'Product and Scene';
		return { deapi, run: await runExample(example, deapi, undefined, { nodeTypes, startNode }) };
	}

	test('cuts the product out, sets it into the scene, animates and enlarges it', async () => {
		const { deapi, run } = await made();
		const [item] = itemsOf(run, 'Show Video');
		const picture = sha256(readFileSync(fixture('frame.png')));
		expect(deapi.fake.jobs.map(({ job_type }) => job_type)).toEqual([
			...['img-rmbg', 'img2img', 'img2video', 'vid-upscale'],
		]);
		const [cut, edit, video, large] = deapi.fake.jobs;
		expect(cut?.files[0]?.sha256).toBe(sha256(readFileSync(fixture('sea.png'))));
		expect(edit?.fields.prompt).toContain(FORM.Scene);
		expect(edit?.files.map((each) => [each.name, each.sha256])).toEqual([['image', picture]]);
		expect(video?.fields).toMatchObject({ prompt: FORM.Movement, frames: '121' });
		expect(video?.files.map((each) => [each.name, each.sha256])).toEqual([
			['first_frame_image', picture],
		]);
		expect(large?.files[0]?.sha256).toBe(sha256(readFileSync(fixture('result.mp4'))));
		expect(item?.json).toMatchObject({ status: 'done', request_id: large?.request_id });
	});

	test('goes no further than what a node may cost', async () => {
		const { deapi, run } = await made({ imageToVideo: 0.6 });
		expect(errorOf(run).message).toContain("'Max Price (USD)' is 0.5 USD");
		expect(deapi.fake.jobs.map(({ job_type }) => job_type)).toEqual(['img-rmbg', 'img2img']);
	});
});

describe('storyboard-with-approval.json', () => {
	const FORM = { Film: 'A singer in a city', Scenes: '0:00 Dawn\n0:04 Noon' };

	async function made(answer: { Scenes: string; 'What Now': string }) {
		const deapi = await Deapi.open({ results: 'film' });
		const example = files.filledIn('storyboard-with-approval.json', deapi);
		const nodeTypes = formNodes(FORM, { Song: upload('song.mp3', 'audio/mpeg') }, answer);
		const startNode = 'Song and Scenes';
		const run = await runExample(example, deapi, undefined, { nodeTypes, startNode });
		return { deapi, run, page: nodeTypes['n8n-nodes-base.form'].shown[0] };
	}

	test('draws one picture per scene, shows them, and makes the film of the scenes as they were rewritten', async () => {
		const Scenes = '0:00 Dawn over roofs\n0:04 Noon';
		const { deapi, run, page } = await made({ Scenes, 'What Now': 'Make the film' });
		const [film] = itemsOf(run, 'Show Film');
		const prompts = (type: string) =>
			deapi.fake.jobs.flatMap(({ job_type, fields }) => (job_type === type ? fields.prompt : []));
		expect(prompts('txt2img').sort()).toEqual([
			'A singer in a city\nDawn',
			'A singer in a city\nNoon',
		]);
		expect(page?.description).toMatch(/^0 s: Dawn http\S+\n\n4 s: Noon http\S+$/);
		expect(page?.fields[0]).toMatchObject({ fieldLabel: 'Scenes', defaultValue: FORM.Scenes });
		expect(prompts('audio2video').sort()).toEqual([
			'A singer in a city\nDawn over roofs',
			'A singer in a city\nNoon',
		]);
		expect(film?.json).toMatchObject({ status: 'done' });
		expect(film?.binary?.data?.mimeType).toBe('video/mp4');
	});

	test('makes no film, and takes no money for one, where somebody stops it', async () => {
		const { deapi } = await made({ Scenes: FORM.Scenes, 'What Now': 'Stop here' });
		expect(new Set(deapi.fake.jobs.map(({ job_type }) => job_type))).toEqual(new Set(['txt2img']));
	});
});
