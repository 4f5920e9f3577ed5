/** Messages call a field as the panel does. */
import { readFileSync } from 'node:fs';
import type { INodeParameters, INodeProperties } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { labelOf, labelsOf } from '../../nodes/Deapi/engine/labels';
import type { Fault, Route } from '../fake-deapi';
import { Deapi } from '../support/deapi';
import { startStorage } from '../support/storage';
import { file, fixture } from '../support/workflows';

const { properties } = new DeapiNode().description;

/** The fields of Generate From Audio, those in its options included. */
function panelFields(): INodeProperties[] {
	const own = properties.filter(({ displayOptions }) =>
		displayOptions?.show?.operation?.includes('generateFromAudio'),
	);
	const inner = own.flatMap(({ options = [] }) =>
		options.filter((option): option is INodeProperties => 'type' in option),
	);
	return [...own, ...inner];
}

/** The label that the panel shows for a parameter. */
function panelLabel(parameter: string): string {
	const found = panelFields().find(({ name }) => name === parameter);
	if (found === undefined) throw new Error(`The panel has no ${parameter}`);
	return found.displayName;
}

test('each field that deAPI refuses is called by its label in the panel', async () => {
	const labels: { [deapiField: string]: string } = {
		audio: panelLabel('binaryPropertyName'),
		first_frame_image: panelLabel('firstFrameBinaryProperty'),
		last_frame_image: panelLabel('lastFrameBinaryProperty'),
		webhook_secret: panelLabel('webhookUrl'),
	};
	for (const { displayName, routing } of panelFields()) {
		const field = routing?.send?.property;
		if (field !== undefined) labels[field] = displayName;
	}
	expect(Object.keys(labels).length).toBeGreaterThan(12);
	const errors = Object.fromEntries(Object.keys(labels).map((field) => [field, ['No.']]));
	const deapi = await Deapi.open();
	deapi.fake.faults.add({
		route: 'submit',
		fault: { type: 'status', status: 422, body: { message: 'No.', errors } },
	});
	const { stop } = await deapi.run();
	expect(stop.description.split('\n')).toEqual(
		Object.values(labels).map((label, index, all) =>
			index < all.length - 1
				? `'${label}': No.`
				: `'${label}': No. Nothing was submitted for this item.`,
		),
	);
});

/** An address at which a file of ours can be fetched. */
async function served(name: string): Promise<string> {
	const content = readFileSync(fixture(name));
	const { url } = await startStorage((_request, response) => response.end(content));
	return `${url}/${name}`;
}

/** The lines of a message in which deAPI refuses fields of a request. */
async function refusedBy(fields: string[], parameters: INodeParameters, route: Route = 'submit') {
	const errors = Object.fromEntries(fields.map((field) => [field, ['No.']]));
	const deapi = await Deapi.open();
	const fault: Fault = { type: 'status', status: 422, body: { message: 'No.', errors } };
	deapi.fake.faults.add({ route, fault });
	const { stop } = await deapi.run(undefined, parameters);
	expect(stop.message).toContain("deAPI did not accept '");
	return stop.description.replace(' Nothing was submitted for this item.', '').split('\n');
}

describe('a field that deAPI refuses is called by the one that was filled in', () => {
	test('a sound and pictures from URLs', async () => {
		const parameters = {
			...{ audioSource: 'url', audioUrl: await served('song.mp3') },
			options: {
				...{ firstFrameUrl: await served('frame.png') },
				...{ lastFrameUrl: await served('frame.png') },
			},
		};
		const fields = ['audio', 'first_frame_image', 'last_frame_image.0'];
		expect(await refusedBy(fields, parameters)).toEqual([
			"'Audio URL': No.",
			"'First Frame Image URL': No.",
			"'Last Frame Image URL': No.",
		]);
		const film = { ...parameters, lengthMode: 'matchAudio', whenTooLong: 'clips' };
		expect((await refusedBy(fields, film))[0]).toBe("'Audio URL': No.");
		const transcribe = { ...parameters, resource: 'audio', operation: 'transcribe', options: {} };
		expect(await refusedBy(['source_file'], transcribe, 'transcription')).toEqual([
			"'Audio URL': No.",
		]);
	});

	test("a film's pictures", async () => {
		const deapi = await Deapi.open();
		const errors = { first_frame_image: ['No.'] };
		const fault: Fault = { type: 'status', status: 422, body: { message: 'No.', errors } };
		deapi.fake.faults.add({ route: 'submit', fault });
		const item = { json: {}, files: { data: file('song.mp3'), cover: file('frame.png') } };
		const { stop } = await deapi.run([item], {
			...{ lengthMode: 'matchAudio', whenTooLong: 'clips' },
			options: { keyframes: 'fields', keyframeFields: 'cover' },
		});
		expect(stop.description).toContain("'Keyframe Image Fields': No.");
	});

	test.each<[INodeParameters, string, string]>([
		[{ size: 'square' }, "'Size' (width)", "'Size' (height)"],
		[{ size: '={{ "Portrait" }}' }, "'Size' (width)", "'Size' (height)"],
		[{ size: 'custom' }, "'Width'", "'Height'"],
	])('width and height of %j', async (parameters, width, height) => {
		const lines = [`${width}: No.`, `${height}: No.`];
		expect(await refusedBy(['width', 'height'], parameters)).toEqual(lines);
		const price = { ...parameters, operation: 'estimatePrice' };
		expect(await refusedBy(['width', 'height'], price, 'price')).toEqual(lines);
	});

	test.each<[INodeParameters, string]>([
		[{ lengthMode: 'matchAudio' }, "'Length' (frames)"],
		[{ lengthMode: 'seconds', duration: 4 }, "'Duration (Seconds)' (frames)"],
		[{ lengthMode: 'frames', frames: 97 }, "'Frames'"],
		[
			{ operation: 'generateFromText', lengthMode: 'seconds', duration: 5 },
			"'Duration (Seconds)' (frames)",
		],
		[{ operation: 'generateFromText', lengthMode: 'frames', frames: 97 }, "'Frames'"],
	])('frames of %j', async (parameters, label) => {
		const route = parameters.operation === undefined ? 'submit' : 'textToVideo';
		expect(await refusedBy(['frames'], parameters, route)).toEqual([`${label}: No.`]);
	});

	test('a size of the panel that does not fit the model', async () => {
		const limits = { min_width: 768, min_height: 768 };
		const model = { name: 'One', slug: 'one', inference_types: ['audio2video'], info: { limits } };
		const deapi = await Deapi.open({ models: [model] });
		const { stop } = await deapi.run(undefined, { size: 'portrait' });
		expect(stop.message).toBe("'Size' (width) does not fit the model One");
		expect(stop.description).toContain("'Size' (width) is 576; allowed are 768 or more");
	});
});

describe('labels', () => {
	const labels = labelsOf(
		[
			{
				displayName: 'Width',
				name: 'width',
				type: 'number',
				default: 1,
				routing: { send: { type: 'body', property: 'px_width' } },
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: [{ displayName: 'Steps', name: 'steps', type: 'number', default: 1 }],
			},
		],
		{ file: 'width', lost: 'nowhere' },
	);

	test.each([
		['a parameter', 'width', "'Width'"],
		["the service's name of it", 'px_width', "'Width'"],
		['an option', 'steps', "'Steps'"],
		['a name that no routing gives', 'file', "'Width'"],
		['one of a list of files', 'file.0', "'Width'"],
		['a name without a parameter', 'lost', "'lost'"],
		['a name that nobody knows', 'new_field', "'new_field'"],
	])('of %s', (_what, field, label) => {
		expect(labelOf(labels, field)).toBe(label);
	});
});
