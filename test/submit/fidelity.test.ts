/**
 * What the node sends is held against what clients send that know nothing of it: a plain `form-data`
 * request, and curl where the machine has it.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import http from 'node:http';
import { promisify } from 'node:util';
import FormData from 'form-data';
import type { RecordedRequest } from '../fake-deapi';
import { useBinaryMode, type BinaryMode } from '../support/engine';
import { Deapi } from '../support/deapi';
import { file, fixture } from '../support/workflows';

/** A file as each client is told to send it. */
interface File {
	field: string;
	name: string;
	type: string;
}

interface Values {
	texts: { [name: string]: string };
	files: File[];
}

const TEXTS = {
	prompt: 'Neon streets, rain — 雨の夜; "quoted" & more\nsecond line',
	model: 'LtxStudio_30B_Dist_FP8',
	seed: '4294967295',
	width: '768',
	height: '448',
	frames: '121',
	fps: '25',
	negative_prompt: 'blur, noise',
	guidance: '6.25',
	steps: '12',
	webhook_url: 'https://n8n.example.com/webhook/abc?x=1&y=2',
};
const FRAMES = [
	{ field: 'first_frame_image', name: 'frame.png', type: 'image/png' },
	{ field: 'last_frame_image', name: 'frame.jpg', type: 'image/jpeg' },
];

type Client = (deapi: Deapi, path: string, values: Values) => Promise<void>;

const formData: Client = async (deapi, path, { texts, files }) => {
	const form = new FormData();
	for (const [name, text] of Object.entries(texts)) form.append(name, text);
	for (const { field, name, type } of files) {
		form.append(field, createReadStream(fixture(name)), { filename: name, contentType: type });
	}
	await new Promise<void>((resolve, reject) => {
		const request = http.request(
			`${deapi.fake.url}${path}`,
			{ method: 'POST', headers: { ...form.getHeaders(), ...headers(deapi) } },
			(response) => response.resume().on('end', resolve),
		);
		request.on('error', reject);
		form.pipe(request);
	});
};

const curl: Client = async (deapi, path, { texts, files }) => {
	await promisify(execFile)('curl', [
		'--silent',
		'--fail',
		...Object.entries(headers(deapi)).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
		...Object.entries(texts).flatMap(([name, text]) => ['--form-string', `${name}=${text}`]),
		...files.flatMap(({ field, name, type }) => ['-F', `${field}=@${fixture(name)};type=${type}`]),
		`${deapi.fake.url}${path}`,
	]);
};

function headers(deapi: Deapi) {
	return { Authorization: `Bearer ${deapi.apiKey}`, Accept: 'application/json' };
}

/** The clients of this machine; the comparison with one that is not there does not exist. */
const clients: Array<[string, Client]> = [
	['a plain form-data request', formData],
	...(hasCurl() ? [['curl', curl] as [string, Client]] : []),
];

function hasCurl(): boolean {
	try {
		execFileSync('curl', ['--version'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

afterAll(async () => await useBinaryMode());

describe.each(clients)('compared with %s', (_name, send) => {
	describe.each<BinaryMode>(['default', 'filesystem'])('in the mode %s', (mode) => {
		beforeAll(async () => await useBinaryMode(mode));

		test.each([
			['v1', '/api/v1/client/aud2video', 'mp3-wrong-tlen.mp3', 'audio/mpeg'],
			['v1', '/api/v1/client/aud2video', 'mp3-cbr-noheader.mp3', 'audio/mpeg'],
			['v2', '/api/v2/videos/audio-syncs', 'mp3-cbr-noheader.mp3', 'audio/mpeg'],
			['v2', '/api/v2/videos/audio-syncs', 'ogg-vorbis.ogg', 'audio/ogg'],
		])('the node sends the same with API %s to %s: %s', async (apiVersion, path, name, type) => {
			const deapi = await Deapi.open();
			const files = [{ field: 'audio', name, type }, ...FRAMES];
			await send(deapi, path, { texts: TEXTS, files });
			await deapi.run(
				[{ files: { data: file(name), first: file('frame.png'), last: file('frame.jpg') } }],
				{
					prompt: TEXTS.prompt,
					model: { __rl: true, mode: 'id', value: TEXTS.model },
					width: 768,
					height: 448,
					frames: 121,
					fps: 25,
					seed: 4_294_967_295,
					options: {
						negativePrompt: TEXTS.negative_prompt,
						guidance: 6.25,
						steps: 12,
						webhookUrl: TEXTS.webhook_url,
						firstFrameBinaryProperty: 'first',
						lastFrameBinaryProperty: 'last',
					},
				},
				{},
				{ credentials: deapi.credentials({ apiVersion }) },
			);

			const [theirs, ours, ...others] = deapi.submits;
			expect(others).toEqual([]);
			expect(theirs?.status).toBe(200);
			expect(ours?.status).toBe(200);
			expect(essenceOf(ours)).toEqual(essenceOf(theirs));
		});
	});
});

/** All that a service can see of a request, less what no two clients have in common. */
function essenceOf(request: RecordedRequest | undefined) {
	if (request === undefined) return undefined;
	const { method, path, headers: sent, parts } = request;
	return {
		method,
		path,
		authorization: sent.authorization,
		accept: sent.accept,
		contentType: sent['content-type']?.split(';')[0],
		parts: [...parts].sort((a, b) => a.name.localeCompare(b.name)),
	};
}
