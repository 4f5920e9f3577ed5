/** Before sending: what is refused, with which words, and that nothing leaves n8n for it. */
import { readFileSync } from 'node:fs';
import type { INodeParameters } from 'n8n-workflow';
import { useBinaryMode, type BinaryMode } from '../support/engine';
import type { SourceItem } from '../support/nodes';
import { Deapi, expectGoodText, filePart } from '../support/deapi';
import { deapiWorkflow, file, fixture, songItem } from '../support/workflows';

const MB = 1024 * 1024;
const CONVERT = 'deAPI goes by the content, not by the file name. Convert it to MP3 first.';
const NOT_THE_FILE =
	"deAPI goes by the content, not by the file name. If another node downloaded it, that node may have saved a server's message instead of the file: open its output and look at the file.";
const UNPACK =
	'deAPI goes by the content, not by the file name. Unpack it first, e.g. with the Compression node.';
const CONVERT_PICTURE =
	'deAPI goes by the content, not by the file name. Convert it to PNG or JPG first.';
const NUMBER_ADVICE =
	'Enter a number. If it comes from an expression, check what that gives for this item.';

/** An item whose file is not what its name says. */
function claims(fileName: string, data: Buffer | string, mimeType = 'audio/mpeg'): SourceItem {
	const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
	return { files: { data: { data: bytes, fileName, mimeType } } };
}

/** The song's bytes and as many zeros behind them as the size asks for. */
function inflated(name: string, size: number): Buffer {
	const content = Buffer.alloc(size);
	readFileSync(fixture(name)).copy(content);
	return content;
}

/** A PNG that says that it is so large. */
function pngOf(width: number, height: number): Buffer {
	const content = Buffer.from(readFileSync(fixture('frame.png')));
	content.writeUInt32BE(width, 16);
	content.writeUInt32BE(height, 20);
	return content;
}

/** A JPG of 32 × 32 pixels that begins with what its camera has to say: more than is looked at first. */
function talkativeJpg(): Buffer {
	const content = Buffer.from(readFileSync(fixture('frame.jpg')));
	const frame = content.indexOf(Buffer.from([0xff, 0xc0]));
	content.writeUInt16BE(32, frame + 5);
	content.writeUInt16BE(32, frame + 7);
	const segment = Buffer.alloc(2 + 60_000);
	segment.writeUInt16BE(0xffe1, 0);
	segment.writeUInt16BE(60_000, 2);
	return Buffer.concat([content.subarray(0, 2), segment, content.subarray(2)]);
}

const SIDES = 'deAPI takes pictures of 64 to 5000 pixels on each side. Use another size.';

function withPicture(picture: Buffer | string, options: INodeParameters = FIRST) {
	const item = { files: { ...songItem().files, picture: { data: picture, fileName: 'a.png' } } };
	return [item, { options }] as const;
}

const FIRST: INodeParameters = { firstFrameBinaryProperty: 'picture' };

/** Runs one item that must be refused, and returns what the user reads. */
async function refusalOf(
	item: SourceItem,
	parameters: INodeParameters = {},
	credentials: { [name: string]: string } = {},
) {
	const deapi = await Deapi.open();
	const options = { credentials: deapi.credentials(credentials) };
	const { stop } = await deapi.run([item], parameters, {}, options);
	expect(deapi.submits).toEqual([]);
	expect(stop.data).toEqual({ submitted: 'no' });
	return { message: stop.message, description: stop.description };
}

afterAll(async () => await useBinaryMode());

describe.each<BinaryMode>(['default', 'filesystem'])('files in the mode %s', (mode) => {
	beforeAll(async () => await useBinaryMode(mode));

	test.each<[string, SourceItem, INodeParameters, string, string]>([
		[
			'a field that the item does not have',
			{ files: { song: file('song.mp3'), cover: file('frame.png') } },
			{},
			"The item has no binary field 'data' ('Input Audio Field')",
			"This item's files are in 'song' and 'cover'. Enter the right one in 'Input Audio Field'.",
		],
		[
			'an item without files',
			{ json: { title: 'x' } },
			{ binaryPropertyName: 'song' },
			"The item has no binary field 'song' ('Input Audio Field')",
			'This item has no files. Add a node before this one that gives the file, such as Read/Write Files from Disk, Google Drive or HTTP Request.',
		],
		[
			'a field name that came out empty',
			songItem(),
			{ binaryPropertyName: '={{ $json.nowhere }}' },
			"'Input Audio Field' names no binary field of the item",
			"This item's file is in 'data'. Enter that name in 'Input Audio Field'.",
		],
		[
			'an empty file',
			{ files: { data: file('empty.mp3') } },
			{},
			"The file in 'data' ('Input Audio Field') is empty",
			'Check where the file comes from: the transfer may have gone wrong.',
		],
		[
			'a text file named song.mp3',
			{ files: { data: file('not-audio.mp3', { fileName: 'song.mp3' }) } },
			{},
			"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file",
			`It looks like plain text. ${NOT_THE_FILE}`,
		],
		[
			'a web page named song.mp3',
			claims('song.mp3', '\n<!DOCTYPE html><html><body>Sign in</body></html>'),
			{},
			"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file",
			`It looks like a web page. ${NOT_THE_FILE}`,
		],
		[
			'an ID3 tag with nothing behind it',
			{ files: { data: file('broken.mp3') } },
			{},
			"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file",
			CONVERT,
		],
		[
			'a picture field that the item does not have',
			songItem(),
			{ options: { lastFrameBinaryProperty: 'cover' } },
			"The item has no binary field 'cover' ('Last Frame Image Field')",
			"This item's file is in 'data'. Enter that name in 'Last Frame Image Field'.",
		],
		[
			'a song as a picture',
			songItem(),
			{ options: { firstFrameBinaryProperty: 'data' } },
			"The file in 'data' ('First Frame Image Field') is not a JPG, PNG, GIF, BMP or WebP picture",
			`It looks like an MP3 file. ${CONVERT_PICTURE}`,
		],
		[
			'a picture of 10 MB and a byte',
			...withPicture(inflated('frame.png', 10 * MB + 1)),
			"The file in 'picture' ('First Frame Image Field') is 10.1 MB",
			'deAPI takes up to 10 MB. Use a smaller picture.',
		],
		[
			'a picture that is not as high as deAPI wants it',
			...withPicture(pngOf(64, 63)),
			"The file in 'picture' ('First Frame Image Field') is 64 × 63 pixels",
			SIDES,
		],
		[
			'a picture that is wider than deAPI takes it',
			...withPicture(pngOf(5001, 64)),
			"The file in 'picture' ('First Frame Image Field') is 5001 × 64 pixels",
			SIDES,
		],
		[
			'a picture whose size stands far behind its start',
			...withPicture(talkativeJpg()),
			"The file in 'picture' ('First Frame Image Field') is 32 × 32 pixels",
			SIDES,
		],
	])('refuses %s and sends nothing', async (_what, item, parameters, message, description) => {
		expect(await refusalOf(item, parameters)).toEqual({ message, description });
		expectGoodText(message);
		expectGoodText(description);
	});

	test('names the files that the workflow keeps inside the JSON', async () => {
		const deapi = await Deapi.open();
		const files = { song: file('song.mp3'), cover: file('frame.png') };
		const saved = deapiWorkflow([{ files }], { prompt: 'A singer' });
		const { stop } = await deapi.runSaved({ ...saved, settings: { binaryMode: 'combined' } });
		expect(stop.message).toBe("The item has no binary field 'data' ('Input Audio Field')");
		expect(stop.description).toContain("This item's files are in 'song' and 'cover'.");
		expect(deapi.submits).toEqual([]);
	});

	test('takes a picture of exactly 64 × 5000 pixels', async () => {
		const deapi = await Deapi.open();
		const [item, parameters] = withPicture(pngOf(64, 5000));
		const { json } = await deapi.run([item], parameters);
		expect(json.request_id).toBe(deapi.requestIds[0]);
	});

	test('takes a song of exactly 20 MB and a picture of exactly 10 MB', async () => {
		const deapi = await Deapi.open();
		const files = {
			data: { data: inflated('song.mp3', 20 * MB), fileName: 'song.mp3' },
			picture: { data: inflated('frame.png', 10 * MB), fileName: 'frame.png' },
		};
		const outcome = await deapi.run([{ files }], { options: FIRST });
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0]).size).toBe(20 * MB);
		expect(filePart(deapi.submits[0], 'first_frame_image').size).toBe(10 * MB);
	});
});

describe('what a refused file looks like', () => {
	const adts = Buffer.alloc(2000);
	for (let at = 0; at < adts.length; at += 200) {
		Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x19, 0x1f, 0xfc]).copy(adts, at);
	}

	test.each([
		['AAC', adts, 'an AAC sound file'],
		['M4A', '\0\0\0\x20ftypM4A \0\0\0\0', 'an M4A sound file'],
		['MP4', readFileSync(fixture('result.mp4')), 'an MP4 or M4A file'],
		['WebM', '\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f', 'a WebM or Matroska file'],
		['AIFF', 'FORM\0\0\x10\0AIFFCOMM', 'an AIFF sound file'],
		['PDF', '%PDF-1.7\n%\xe2\xe3', 'a PDF document'],
		['ZIP', 'PK\x03\x04\x14\0\0\0', 'a ZIP archive', UNPACK],
		['JSON', '{"message":"Not found"}', 'JSON text', NOT_THE_FILE],
		[
			'XML',
			'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
			'a web page',
			NOT_THE_FILE,
		],
		['PNG', readFileSync(fixture('frame.png')), 'a PNG file'],
		['WebP', readFileSync(fixture('frame.webp')), 'a WebP file'],
	])('%s is named', async (_kind, content, looksLike, remedy = CONVERT) => {
		const { message, description } = await refusalOf(claims('song.mp3', content));
		expect(message).toBe(
			"The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file",
		);
		expect(description).toBe(`It looks like ${looksLike}. ${remedy}`);
	});

	test('of no known kind is left open', async () => {
		const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 31));
		expect((await refusalOf(claims('song.mp3', noise))).description).toBe(CONVERT);
	});

	test('of one lonely sync word is not MP3', async () => {
		const lonely = Buffer.alloc(6000, 0x01);
		Buffer.from([0xff, 0xfb, 0x90, 0x00]).copy(lonely, 100);
		expect((await refusalOf(claims('song.mp3', lonely))).description).toBe(CONVERT);
	});

	test.each(['song.mp3', 'song.wav', 'song.ogg', 'song.flac', 'speech.mp3', 'result.mp4'])(
		'%s is no picture',
		async (name) => {
			const { message } = await refusalOf(...withPicture(fixture(name)));
			expect(message).toBe(
				"The file in 'picture' ('First Frame Image Field') is not a JPG, PNG, GIF, BMP or WebP picture",
			);
		},
	);
});

describe('values', () => {
	const WHOLE = 'Enter a whole number, without decimals.';
	const PUBLIC =
		'Enter the production URL of a deAPI Trigger node. deAPI calls https addresses only; n8n shows https URLs when its own public address (WEBHOOK_URL) is https.';
	const LONG_URL = `https://n8n.example.com/${'x'.repeat(2025)}`;

	test.each<[INodeParameters, string, string]>([
		[{ prompt: '={{ $json.nothing }}' }, "'Prompt' is empty", 'Describe the video in it.'],
		[{ prompt: '={{ "" }}' }, "'Prompt' is empty", 'Describe the video in it.'],
		[{ prompt: '  \n\t ' }, "'Prompt' is empty", 'Describe the video in it.'],
		[{ prompt: '={{ ["a"] }}' }, "'Prompt' is not a text: a list", 'Describe the video in it.'],
		[
			{ model: { __rl: true, mode: 'id', value: '={{ $json.nothing }}' } },
			"'Model' is empty",
			'Choose a model from the list, or enter a slug.',
		],
		[{ width: '={{ $json.nothing }}' }, "'Width' is missing", NUMBER_ADVICE],
		[{ width: '={{ "wide" }}' }, "'Width' is not a number: wide", NUMBER_ADVICE],
		[{ width: '={{ { a: 1 } }}' }, "'Width' is not a number: an object", NUMBER_ADVICE],
		[{ width: 512.5 }, "'Width' is 512.5", WHOLE],
		[{ width: 0 }, "'Width' is 0", 'Enter 1 or more.'],
		[{ height: '={{ "" }}' }, "'Height' is missing", NUMBER_ADVICE],
		[{ height: -512 }, "'Height' is -512", 'Enter 1 or more.'],
		[{ frames: '={{ null }}' }, "'Frames' is missing", NUMBER_ADVICE],
		[{ frames: 97.3 }, "'Frames' is 97.3", WHOLE],
		[{ frames: '={{ "9e99" }}' }, "'Frames' is not a sensible number: 9e99", NUMBER_ADVICE],
		[{ fps: '={{ $json.nothing }}' }, "'FPS' is missing", NUMBER_ADVICE],
		[{ fps: 0 }, "'FPS' is 0", 'Enter 1 or more.'],
		[{ fps: 23.976 }, "'FPS' is 23.976", WHOLE],
		[{ seed: -2 }, "'Seed' is -2", 'Enter -1 for a random one, or 0 and above.'],
		[{ seed: 1.5 }, "'Seed' is 1.5", WHOLE],
		[{ seed: '={{ "lucky" }}' }, "'Seed' is not a number: lucky", NUMBER_ADVICE],
		[{ options: { steps: 0 } }, "'Steps' is 0", 'Enter 1 or more.'],
		[{ options: { steps: 2.5 } }, "'Steps' is 2.5", WHOLE],
		[
			{ options: { guidance: '={{ "strong" }}' } },
			"'Guidance' is not a number: strong",
			NUMBER_ADVICE,
		],
		[
			{ options: { negativePrompt: '={{ [5] }}' } },
			"'Negative Prompt' is not a text: a list",
			'Enter a text, or remove the option.',
		],
		[
			{ options: { webhookUrl: 'http://n8n.example.com/webhook/a' } },
			"'Webhook URL' is not an https address: http://n8n.example.com/webhook/a",
			PUBLIC,
		],
		[
			{ options: { webhookUrl: 'n8n.example.com/webhook/a' } },
			"'Webhook URL' is not an https address: n8n.example.com/webhook/a",
			PUBLIC,
		],
		[
			{ options: { webhookUrl: 'javascript:alert(1)//https://x' } },
			"'Webhook URL' is not an https address: javascript:alert(1)//https://x",
			PUBLIC,
		],
		[
			{ options: { webhookUrl: 'https://' } },
			"'Webhook URL' is not an https address: https://",
			PUBLIC,
		],
		[
			{ options: { webhookUrl: LONG_URL } },
			"'Webhook URL' has 2049 characters",
			'deAPI takes up to 2048. Use a shorter address.',
		],
	])('%j is refused and nothing is sent', async (parameters, message, description) => {
		expect(await refusalOf(songItem(), parameters)).toEqual({ message, description });
		expectGoodText(message);
		expectGoodText(description);
	});

	test('a number is taken where a text is wanted', async () => {
		const deapi = await Deapi.open();
		const model = { __rl: true, mode: 'id', value: 'LtxStudio_30B_Dist_FP8' };
		const parameters = { prompt: '={{ 1984 }}', model, options: { negativePrompt: '={{ 5 }}' } };
		await deapi.run([songItem()], parameters);
		expect(deapi.fake.jobs[0]?.fields).toMatchObject({ prompt: '1984', negative_prompt: '5' });
	});

	test('a webhook URL of exactly 2048 characters is sent', async () => {
		const deapi = await Deapi.open();
		const webhookUrl = LONG_URL.slice(0, 2048);
		await deapi.run([songItem()], { options: { webhookUrl } });
		expect(deapi.fake.jobs[0]?.webhookUrl).toBe(webhookUrl);
	});

	test.each([31, 256])('a webhook secret of %i characters is refused with API v2', async (size) => {
		const options = { webhookUrl: 'https://n8n.example.com/webhook/a' };
		const credentials = { apiVersion: 'v2', webhookSecret: 's'.repeat(size) };
		const { message, description } = await refusalOf(songItem(), { options }, credentials);
		expect(message).toBe(`'Webhook Secret' in the 'deAPI API' credential has ${size} characters`);
		expect(description).toContain('32 to 255 characters');
		expect(message + description).not.toContain('sss');
	});

	test('that are wrong together are named together', async () => {
		const { message, description } = await refusalOf(
			{ files: { song: file('song.mp3') } },
			{
				prompt: ' ',
				width: '={{ $json.nothing }}',
				frames: 97.5,
				options: { webhookUrl: 'http://x', lastFrameBinaryProperty: 'cover' },
			},
		);
		expect(message).toBe(
			"'Prompt', 'Width', 'Webhook URL', 'Frames', 'Input Audio Field' and 'Last Frame Image Field' need correcting",
		);
		expect(description.split('\n')).toEqual([
			"'Prompt' is empty. Describe the video in it.",
			`'Width' is missing. ${NUMBER_ADVICE}`,
			`'Webhook URL' is not an https address: http://x. ${PUBLIC}`,
			`'Frames' is 97.5. ${WHOLE}`,
			"The item has no binary field 'data' ('Input Audio Field'). This item's file is in 'song'. Enter that name in 'Input Audio Field'.",
			"The item has no binary field 'cover' ('Last Frame Image Field'). This item's file is in 'song'. Enter that name in 'Last Frame Image Field'.",
		]);
		expectGoodText(message);
		expectGoodText(description);
	});
});

describe('among several items', () => {
	const bad = { files: { data: file('not-audio.mp3') } };
	const items = [songItem(), bad, songItem('song.ogg')];

	test('a bad one keeps all others from being sent where the node stops', async () => {
		for (const order of [items, [bad, songItem(), songItem()], [songItem(), songItem(), bad]]) {
			const deapi = await Deapi.open();
			const { stop } = await deapi.run(order);
			expect(stop.message).toBe(
				`The file in 'data' ('Input Audio Field') is not an MP3, WAV, OGG or FLAC file [item ${order.indexOf(bad)}]`,
			);
			expect(deapi.submits).toEqual([]);
		}
	});

	test('a bad one that takes long to look at keeps all others waiting', async () => {
		await useBinaryMode();
		const deapi = await Deapi.open();
		// From here on the models are known, and a good item is ready at once.
		await deapi.run();
		const tag = Buffer.alloc(19 * MB);
		tag.write('ID3\x03\0\0\x09\x30\0\0', 'latin1');
		const { stop } = await deapi.run([songItem(), songItem(), claims('song.mp3', tag)]);
		expect(stop.message).toContain('is not an MP3, WAV, OGG or FLAC file [item 2]');
		expect(deapi.submits).toHaveLength(1);
	});

	test('a bad one among a hundred keeps all of them from being sent', async () => {
		const deapi = await Deapi.open();
		const many = Array.from({ length: 100 }, (_, index) => songItem('song.mp3', { index }));
		const { stop } = await deapi.run(many, { width: '={{ $json.index === 99 ? 0 : 512 }}' });
		expect(stop.message).toBe("'Width' is 0 [item 99]");
		expect(deapi.submits).toEqual([]);
	});

	test('an expression that breaks keeps all of them from being sent', async () => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run(
			[songItem('song.mp3', { a: { b: 'x' } }), songItem('song.mp3', {})],
			{ prompt: '={{ $json.a.b.toUpperCase().missing.deep }}' },
		);
		expect(outcome.run.data.resultData.error).toBeDefined();
		expect(deapi.submits).toEqual([]);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'a bad one does not hold up the others with %s',
		async (onError) => {
			const deapi = await Deapi.open();
			const outcome = await deapi.run(items, {}, { onError });
			expect(deapi.submits.map((request) => filePart(request).filename).sort()).toEqual([
				'song.mp3',
				'song.ogg',
			]);
			const ids = outcome.items.map(({ json }) => json.request_id);
			expect(ids.filter((id) => id !== undefined).sort()).toEqual([...deapi.requestIds].sort());
		},
	);
});
