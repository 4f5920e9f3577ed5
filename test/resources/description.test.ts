/**
 * What n8n and its users see of the package before anything runs. Saved workflows hold these names
 * and defaults: a change here changes what they do.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { INodeProperties, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { DeapiApi } from '../../credentials/DeapiApi.credentials';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi } from '../../nodes/Deapi/Deapi.node.ts';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node.ts';
import { expectGoodText } from '../support/deapi';
import { asText } from '../support/text';
import { NAMES, lineOf } from './table';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const node: INodeType = new Deapi();
const trigger: INodeType = new DeapiTrigger();
const { description } = node;
const tabled = NAMES.map((name) => lineOf(name).parameters).map((saved) => [
	saved.resource,
	saved.operation,
]);

function isOneOf(property: INodeProperties, show: string, value: string): boolean {
	return property.displayOptions?.show?.[show]?.includes(value) ?? false;
}

/** The parameters of one operation. */
function parametersOf(resource: string, operation: string): INodeProperties[] {
	return description.properties.filter(
		(property) =>
			isOneOf(property, 'resource', resource) && isOneOf(property, 'operation', operation),
	);
}

/** The fields of a collection. */
function fieldsOf(properties: INodeProperties[], collection: string): INodeProperties[] {
	const found = properties.find(({ name }) => name === collection);
	return (found?.options ?? []).filter((field): field is INodeProperties => 'type' in field);
}

/** What stands in its place for a tool of an agent, which has no files to give. */
function isForTools({ displayOptions }: INodeProperties): boolean {
	return displayOptions?.show?.['@tool'] !== undefined;
}

function interfaceOf(properties: INodeProperties[]) {
	return Object.fromEntries(
		properties
			.filter((property) => !isForTools(property))
			.map(({ name, type, default: value }) => [name, [type, value]]),
	);
}

const MODEL = [
	'resourceLocator',
	{
		mode: 'list',
		value: 'auto',
		cachedResultName: 'Automatic',
		cachedResultUrl: '',
	},
];
const SOUND = {
	audioSource: ['options', 'binary'],
	binaryPropertyName: ['string', 'data'],
	audioUrl: ['string', ''],
};
const VIDEO = {
	model: MODEL,
	size: ['options', 'square'],
	width: ['number', 512],
	height: ['number', 512],
	frames: ['number', 97],
	whenTooLong: ['options', 'fail'],
	duration: ['number', 4],
	fps: ['number', 24],
};
const WAITING = {
	downloadResult: ['boolean', true],
	outputBinaryProperty: ['string', 'data'],
	timeout: ['number', 600],
	pollInterval: ['number', 5],
};

describe('the names and defaults', () => {
	test('of the node are those that workflows are saved with', () => {
		expect(description.name).toBe('deapi');
		expect(description.displayName).toBe('deAPI');
		expect(description.credentials).toEqual([
			{ name: 'deapiApi', required: true, testedBy: 'testDeapiCredential' },
		]);
		expect(description.usableAsTool).toBe(true);
		expect(description.inputs).toEqual(['main']);
		expect(description.outputs).toEqual(['main']);
		const resource = description.properties.find(({ name }) => name === 'resource');
		expect(resource?.default).toBe('video');
		expect(resource?.options?.map((option) => (option as INodePropertyOptions).value)).toEqual([
			'video',
			'audio',
			'image',
			'prompt',
			'job',
			'model',
			'account',
		]);
	});

	test.each([
		[
			'video',
			'generateFromAudio',
			[
				...['generateFromAudio', 'estimatePrice', 'generateFromText', 'generateFromImage'],
				...['joinClips', 'replaceCharacter', 'upscale'],
			],
		],
		[
			'audio',
			'generateSpeech',
			['generateSpeech', 'generateMusic', 'transcribe', 'splitIntoClips'],
		],
		['image', 'generate', ['generate', 'edit', 'removeBackground', 'upscale']],
		['prompt', 'enhance', ['enhance']],
		['job', 'get', ['get']],
		['model', 'getMany', ['getMany']],
		['account', 'getBalance', ['getBalance']],
	])('of the operations of %s: %s first', (resource, first, all) => {
		const operation = description.properties.find(
			(property) => property.name === 'operation' && isOneOf(property, 'resource', resource),
		);
		expect(operation?.default).toBe(first);
		const options = (operation?.options ?? []) as INodePropertyOptions[];
		const values = options.map(({ value }) => asText(value));
		expect(values.filter((value) => all.includes(value))).toEqual(all);
		// What is new has a line in the table.
		for (const value of values.filter((each) => !all.includes(each))) {
			expect(tabled).toContainEqual([resource, value]);
		}
		for (const { action } of options) expect(action).toBeDefined();
	});

	test('of Generate From Audio', () => {
		const parameters = parametersOf('video', 'generateFromAudio');
		expect(interfaceOf(parameters)).toEqual({
			...SOUND,
			prompt: ['string', ''],
			...VIDEO,
			lengthMode: ['options', 'matchAudio'],
			seed: ['number', -1],
			waitForCompletion: ['boolean', false],
			options: ['collection', {}],
		});
		expect(interfaceOf(fieldsOf(parameters, 'options'))).toEqual({
			...WAITING,
			startAt: ['number', 0],
			negativePrompt: ['string', ''],
			guidance: ['number', 7.5],
			steps: ['number', 8],
			firstFrameBinaryProperty: ['string', ''],
			firstFrameUrl: ['string', ''],
			lastFrameBinaryProperty: ['string', ''],
			lastFrameUrl: ['string', ''],
			webhookUrl: ['string', ''],
			rateLimitRetries: ['number', 5],
			maxPrice: ['number', 0],
			scenes: ['string', ''],
			keyframes: ['options', 'none'],
			keyframeFields: ['string', ''],
			referenceBinaryProperty: ['string', 'reference'],
			imageModel: MODEL,
			cutAt: ['options', 'music'],
			fadeOut: ['number', 0],
			soundtrack: ['options', 'aac'],
			maxClips: ['number', 30],
			existingClips: ['json', ''],
		});
	});

	test('differ for a tool of an agent where an agent can give no file and cannot come back', () => {
		const forTools = parametersOf('video', 'generateFromAudio').filter(isForTools);
		expect(forTools.map(({ name, default: value }) => [name, value])).toEqual([
			['toolNotice', ''],
			['audioSource', 'url'],
			['waitForCompletion', true],
		]);
	});

	test('of Estimate Price', () => {
		const parameters = parametersOf('video', 'estimatePrice');
		expect(interfaceOf(parameters)).toEqual({
			...SOUND,
			...VIDEO,
			lengthMode: ['options', 'seconds'],
			options: ['collection', {}],
		});
		expect(interfaceOf(fieldsOf(parameters, 'options'))).toMatchObject({ steps: ['number', 8] });
	});

	const list = (value: string, cachedResultName: string) => [
		'resourceLocator',
		{ mode: 'list', value, cachedResultName, cachedResultUrl: '' },
	];
	const SUBMIT = { maxPrice: ['number', 0], rateLimitRetries: ['number', 5] };
	const JOB = { ...WAITING, ...SUBMIT, webhookUrl: ['string', ''] };
	const MADE_UP = {
		...{ negativePrompt: ['string', ''], guidance: ['number', 7.5] },
		enhancePrompt: ['boolean', false],
	};
	const WAITS = { waitForCompletion: ['boolean', true], options: ['collection', {}] };

	test.each<[string, string, object, object]>([
		[
			'audio',
			'generateSpeech',
			{
				...{ text: ['string', ''], model: MODEL },
				...{ language: list('en-us', 'American English'), voice: list('af_sky', 'Sky') },
				...{ speed: ['number', 1], format: ['options', 'mp3'], sampleRate: ['number', 24000] },
				...WAITS,
			},
			{
				...{ mode: ['options', 'custom_voice'], instructions: ['string', ''] },
				...{ referenceBinaryProperty: ['string', ''], referenceText: ['string', ''] },
				...JOB,
			},
		],
		[
			'audio',
			'generateMusic',
			{
				...{ caption: ['string', ''], lyrics: ['string', '[Instrumental]'] },
				...{ model: MODEL },
				...{ duration: ['number', 30], seed: ['number', -1], ...WAITS },
			},
			{
				...{ bpm: ['number', 120], keyScale: ['string', ''], timeSignature: ['options', 4] },
				...{ language: ['string', ''], steps: ['number', 8], guidance: ['number', 1] },
				...{ format: ['options', 'mp3'], referenceBinaryProperty: ['string', ''], ...JOB },
			},
		],
		[
			'audio',
			'transcribe',
			{
				...{ ...SOUND, sourceUrl: ['string', ''] },
				...{ model: MODEL, ...WAITS },
			},
			{
				...{ includeTimestamps: ['boolean', false], timestampLevel: ['options', 'segment'] },
				...{ diarize: ['boolean', false], language: ['string', ''] },
				...{ includeMetadata: ['boolean', false], ...JOB },
			},
		],
		[
			'image',
			'generate',
			{
				...{ prompt: ['string', ''], model: MODEL },
				...{ width: ['number', 512], height: ['number', 512], seed: ['number', -1], ...WAITS },
			},
			{
				...{ negativePrompt: ['string', ''], guidance: ['number', 7.5], steps: ['number', 4] },
				...JOB,
			},
		],
		[
			'prompt',
			'enhance',
			{
				...{ prompt: ['string', ''], type: ['options', 'images.generations'] },
				...{ model: MODEL },
				options: ['collection', {}],
			},
			{ negativePrompt: ['string', ''], imageBinaryProperty: ['string', ''], ...SUBMIT },
		],
		[
			'video',
			'upscale',
			{
				binaryPropertyName: ['string', 'data'],
				...{ model: MODEL, ...WAITS },
			},
			{ scale: ['number', 2], ...JOB },
		],
		[
			'video',
			'generateFromText',
			{
				...{ prompt: ['string', ''], lengthMode: ['options', 'seconds'], duration: ['number', 5] },
				...{ frames: ['number', 97], size: ['options', 'square'] },
				...{ width: ['number', 512], height: ['number', 512], model: MODEL },
				...{ fps: ['number', 24], seed: ['number', -1], ...WAITS },
			},
			{ ...MADE_UP, steps: ['number', 8], ...JOB },
		],
		[
			'video',
			'generateFromImage',
			{
				binaryPropertyName: ['string', 'data'],
				...{ prompt: ['string', ''], lengthMode: ['options', 'seconds'], duration: ['number', 5] },
				...{ frames: ['number', 97], size: ['options', 'square'] },
				...{ width: ['number', 512], height: ['number', 512], model: MODEL },
				...{ fps: ['number', 24], seed: ['number', -1], ...WAITS },
			},
			{ ...MADE_UP, steps: ['number', 8], lastFrameBinaryProperty: ['string', ''], ...JOB },
		],
		[
			'video',
			'replaceCharacter',
			{
				binaryPropertyName: ['string', 'data'],
				...{ referenceBinaryProperty: ['string', 'reference'], prompt: ['string', ''] },
				...{ model: MODEL, ...WAITS },
			},
			{
				...{ width: ['number', 768], height: ['number', 768] },
				...{ steps: ['number', 4], seed: ['number', -1], ...JOB },
			},
		],
		[
			'image',
			'edit',
			{
				binaryPropertyName: ['string', 'data'],
				...{ prompt: ['string', ''], model: MODEL, seed: ['number', -1], ...WAITS },
			},
			{
				...{ width: ['number', 1024], height: ['number', 1024] },
				...{ ...MADE_UP, steps: ['number', 4], ...JOB },
			},
		],
		...['upscale', 'removeBackground'].map((operation): [string, string, object, object] => [
			'image',
			operation,
			{ binaryPropertyName: ['string', 'data'], model: MODEL, ...WAITS },
			JOB,
		]),
	])('of %s %s', (resource, operation, fields, options) => {
		const parameters = parametersOf(resource, operation);
		expect(interfaceOf(parameters)).toEqual(fields);
		expect(interfaceOf(fieldsOf(parameters, 'options'))).toEqual(options);
	});

	test('of Get', () => {
		const parameters = parametersOf('job', 'get');
		expect(interfaceOf(parameters)).toEqual({
			requestId: ['string', ''],
			waitForCompletion: ['boolean', false],
			options: ['collection', {}],
		});
		expect(interfaceOf(fieldsOf(parameters, 'options'))).toEqual(WAITING);
	});

	test('of Get Many and Get Balance', () => {
		const parameters = parametersOf('model', 'getMany');
		expect(interfaceOf(parameters)).toEqual({
			returnAll: ['boolean', false],
			limit: ['number', 50],
			filters: ['collection', { inferenceType: 'audio2video' }],
		});
		expect(interfaceOf(fieldsOf(parameters, 'filters'))).toEqual({
			inferenceType: ['string', 'audio2video'],
		});
		expect(parametersOf('account', 'getBalance')).toEqual([]);
	});

	test('leave the model to a list, or to a slug where no list can be read', () => {
		const model = parametersOf('video', 'generateFromAudio').find(({ name }) => name === 'model');
		expect(model?.modes?.map(({ name, type }) => [name, type])).toEqual([
			['list', 'list'],
			['id', 'string'],
		]);
		const method = model?.modes?.[0]?.typeOptions?.searchListMethod ?? '';
		expect(Object.keys(node.methods?.listSearch ?? {})).toContain(method);
	});
});

describe('the node', () => {
	test('is declarative: its description is all there is', () => {
		expect(node).not.toHaveProperty('execute');
		expect(description.requestDefaults?.baseURL).toContain('$credentials');
		// Set for all requests, it would turn an upload into an empty object.
		expect(JSON.stringify(description.requestDefaults)).not.toMatch(/content-type/i);
	});

	test('does without a credential in an option: there, n8n 1.123 and 2.0 know none', () => {
		const options = description.properties.flatMap(({ options: all = [] }) => all);
		expect(JSON.stringify(options)).not.toMatch(/\$credentials(?!\?\.)/);
	});
});

/** Small words keep their small letters in Title Case. */
const SMALL_WORDS = /^(a|an|and|as|at|by|for|from|in|of|on|or|the|to|with)$/;

/** Every parameter with all that lies in it. */
function allProperties(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => {
		const inner = (property.options ?? []).flatMap((option) =>
			'type' in option ? [option] : 'values' in option ? option.values : [],
		);
		return [property, ...allProperties(inner)];
	});
}

function choicesOf({ options }: INodeProperties): INodePropertyOptions[] {
	return (options ?? []).filter((option): option is INodePropertyOptions => 'value' in option);
}

describe.each([
	['the node', description.properties],
	['the trigger', trigger.description.properties],
	['the credential', new DeapiApi().properties],
])('the texts of %s', (_what, properties) => {
	const everything = allProperties(properties);
	const isNotice = ({ type }: INodeProperties) => type === 'notice';
	/** A notice is a text of its own and no parameter. */
	const all = everything.filter((property) => !isNotice(property));

	test('name things in Title Case', () => {
		const names = all.flatMap((property) => [
			property.displayName,
			...choicesOf(property).map(({ name }) => name),
			...(property.modes ?? []).map(({ displayName }) => displayName),
		]);
		for (const name of names) {
			for (const [index, word] of name.split(' ').entries()) {
				if (index > 0 && SMALL_WORDS.test(word)) continue;
				expect([name, word]).toEqual([name, expect.stringMatching(/^\(?[A-Z0-9×]/)]);
				expect(word).not.toMatch(/^(Id|Url|Api|Fps|Json)$/);
			}
		}
	});

	test('say in notices what matters', () => {
		for (const { displayName } of everything.filter(isNotice)) expectGoodText(displayName);
	});

	test('describe in sentences, with a full stop only where there are several', () => {
		const texts = all.flatMap((property) => [
			property.description,
			...choicesOf(property).map(({ description: text }) => text),
		]);
		for (const text of texts) {
			if (text === undefined) continue;
			expectGoodText(text);
			expect(text).toMatch(/^[A-Z0-9]|^-1/);
			const hasSeveral = /[.!?] [A-Z0-9-]/.test(text);
			expect([text, text.endsWith('.')]).toEqual([text, hasSeveral]);
		}
	});

	test('describe every parameter but the plain choices', () => {
		const silent = all.filter(
			({ description: text, type, options }) =>
				text === undefined && type !== 'collection' && options === undefined,
		);
		expect(silent.map(({ name }) => name)).toEqual([]);
	});

	test('say of a switch whether it does something', () => {
		for (const { type, description: text } of all) {
			if (type === 'boolean') expect(text).toMatch(/^Whether /);
		}
	});

	test('give examples as placeholders', () => {
		for (const { type, placeholder, modes } of all) {
			const texts = [placeholder, ...(modes ?? []).map((mode) => mode.placeholder)];
			for (const text of texts) {
				if (text === undefined) continue;
				if (type === 'collection') expect(text).toMatch(/^Add [a-z]+$/);
				else expect(text).toMatch(/^e\.g\. .|^Select .*\.\.\.$/);
			}
		}
	});

	test('call actions by their first letter only', () => {
		for (const { action } of all.flatMap(choicesOf)) {
			if (action !== undefined) expect(action).toMatch(/^[A-Z][a-z]*( [a-z]+)*$/);
		}
	});
});

describe.each([
	[
		'Deapi',
		node,
		[
			...['audio to video', 'music video', 'lip sync', 'aud2video', 'text to video'],
			...[
				'image to video',
				'replace character',
				'edit image',
				'remove background',
				'upscale image',
			],
		],
	],
	['DeapiTrigger', trigger, ['audio to video', 'music video', 'lip sync', 'aud2video']],
])('the codex file of %s', (name, { description: { name: type } }, searches) => {
	const codex = JSON.parse(read(`nodes/Deapi/${name}.node.json`)) as {
		node: string;
		nodeVersion: string;
		codexVersion: string;
		categories: string[];
		alias: string[];
		resources: { [kind: string]: Array<{ url: string }> };
	};

	test('is one that n8n reads', () => {
		expect(codex.node).toBe(`n8n-nodes-deapi-aud2video.${type}`);
		expect(codex).toMatchObject({ nodeVersion: '1.0', codexVersion: '1.0' });
		expect(codex.categories.length).toBeGreaterThan(0);
		const links = Object.values(codex.resources).flat();
		expect(links.length).toBeGreaterThan(0);
		for (const { url } of links) expect(url).toMatch(/^https:\/\//);
	});

	test.each(searches)('lets a search for "%s" find the node', (search) => {
		expect(codex.alias).toContain(search);
	});
});

test.each([
	['the node', description.icon, 'nodes/Deapi'],
	['the trigger', trigger.description.icon, 'nodes/Deapi'],
	['the credential', new DeapiApi().icon, 'credentials'],
])('%s has an icon of its own for light and dark', (_what, icon, folder) => {
	const { light = '', dark = '' } = typeof icon === 'object' ? icon : {};
	expect(light).not.toBe(dark);
	for (const each of [light, dark]) {
		expect(each).toMatch(/^file:[\w.]+\.svg$/);
		const svg = read(path.join(folder, each.replace('file:', '')));
		expect(svg).toMatch(/<svg[^>]+xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
		expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
	}
});

describe('the package', () => {
	const info = JSON.parse(read('package.json')) as {
		name: string;
		license: string;
		keywords: string[];
		files: string[];
		scripts: { [name: string]: string };
		dependencies?: object;
		peerDependencies: object;
		n8n: { n8nNodesApiVersion: number; strict: boolean; nodes: string[]; credentials: string[] };
	};

	test('is one that n8n takes for a community package, with nothing to install', () => {
		expect(info).toMatchObject({
			name: 'n8n-nodes-deapi-aud2video',
			license: 'MIT',
			peerDependencies: { 'n8n-workflow': '*' },
			n8n: { n8nNodesApiVersion: 1, strict: true },
		});
		expect(info.keywords).toContain('n8n-community-node-package');
		expect(info.files).toContain('dist');
		expect(info).not.toHaveProperty('dependencies');
	});

	test('runs nothing while it is installed', () => {
		const lifecycle = /^(pre|post)?(install|prepare|pack|publish|uninstall)$|^prepublishOnly$/;
		expect(Object.keys(info.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
	});

	test.each([...info.n8n.nodes, ...info.n8n.credentials])(
		'registers %s, which is built from a class of that name',
		async (file) => {
			const [, source = ''] = /^dist\/(.+)\.js$/.exec(file) ?? [];
			expect(existsSync(path.join(ROOT, `${source}.ts`))).toBe(true);
			const className = path.basename(source).split('.')[0] ?? '';
			const { [className]: found } = (await import(`../../${source}.ts`)) as {
				[name: string]: unknown;
			};
			expect(typeof found).toBe('function');
		},
	);

	test('registers the node, the trigger and the credential', () => {
		expect(info.n8n.nodes).toEqual([
			'dist/nodes/Deapi/Deapi.node.js',
			'dist/nodes/Deapi/DeapiTrigger.node.js',
		]);
		expect(info.n8n.credentials).toEqual(['dist/credentials/DeapiApi.credentials.js']);
	});
});
