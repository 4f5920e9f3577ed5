/** The node's fields as one list, which n8n works through for every item. */
import type { INodeProperties } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi } from '../../nodes/Deapi/Deapi.node.ts';
import { listSearchOf, propertiesOf, resource } from '../../nodes/Deapi/resources/resource';
import { asText } from '../support/text';

const { description } = new Deapi();

/** A field by its name alone. */
const field = (name: string, changes: Partial<INodeProperties> = {}): INodeProperties => ({
	...{ displayName: name, name, type: 'string', default: '', description: name },
	...changes,
});

const operation = (name: string, fields: INodeProperties[]) => ({
	...{ option: { name, value: name }, fields, lists: [] },
});

/** What n8n shows of the list for an operation, in its order. */
function shown(
	properties: INodeProperties[],
	parameters: { resource: string; operation: string; [name: string]: string },
): string[] {
	const node = { typeVersion: 1 };
	return properties
		.filter(({ name }) => name !== 'operation')
		.filter((each) => NodeHelpers.displayParameter(parameters, each, node, null))
		.map(({ name }) => name);
}

describe('the fields of several operations', () => {
	const made = propertiesOf([
		resource('video', 'Video', [
			operation('make', [field('sound'), field('prompt'), field('wait'), field('seed')]),
			operation('upscale', [field('file'), field('wait')]),
		]),
		resource('image', 'Image', [
			operation('make', [field('prompt'), field('wait'), field('width'), field('seed')]),
			operation('upscale', [field('file'), field('scale')]),
		]),
	]);

	test.each([
		['video', 'make', ['sound', 'prompt', 'wait', 'seed']],
		['video', 'upscale', ['file', 'wait']],
		['image', 'make', ['prompt', 'wait', 'width', 'seed']],
		['image', 'upscale', ['file', 'scale']],
	])('are those of %s %s alone, in its order', (resourceName, operationName, names) => {
		expect(shown(made, { resource: resourceName, operation: operationName })).toEqual(names);
	});

	test('appear once where they are the same', () => {
		const names = made.map(({ name }) => name).filter((name) => name !== 'operation');
		// "wait" of three operations would come up in the fourth.
		expect(names.sort()).toEqual([
			'file',
			'prompt',
			'scale',
			'seed',
			'sound',
			'wait',
			'wait',
			'width',
		]);
	});

	test('have one order: operations that want two are refused', () => {
		const both = [field('a'), field('b')];
		const operations = [operation('x', both), operation('y', [...both].reverse())];
		expect(() => propertiesOf([resource('video', 'Video', operations)])).toThrow(
			'No order is that of all: a, b',
		);
	});

	test('are two where they differ in a text, a default or a condition', () => {
		const show = { size: ['custom'] };
		const properties = propertiesOf([
			resource('video', 'Video', [
				operation('a', [field('width')]),
				operation('b', [field('width', { default: '512' })]),
				operation('c', [field('width', { displayOptions: { show } })]),
			]),
		]);
		expect(properties.filter(({ name }) => name === 'width')).toHaveLength(3);
		expect(shown(properties, { resource: 'video', operation: 'c', size: 'custom' })).toEqual([
			'width',
		]);
		expect(shown(properties, { resource: 'video', operation: 'c', size: 'square' })).toEqual([]);
	});
});

test('two lists of one name are refused: the node would offer one for both', () => {
	const list = (name: string) => ({
		name,
		search: async () => await Promise.resolve({ results: [] }),
	});
	const video = list('videoModels');
	const withLists = (...lists: Array<typeof video>) => ({ ...operation('x', []), lists });
	const resources = (...lists: Array<typeof video>) =>
		lists.map((each) => resource('video', 'Video', [withLists(each)]));
	expect(Object.keys(listSearchOf(resources(video, video, list('voices'))))).toEqual([
		'videoModels',
		'voices',
	]);
	expect(() => listSearchOf(resources(video, list('videoModels')))).toThrow(
		'Two lists have the name videoModels',
	);
});

describe("the node's own fields", () => {
	test('are few: n8n works through all of them for every item', () => {
		expect(description.properties.length).toBeLessThanOrEqual(120);
	});

	test('are no two that could be one', () => {
		const texts = description.properties.map(({ displayOptions, ...rest }) => {
			const show = { ...displayOptions?.show, operation: undefined };
			return asText(JSON.stringify([rest, displayOptions?.hide, show]));
		});
		const twice = texts.filter((text, index) => texts.indexOf(text) !== index);
		expect(twice.map((text) => text.slice(0, 100))).toEqual([]);
	});
});
