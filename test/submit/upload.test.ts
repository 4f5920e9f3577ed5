/** The submit: which request leaves the node for which values, files and credentials. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IBinaryData, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { DEAPI_NODE, useBinaryMode, type BinaryMode } from '../support/engine';
import { HAS_FILES_IN_JSON } from '../support/engine-versions';
import { closeAfterTest, Deapi, fieldsOf, filePart, PROMPT } from '../support/deapi';
import { chain, deapiWorkflow, file, fixture, NODE, node, songItem } from '../support/workflows';
import { asText } from '../support/text';

/** A model that takes every option. */
const RICH_MODEL = { __rl: true, mode: 'id', value: 'LtxStudio_30B_Dist_FP8' };

/** The parts of a submit without options. */
const ALWAYS_SENT = ['audio', 'fps', 'frames', 'height', 'model', 'prompt', 'seed', 'width'];

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

afterAll(async () => await useBinaryMode());

describe.each<BinaryMode>(['default', 'filesystem'])('with files in the mode %s', (mode) => {
	beforeAll(async () => await useBinaryMode(mode));

	describe.each([
		['v1', '/api/v1/client/aud2video'],
		['v2', '/api/v2/videos/audio-syncs'],
	])('and API %s', (apiVersion, path) => {
		test.each([
			['song.mp3', 'audio/mpeg'],
			['song.wav', 'audio/mpeg'],
			['song.ogg', 'audio/ogg'],
			['song.flac', 'audio/mpeg'],
		])('submits %s and gives out the request ID', async (name, contentType) => {
			const deapi = await Deapi.open();
			const outcome = await deapi.run(
				[songItem(name)],
				{},
				{},
				{
					credentials: deapi.credentials({ apiVersion }),
				},
			);

			const [request, ...others] = deapi.submits;
			expect(others).toEqual([]);
			expect(request).toMatchObject({ method: 'POST', path, status: 200 });
			expect(request?.headers).toMatchObject({
				authorization: `Bearer ${deapi.apiKey}`,
				accept: 'application/json',
				'content-length': String(request?.bodySize),
			});
			const content = readFileSync(fixture(name));
			const isAsItIs = /mp3|ogg/.test(name);
			expect(filePart(request)).toMatchObject({
				kind: 'file',
				filename: isAsItIs ? name : 'song.mp3',
				contentType,
				...(isAsItIs ? { size: content.length, sha256: sha256(content) } : {}),
			});
			expect(outcome.items).toEqual([
				{
					json: {
						request_id: deapi.requestIds[0],
						model: 'Ltx2_3_22B_Dist_INT8',
						seed: Number(fieldsOf(request).seed),
						width: 512,
						height: 512,
						frames: 241,
						fps: 24,
					},
					pairedItem: { item: 0 },
				},
			]);
		});
	});

	test('sends pictures for the first and the last frame', async () => {
		const deapi = await Deapi.open();
		const pictures = ['frame.png', 'frame.jpg', 'frame.gif', 'frame.bmp', 'frame.webp'];
		const items = pictures.map((name) => ({
			files: { data: file('song.mp3'), first: file(name), last: file('frame.jpg') },
		}));
		const options = { firstFrameBinaryProperty: 'first', lastFrameBinaryProperty: 'last' };
		const outcome = await deapi.run(items, { options });

		expect(outcome.items).toHaveLength(pictures.length);
		const sent = deapi.submits.map((request) => [
			filePart(request, 'first_frame_image').contentType,
			filePart(request, 'last_frame_image').contentType,
		]);
		expect(sent.sort()).toEqual(
			['image/bmp', 'image/gif', 'image/jpeg', 'image/png', 'image/webp'].map((type) => [
				type,
				'image/jpeg',
			]),
		);
		for (const request of deapi.submits) {
			const name = filePart(request, 'first_frame_image').filename ?? '';
			const content = readFileSync(fixture(name));
			expect(filePart(request, 'first_frame_image').sha256).toBe(sha256(content));
		}
	});

	test('finds a file that an expression gives instead of its field name', async () => {
		const deapi = await Deapi.open();
		await deapi.run([{ files: { tune: file('song.ogg') } }], {
			binaryPropertyName: '={{ $binary.tune }}',
		});
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(readFileSync(fixture('song.ogg'))));
	});

	const WAYS = [['by its name', 'tune']];
	// In memory, and before it knew this setting, n8n leaves the files where they are.
	if (mode !== 'default' && HAS_FILES_IN_JSON) {
		WAYS.push(['by its path', '_files.tune'], ['by an expression', '={{ $json._files.tune }}']);
	}

	test.each(WAYS)(
		'finds a file that the workflow keeps inside the JSON, %s',
		async (_how, field) => {
			const deapi = await Deapi.open();
			const parameters = {
				prompt: PROMPT,
				binaryPropertyName: field,
				options: { firstFrameBinaryProperty: 'cover' },
			};
			const files = { tune: file('song.ogg'), cover: file('frame.png') };
			const saved = deapiWorkflow([{ files }], parameters);
			const outcome = await deapi.runSaved({ ...saved, settings: { binaryMode: 'combined' } });
			expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
			expect(deapi.requestIds).toHaveLength(1);
			expect(filePart(deapi.submits[0]).sha256).toBe(sha256(readFileSync(fixture('song.ogg'))));
			expect(filePart(deapi.submits[0], 'first_frame_image').filename).toBe('frame.png');
		},
	);

	test('finds frames behind a cover picture of 3 MB in the ID3 tag', async () => {
		const deapi = await Deapi.open();
		const tagged = Buffer.concat([id3Tag(3 * 1024 * 1024), mp3Frames()]);
		const outcome = await deapi.run([{ files: { data: { data: tagged, fileName: 'a.mp3' } } }]);
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0]).sha256).toBe(sha256(tagged));
	});

	test('takes FLAC behind an ID3 tag for FLAC', async () => {
		const deapi = await Deapi.open();
		const tagged = Buffer.concat([id3Tag(500), readFileSync(fixture('song.flac'))]);
		const outcome = await deapi.run([{ files: { data: { data: tagged, fileName: 'a.mp3' } } }]);
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0])).toMatchObject({
			filename: 'a.mp3',
			contentType: 'audio/mpeg',
		});
		expect(outcome.json).not.toHaveProperty('shortened');
	});

	test('leaves it to deAPI whether MP3 frames behind zeros are welcome', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({
			route: 'submit',
			fault: { type: 'status', status: 200, body: { data: { request_id: 'padded' } } },
		});
		const padded = Buffer.concat([Buffer.alloc(4000), mp3Frames()]);
		const outcome = await deapi.run([{ files: { data: { data: padded, fileName: 'a.mp3' } } }]);
		expect(outcome.json.request_id).toBe('padded');
		expect(filePart(deapi.submits[0]).contentType).toBe('audio/mpeg');
	});

	test('submits what no name and no type belong to', async () => {
		const deapi = await Deapi.open();
		const song = readFileSync(fixture('song.mp3'));
		const saved = chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Raw', 'test.raw'),
			node(NODE, DEAPI_NODE, { prompt: PROMPT }, { credentials }),
		);
		// A Code node can give out such a file.
		const bare = { data: song.toString('base64') } as IBinaryData;
		const outcome = await deapi.runSaved(saved, {
			nodeTypes: { 'test.raw': rawNode([{ json: {}, binary: { data: bare } }]) },
		});
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0])).toMatchObject({
			filename: 'audio.mp3',
			contentType: 'audio/mpeg',
			sha256: sha256(song),
		});
	});
});

describe('the values', () => {
	const EVERYTHING = {
		prompt: 'Neon streets, rain — 雨の夜\nsecond line',
		model: RICH_MODEL,
		width: 768,
		height: 448,
		frames: 121,
		fps: 25,
		seed: 4_294_967_295,
		options: {
			negativePrompt: 'blur; "noise"',
			guidance: 6.25,
			steps: 12,
			webhookUrl: 'https://n8n.example.com/webhook/abc?x=1&y=2',
		},
	};
	const EVERYTHING_SENT = {
		prompt: 'Neon streets, rain — 雨の夜\nsecond line',
		model: 'LtxStudio_30B_Dist_FP8',
		seed: '4294967295',
		width: '768',
		height: '448',
		frames: '121',
		fps: '25',
		negative_prompt: 'blur; "noise"',
		guidance: '6.25',
		steps: '12',
		webhook_url: 'https://n8n.example.com/webhook/abc?x=1&y=2',
	};

	test('leave under the names that deAPI gives them, whole numbers as whole numbers', async () => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run([songItem()], EVERYTHING);
		expect(fieldsOf(deapi.submits[0])).toEqual(EVERYTHING_SENT);
		expect(outcome.json).toEqual({
			request_id: deapi.requestIds[0],
			model: 'LtxStudio_30B_Dist_FP8',
			seed: 4_294_967_295,
			width: 768,
			height: 448,
			frames: 121,
			fps: 25,
		});
	});

	const SECRET = 'a-webhook-secret-of-forty-characters-012';

	test('include the webhook secret of the credential with API v2', async () => {
		const deapi = await Deapi.open();
		const secret = deapi.credentials({ apiVersion: 'v2', webhookSecret: SECRET });
		await deapi.run([songItem()], EVERYTHING, {}, { credentials: secret });
		expect(fieldsOf(deapi.submits[0])).toEqual({ ...EVERYTHING_SENT, webhook_secret: SECRET });
	});

	test('leave the secret out with API v1, and where no webhook is called', async () => {
		const deapi = await Deapi.open();
		const secret = { webhookSecret: SECRET };
		await deapi.run([songItem()], EVERYTHING, {}, { credentials: deapi.credentials(secret) });
		const v2 = deapi.credentials({ apiVersion: 'v2', ...secret });
		await deapi.run([songItem()], {}, {}, { credentials: v2 });
		expect(deapi.submits.map((request) => fieldsOf(request).webhook_secret)).toEqual([
			undefined,
			undefined,
		]);
		expect(deapi.requestIds).toHaveLength(2);
	});

	test.each([
		['are not set', {}],
		[
			'are set to nothing',
			{
				negativePrompt: '',
				webhookUrl: '',
				firstFrameBinaryProperty: '',
				lastFrameBinaryProperty: '',
			},
		],
		['are blank', { negativePrompt: '  \n', webhookUrl: ' ' }],
	])('that %s are not sent at all, but fps always is', async (_what, options) => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run([songItem()], { options });
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(deapi.submits[0]?.parts.map(({ name }) => name).sort()).toEqual(ALWAYS_SENT);
		expect(fieldsOf(deapi.submits[0]).fps).toBe('24');
	});

	test('a seed of -1 draws another one for each item, and the item says which', async () => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run(Array.from({ length: 20 }, () => songItem()));
		const seeds = outcome.items.map(({ json }) => Number(json.seed));
		expect(new Set(seeds).size).toBe(20);
		for (const seed of seeds) {
			expect(Number.isInteger(seed)).toBe(true);
			expect(seed).toBeGreaterThanOrEqual(0);
			expect(seed).toBeLessThan(2 ** 32);
		}
		const sent = new Map(deapi.fake.jobs.map(({ request_id, fields }) => [request_id, fields]));
		expect(outcome.items.map(({ json }) => sent.get(asText(json.request_id))?.seed)).toEqual(
			seeds.map(String),
		);
	});

	test('a seed of 0 is a seed like others', async () => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run([songItem()], { seed: 0 });
		expect(outcome.json.seed).toBe(0);
		expect(fieldsOf(deapi.submits[0]).seed).toBe('0');
	});

	test('come from expressions, for each item its own', async () => {
		const deapi = await Deapi.open();
		const values = [
			{ field: 'a', text: 'first', size: 256, count: '97', rate: 24, draw: 1, strength: '2.5' },
			{ field: 'b', text: 'second', size: 512, count: '121', rate: '25', draw: '2', strength: 3 },
			{ field: 'c', text: 'third', size: '768', count: 145, rate: 30, draw: 3, strength: 4.5 },
		];
		const songs = ['mp3-cbr-noheader.mp3', 'ogg-vorbis.ogg', 'mp3-wrong-tlen.mp3'];
		const items = values.map((json, index) => ({
			json,
			files: { [json.field]: file(songs[index] ?? ''), cover: file('frame.png') },
		}));
		const outcome = await deapi.run(items, {
			binaryPropertyName: '={{ $json.field }}',
			prompt: '={{ $json.text }} song',
			model: { __rl: true, mode: 'id', value: '={{ "LtxStudio_30B_" + "Dist_FP8" }}' },
			width: '={{ $json.size }}',
			height: '={{ $json.size }}',
			frames: '={{ $json.count }}',
			fps: '={{ $json.rate }}',
			seed: '={{ $json.draw }}',
			options: {
				negativePrompt: '=no {{ $json.text }}',
				guidance: '={{ $json.strength }}',
				steps: '={{ $json.draw + 7 }}',
				webhookUrl: '=https://n8n.example.com/webhook/{{ $json.text }}',
				firstFrameBinaryProperty: '={{ "cov" + "er" }}',
			},
		});

		const requests = new Map(deapi.submits.map((request) => [request.requestId, request]));
		expect(outcome.items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		for (const [index, { json }] of outcome.items.entries()) {
			const request = requests.get(asText(json.request_id));
			const { text, size, count, rate, draw, strength } = values[index] ?? {};
			expect(fieldsOf(request)).toEqual({
				prompt: `${text} song`,
				model: 'LtxStudio_30B_Dist_FP8',
				width: String(size),
				height: String(size),
				frames: String(count),
				fps: String(rate),
				seed: String(draw),
				negative_prompt: `no ${text}`,
				guidance: String(strength),
				// n8n's `+` joins where the item's seed is a text.
				steps: typeof draw === 'string' ? `${draw}7` : String(Number(draw) + 7),
				webhook_url: `https://n8n.example.com/webhook/${text}`,
			});
			expect(filePart(request).sha256).toBe(sha256(readFileSync(fixture(songs[index] ?? ''))));
			expect(filePart(request, 'first_frame_image').filename).toBe('frame.png');
			expect(json).toMatchObject({
				seed: Number(draw),
				width: Number(size),
				frames: Number(count),
				fps: Number(rate),
			});
		}
	});
});

describe('the address', () => {
	test.each([
		['without a slash at its end', ''],
		['with a slash at its end', '/'],
		['with several', '///'],
		['with a space behind', '/ '],
	])('may be given %s', async (_what, end) => {
		const deapi = await Deapi.open();
		const credentials = deapi.credentials({ baseUrl: `${deapi.fake.url}${end}` });
		const outcome = await deapi.run([songItem()], {}, {}, { credentials });
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(deapi.fake.requests.map(({ path }) => path)).toEqual([
			'/api/v1/client/models',
			'/api/v1/client/aud2video',
		]);
	});

	test.each(['', '/'])('may have a path of its own, with "%s" behind', async (end) => {
		const deapi = await Deapi.open();
		const proxy = await openProxy(deapi.fake.port, '/services/deapi');
		const credentials = deapi.credentials({ baseUrl: `${proxy.url}/services/deapi${end}` });
		const outcome = await deapi.run([songItem()], {}, {}, { credentials });
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(proxy.paths).toEqual([
			'/services/deapi/api/v1/client/models?limit=50&page=1&filter[inference_types]=audio2video',
			'/services/deapi/api/v1/client/aud2video',
		]);
	});

	test('is called with the key as deAPI gave it, whatever was copied around it', async () => {
		const deapi = await Deapi.open();
		const credentials = deapi.credentials({ apiKey: ` ${deapi.apiKey}\n` });
		const outcome = await deapi.run([songItem()], {}, {}, { credentials });
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(deapi.submits[0]?.headers.authorization).toBe(`Bearer ${deapi.apiKey}`);
	});
});

describe("a file's name", () => {
	const LONG = `${'long'.repeat(100)}.mp3`;

	test.each([
		['with quotes', 'my "best" song.mp3', 'my _best_ song.mp3'],
		['with a backslash and a quote', 'a\\"; name="webhook_url".mp3', 'name_webhook_url.mp3'],
		['with line breaks', 'a\r\nX-Evil: 1\r\n\r\nbody.mp3', 'a_X-Evil_ 1_body.mp3'],
		['with a whole part in it', 'a"\r\n\r\n\r\n--b\r\nContent-Disposition: form-data.mp3', null],
		['with percent signs', 'a%0d%0ab%22.mp3', 'a_0d_0ab_22.mp3'],
		['with accents', 'Élégie à l’été.mp3', 'Elegie a l_ete.mp3'],
		['in another script', '夜に駆ける.mp3', 'audio.mp3'],
		['of emoji', '🎵🎶.mp3', 'audio.mp3'],
		['with a path', '/home/me/music/song.mp3', 'song.mp3'],
		['with a Windows path', 'C:\\Users\\me\\song.mp3', 'song.mp3'],
		['of path parts only', '../../..', 'audio.mp3'],
		['with a wrong ending', 'song.txt', 'song.mp3'],
		['with an ending in capitals', 'SONG.MP3', 'SONG.mp3'],
		['without an ending', 'song', 'song.mp3'],
		['with two endings', 'song.tar.gz', 'song.tar.mp3'],
		['that starts with a dot', '.mp3', 'audio.mp3'],
		['with control characters', 'a\u0000b\u0007\u007f.mp3', 'a_b.mp3'],
		['of spaces', '   ', 'audio.mp3'],
		['that is missing', undefined, 'audio.mp3'],
		['of 400 characters', LONG, `${LONG.slice(0, 100)}.mp3`],
	])('%s neither breaks the body nor loses its ending', async (_what, fileName, expected) => {
		const deapi = await Deapi.open();
		const audio = {
			data: fixture('song.mp3'),
			mimeType: 'audio/mpeg',
			...(fileName !== undefined && { fileName }),
		};
		const outcome = await deapi.run([{ files: { data: audio } }]);

		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		const [request] = deapi.submits;
		expect(request?.parts.map(({ name }) => name).sort()).toEqual(ALWAYS_SENT);
		const part = filePart(request);
		expect(part.filename).toMatch(/^[A-Za-z0-9 ._()-]{1,100}\.mp3$/);
		if (expected !== null) expect(part.filename).toBe(expected);
		expect(part.headers).toEqual([
			`Content-Disposition: form-data; name="audio"; filename="${part.filename}"`,
			'Content-Type: audio/mpeg',
		]);
		expect(part.sha256).toBe(sha256(readFileSync(fixture('song.mp3'))));
	});

	test.each([
		['song.mp3', '', 'audio/mpeg'],
		['song.mp3', 'text/plain', 'audio/mpeg'],
		['song.wav', 'audio/wav', 'audio/mpeg'],
		['song.ogg', 'video/ogg', 'audio/ogg'],
		['song.flac', 'application/octet-stream', 'audio/mpeg'],
		['song.mp3', 'audio/mpeg"\r\nX-Evil: 1', 'audio/mpeg'],
	])('%s with the type "%s" is sent with the type of its bytes', async (name, mimeType, type) => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run([{ files: { data: file(name, { mimeType }) } }]);
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(filePart(deapi.submits[0]).contentType).toBe(type);
	});

	test('gets the ending of its bytes where it has another one', async () => {
		const deapi = await Deapi.open();
		const songs = ['song.wav', 'song.ogg', 'song.flac'];
		await deapi.run(songs.map((name) => ({ files: { data: file(name, { fileName: 'a.aac' }) } })));
		const names = deapi.submits.map((request) => filePart(request).filename);
		expect(names.sort()).toEqual(['a.mp3', 'a.mp3', 'a.ogg']);
	});
});

describe('texts', () => {
	test('cannot add parts or headers to the body', async () => {
		const deapi = await Deapi.open();
		const evil =
			'x\r\n--boundary\r\nContent-Disposition: form-data; name="webhook_url"\r\n\r\nhttps://evil.example/';
		const outcome = await deapi.run([songItem()], {
			prompt: evil,
			model: RICH_MODEL,
			options: { negativePrompt: `${evil}"; filename="a.php` },
		});
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
		expect(fieldsOf(deapi.submits[0])).toMatchObject({
			prompt: evil,
			negative_prompt: `${evil}"; filename="a.php`,
		});
		expect(fieldsOf(deapi.submits[0])).not.toHaveProperty('webhook_url');
	});
});

describe('the node settings', () => {
	test('Execute Once submits the first item only', async () => {
		const deapi = await Deapi.open();
		const outcome = await deapi.run([songItem(), songItem()], {}, { executeOnce: true });
		expect(outcome.items).toHaveLength(1);
		expect(deapi.submits).toHaveLength(1);
	});

	test.each([
		[{ batchSize: 1, batchInterval: 30 }],
		[{ batchSize: 2, batchInterval: 30 }],
		[{ batchSize: 50, batchInterval: 1000 }],
		[{ batchSize: -1, batchInterval: 0 }],
	])('Batching %j submits every item', async (batch) => {
		const deapi = await Deapi.open();
		const items = Array.from({ length: 5 }, (_, index) => songItem('song.mp3', { index }));
		const outcome = await deapi.run(items, { requestOptions: { batching: { batch } } });
		expect(outcome.items.map(({ pairedItem }) => pairedItem)).toEqual(
			items.map((_, item) => ({ item })),
		);
		expect(new Set(deapi.requestIds).size).toBe(5);
	});
});

const credentials = { deapiApi: { id: '1', name: 'deAPI account' } };

/** An ID3 tag of the given size, as a cover picture makes it. */
function id3Tag(size: number): Buffer {
	const sizes = [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
	// Sync words inside a picture are no frames.
	const picture = Buffer.alloc(size, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]));
	return Buffer.concat([Buffer.from('ID3\x03\x00\x00', 'latin1'), Buffer.from(sizes), picture]);
}

function mp3Frames(): Buffer {
	return readFileSync(fixture('mp3-cbr-noheader.mp3'));
}

/** Gives out items as they are, without n8n's storage. */
function rawNode(items: INodeExecutionData[]): INodeType {
	return {
		description: {
			displayName: 'Raw',
			name: 'raw',
			group: ['transform'],
			version: 1,
			description: 'Raw',
			defaults: { name: 'Raw' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			return await Promise.resolve([items]);
		},
	};
}

/** A reverse proxy that serves deAPI under a path. */
async function openProxy(port: number, prefix: string): Promise<{ url: string; paths: string[] }> {
	const paths: string[] = [];
	const server = http.createServer((request, response) => {
		const path = request.url ?? '';
		paths.push(decodeURIComponent(path));
		if (!path.startsWith(`${prefix}/`)) {
			response.writeHead(404).end();
			return;
		}
		const { method, headers } = request;
		const onward = http.request(
			{ port, method, headers, path: path.slice(prefix.length) },
			(answer) => {
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(response);
			},
		);
		request.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closeAfterTest(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}
