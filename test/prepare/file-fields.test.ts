/** Fields that name files: what an expression gives is a file, or is refused before anything is sent. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { changedWorkflow } from '../support/changed-items';
import { useBinaryMode, type BinaryMode } from '../support/engine';
import { film, openFilms } from '../support/songs';
import { Deapi, expectGoodText, filePart } from '../support/deapi';
import { silence } from '../support/wav';
import { file, fixture, songItem } from '../support/workflows';

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const SONG = readFileSync(fixture('song.mp3'));
const INPUT = "'Input Audio Field'";

afterAll(async () => await useBinaryMode());

describe.each<BinaryMode>(['default', 'filesystem'])('files in the mode %s', (mode) => {
	beforeAll(async () => await useBinaryMode(mode));

	const item = {
		json: { which: 'tune' },
		files: { tune: file('song.mp3'), cover: file('frame.png') },
	};

	test.each([
		['its description', '={{ $binary.tune }}'],
		['a list of one name', '={{ ["tune"] }}'],
		['a list of one description', '={{ [$binary.tune] }}'],
		['a name with spaces around it', '={{ " tune " }}'],
		['a part of a text', '=t{{ "une" }}'],
	])('Input Audio Field takes a file by %s', async (_how, binaryPropertyName) => {
		const deapi = await Deapi.open();
		await deapi.run([item], { binaryPropertyName });
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(SONG));
	});

	test('a field that is called by a number is taken by it', async () => {
		const deapi = await Deapi.open();
		await deapi.run([{ files: { 0: file('song.mp3') } }], { binaryPropertyName: '={{ 0 }}' });
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(SONG));
	});

	test('the whole of an item’s files is a file where there is one', async () => {
		const deapi = await Deapi.open();
		await deapi.run([songItem()], { binaryPropertyName: '={{ $binary }}' });
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(SONG));
	});

	test.each([
		['={{ 5 }}', `The item has no binary field '5' (${INPUT})`],
		['={{ true }}', `${INPUT} is true, which names no file`],
		['={{ false }}', `${INPUT} is false, which names no file`],
		['={{ ({}) }}', `${INPUT} is an empty object, which names no file`],
		['={{ [] }}', `${INPUT} is an empty list, which names no file`],
		['={{ [[], []] }}', `${INPUT} names 2 files`],
		['={{ ["tune", "cover"] }}', `${INPUT} names 2 files`],
		['={{ $binary }}', `${INPUT} names 2 files`],
		['={{ ({ a: 1 }) }}', `${INPUT} names no binary field of the item`],
		['={{ null }}', `${INPUT} names no binary field of the item`],
		['={{ "" }}', `${INPUT} names no binary field of the item`],
		['={{ $binary.nowhere }}', `${INPUT} names no binary field of the item`],
		['=my {{ $binary.tune }}', `${INPUT} holds a file that has become text`],
		['={{ "constructor" }}', `The item has no binary field 'constructor' (${INPUT})`],
		['={{ "__proto__" }}', `The item has no binary field '__proto__' (${INPUT})`],
	])('Input Audio Field refuses %s', async (binaryPropertyName, message) => {
		const deapi = await Deapi.open();
		const { stop } = await deapi.run([item], { binaryPropertyName });
		expect(stop.message).toBe(message);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
		expect(deapi.submits).toEqual([]);
	});

	test.each([
		['firstFrameBinaryProperty', 'First Frame Image Field'],
		['lastFrameBinaryProperty', 'Last Frame Image Field'],
	])('%s takes a description, and refuses what is none', async (option, label) => {
		const deapi = await Deapi.open();
		await deapi.run([{ ...item, files: { ...item.files, data: file('song.mp3') } }], {
			options: { [option]: '={{ $binary.cover }}' },
		});
		expect(deapi.submits[0]?.parts.map(({ filename }) => filename)).toContain('frame.png');
		const { stop } = await deapi.run([songItem()], { options: { [option]: '={{ true }}' } });
		expect(stop.message).toBe(`'${label}' is true, which names no file`);
		expect(deapi.submits).toHaveLength(1);
	});
});

test('a description that fits two files is refused: they may be two pictures', async () => {
	await useBinaryMode('default');
	const deapi = await Deapi.open();
	const fileOf = (value: number) => ({ data: silence(1).fill(value, 44), fileName: 'song.wav' });
	const files = { one: fileOf(1), two: fileOf(2) };
	const { stop } = await deapi.run([{ files }], { binaryPropertyName: '={{ $binary.two }}' });
	expect(stop.message).toBe(`${INPUT} matches several files of the item`);
	expect(stop.description).toContain("'one' and 'two'");
	expectGoodText(stop.description);
	expect(deapi.submits).toEqual([]);
	const same = { one: fileOf(1), two: fileOf(1) };
	await deapi.run([{ files: same }], { binaryPropertyName: '={{ $binary.two }}' });
	expect(deapi.submits).toHaveLength(1);
});

test('a place in the storage that a JSON field names is not the item’s: it may be anybody’s', async () => {
	await useBinaryMode();
	const deapi = await Deapi.open();
	const { saved, nodeTypes } = changedWorkflow(
		[songItem()],
		({ binary }) => ({ json: { song: { ...binary?.data } } }),
		{ binaryPropertyName: '={{ $json.song }}' },
	);
	const { stop } = await deapi.runSaved(saved, { nodeTypes });
	expect(stop.message).toBe(`${INPUT} names no binary field of the item`);
	expect(deapi.submits).toEqual([]);
});

describe('what a Code node may leave in a binary field', () => {
	const base64 = SONG.toString('base64');
	const IN_CODE = /^In a Code node, make the file with await this\.helpers\.prepareBinaryData\(/;

	test.each<[string, unknown, string, RegExp]>([
		['null', null, 'nothing instead of a file', IN_CODE],
		['text', base64, 'text instead of a file', IN_CODE],
		['a number', 5, '5 instead of a file', IN_CODE],
		['a list', [base64], 'a list instead of a file', IN_CODE],
		['a Buffer', SONG, 'a Buffer instead of a file', IN_CODE],
		['a typed array', new Uint8Array(SONG), 'a Buffer instead of a file', IN_CODE],
		['a Buffer from another process', SONG.toJSON(), 'a Buffer instead of a file', IN_CODE],
		['{}', {}, 'an object without content instead of a file', IN_CODE],
		['a file without data', { data: null }, 'an object without content instead of a file', IN_CODE],
		['a file with a number', { data: 5 }, '5 instead of a file', IN_CODE],
		['a file with a Buffer', { data: SONG }, 'a Buffer instead of base64 text', IN_CODE],
		[
			'a file with a Buffer from another process',
			{ data: SONG.toJSON(), mimeType: 'audio/mpeg' },
			'a Buffer instead of base64 text',
			IN_CODE,
		],
		[
			'a file with a data URL',
			{ data: `data:audio/mpeg;base64,${base64}`, mimeType: 'audio/mpeg' },
			'a data URL instead of base64 text',
			/^Leave out its start, up to and including the comma/,
		],
		[
			'a file with an address',
			{ data: 'https://example.com/song.mp3' },
			'a web address instead of base64 text',
			/HTTP Request/,
		],
		[
			'a file with its bytes as text',
			{ data: SONG.toString('latin1') },
			'text that is not base64',
			IN_CODE,
		],
	])('%s is refused and named', async (_name, held, holds, description) => {
		for (const binaryPropertyName of ['data', '={{ "data" }}']) {
			const { deapi, outcome } = await runHolding(held, { binaryPropertyName });
			const { stop } = outcome;
			expect(stop.message).toBe(`The binary field 'data' (${INPUT}) holds ${holds}`);
			expect(stop.description).toMatch(description);
			expectGoodText(stop.message);
			expectGoodText(stop.description);
			expect(deapi.submits).toEqual([]);
		}
	});

	test.each<[string, IDataObject]>([
		['nothing but the content', { data: base64 }],
		['a name that is no text', { data: base64, fileName: 5, mimeType: {} }],
	])('a file with %s is taken', async (_name, held) => {
		const { deapi, outcome } = await runHolding(held);
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(SONG));
	});

	test.each([null, 'text', 5, [SONG]])('files that are %p altogether are none', async (files) => {
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = changedWorkflow([{}], (item) =>
			Object.assign({}, item, { binary: files }),
		);
		const { stop } = await deapi.runSaved(saved, { nodeTypes });
		expect(stop.message).not.toContain('defect');
		expect(stop.message).toContain(INPUT);
		expect(deapi.submits).toEqual([]);
	});

	async function runHolding(held: unknown, parameters: INodeParameters = {}) {
		const deapi = await Deapi.open();
		const hold = (item: INodeExecutionData): INodeExecutionData =>
			Object.assign({}, item, { binary: { data: held } });
		const { saved, nodeTypes } = changedWorkflow([{}], hold, parameters);
		return { deapi, outcome: await deapi.runSaved(saved, { nodeTypes }) };
	}
});

describe('Keyframe Image Fields', () => {
	const song = { data: silence(25, 48_000), fileName: 'song.wav' };
	const source = [
		{
			json: { names: ['one', 'two'] },
			files: { data: song, one: file('frame.png'), two: file('frame.jpg') },
		},
	];

	test.each([
		['names', 'one, two', ['frame.png', 'frame.jpg']],
		['a list of names', '={{ $json.names }}', ['frame.png', 'frame.jpg']],
		['a list of files', '={{ [$binary.two, $binary.one] }}', ['frame.jpg', 'frame.png']],
		['a name and a file', '={{ ["one", $binary.two] }}', ['frame.png', 'frame.jpg']],
		['a file', '={{ $binary.one }}', ['frame.png', 'frame.png']],
		['nothing', '={{ "" }}', []],
	])('%s', async (_name, keyframeFields, [first, last]) => {
		const deapi = await openFilms();
		await deapi.run(
			source,
			film({ keyframes: 'fields', keyframeFields }, { waitForCompletion: false }),
		);
		const pictures = deapi.submits.flatMap(({ parts }) => parts);
		const named = (part: string) => pictures.filter(({ name }) => name === part);
		const whole = pictures.filter(({ name }) => name === 'audio').length;
		expect(whole).toBeGreaterThan(2);
		expect(named('first_frame_image').at(0)?.filename).toBe(first);
		expect(named('last_frame_image').at(-1)?.filename).toBe(last);
	});

	test.each([
		['={{ true }}', "'Keyframe Image Fields' is true, which names no file"],
		['={{ ({}) }}', "'Keyframe Image Fields' is an empty object, which names no file"],
		['={{ 5 }}', "The item has no binary field '5' ('Keyframe Image Fields')"],
		['={{ ["one", true] }}', "'Keyframe Image Fields' is true, which names no file"],
		[
			'={{ [$binary.one, $binary.three] }}',
			"'Keyframe Image Fields' names no binary field of the item",
		],
		['={{ $binary.one }}, two', "'Keyframe Image Fields' holds a file that has become text"],
	])('%s is refused before anything is paid', async (keyframeFields, message) => {
		const deapi = await openFilms();
		const { stop } = await deapi.run(source, film({ keyframes: 'fields', keyframeFields }));
		expect(stop.message).toBe(message);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
		expect(deapi.submits).toEqual([]);
	});
});
