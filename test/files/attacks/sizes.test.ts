/** Files whose size lies: what is sent is what is there, and the lane is free afterwards. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { changedWorkflow } from '../../support/changed-items';
import { Deapi, expectGoodText, filePart } from '../../support/deapi';
import { useBinaryMode } from '../../support/engine';
import { fixture, songItem } from '../../support/workflows';

const SONG = readFileSync(fixture('song.mp3'));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Changes the item's file. */
const change =
	(how: (file: IBinaryData) => Partial<IBinaryData>) =>
	(item: INodeExecutionData): INodeExecutionData => {
		const file = item.binary?.data;
		if (file === undefined) throw new Error('The item has no file');
		return { ...item, binary: { data: { ...file, ...how(file) } } };
	};

const lines = (text: string, width: number, end: string) =>
	(text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end);

describe('in memory', () => {
	beforeEach(async () => await useBinaryMode('default'));
	afterEach(async () => await useBinaryMode());

	const base64 = SONG.toString('base64');

	test.each([
		['line breaks', () => ({ data: lines(base64, 76, '\r\n') })],
		['a line break at its end', () => ({ data: `${base64}\n` })],
		['spaces and tabs', () => ({ data: lines(base64, 3, ' \t') })],
		['no padding', () => ({ data: base64.replace(/=+$/, '') })],
		['more padding than it needs', () => ({ data: `${base64.replace(/=+$/, '')}====` })],
		['the letters for URLs', () => ({ data: base64.replaceAll('+', '-').replaceAll('/', '_') })],
		['a size that is too small', () => ({ bytes: 3 })],
		['a size that is too large', () => ({ bytes: 10_000_000_000 })],
		['a size that is a text', () => ({ fileSize: 'nonsense' })],
	])('base64 with %s is sent as the file that it is', async (_name, how) => {
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = changedWorkflow([songItem()], change(how));
		const { json } = await deapi.runSaved(saved, { nodeTypes });
		expect(json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0])).toMatchObject({ size: SONG.length, sha256: sha256(SONG) });
	});

	test('base64 with foreign letters in it leaves nothing hanging', async () => {
		const deapi = await Deapi.open();
		const broken = `${base64.slice(0, 60_000)}!!"§$%&${base64.slice(60_000)}`;
		const { saved, nodeTypes } = changedWorkflow(
			[songItem()],
			change(() => ({ data: broken })),
		);
		const { json } = await deapi.runSaved(saved, { nodeTypes });
		expect(json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0]).size).toBe(Buffer.from(broken, 'base64').length);
	});

	test.each([
		['empty', ''],
		['a word', 'x'],
		['only line breaks', '\n\n\n'],
	])('content that is %s is refused by its label', async (_name, data) => {
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = changedWorkflow(
			[songItem()],
			change(() => ({ data })),
		);
		const { stop } = await deapi.runSaved(saved, { nodeTypes });
		expect(stop.message).toMatch(/'Input Audio Field'/);
		expect(deapi.submits).toEqual([]);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});
});

describe('in n8n’s file storage', () => {
	test.each([
		['too small', { bytes: 3 }],
		['too large', { bytes: 10_000_000_000 }],
		['missing', { bytes: undefined }],
	])('a size that is %s does not matter', async (_name, lie) => {
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = changedWorkflow(
			[songItem()],
			change(() => lie),
		);
		await deapi.runSaved(saved, { nodeTypes });
		expect(filePart(deapi.submits[0])).toMatchObject({ size: SONG.length, sha256: sha256(SONG) });
	});

	test.each([
		'filesystem-v2:nowhere',
		'filesystem-v2:../../../etc/passwd',
		'x',
		'database:1',
		's3:1',
	])('the place %s is refused by its label, without a word of the storage’s', async (id) => {
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = changedWorkflow(
			[songItem()],
			change(() => ({ id })),
		);
		const { stop } = await deapi.runSaved(saved, { nodeTypes });
		expect(stop.message).toMatch(/'Input Audio Field'/);
		expect(stop.message + stop.description).not.toMatch(/ENOENT|passwd|\/tmp|manager/i);
		expect(deapi.submits).toEqual([]);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});
});

describe('a JSON field that looks like a file', () => {
	const someoneElses = {
		mimeType: 'audio/mpeg',
		id: 'filesystem-v2:workflows/2/secret',
		fileName: 'x',
	};
	const inline = { mimeType: 'audio/mpeg', data: SONG.toString('base64') };

	test.each([
		['by its name', 'song', someoneElses],
		['by its name, with content', 'song', inline],
		['as a value, leading elsewhere', '={{ $json.song }}', someoneElses],
	])('is not taken for one, asked for %s', async (_name, binaryPropertyName, song) => {
		const deapi = await Deapi.open();
		const { stop } = await deapi.run([{ json: { song, _files: { song } } }], {
			binaryPropertyName,
		});
		expect(stop.message).toMatch(/'Input Audio Field'/);
		expect(deapi.submits).toEqual([]);
	});
});
