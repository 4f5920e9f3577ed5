/** What is published: the built files, installed and run as n8n does it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INodeType } from 'n8n-workflow';
import { startFakeDeapi, type FakeDeapi } from '../fake-deapi';
import { fieldsOf, filePart } from '../support/deapi';
import { DEAPI_NODE, errorOf, outputOf, runWorkflow, useBinaryMode } from '../support/engine';
import { deapiWorkflow, file, fixture, NODE } from '../support/workflows';

const ROOT = path.join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
	n8n: { nodes: string[]; credentials: string[] };
	scripts: { [name: string]: string };
	[field: string]: unknown;
};

let folder: string;
let packed: string[];
let fake: FakeDeapi;

beforeAll(async () => {
	// Outside the repository: n8n's users have none of its libraries beside the package.
	folder = mkdtempSync(path.join(tmpdir(), 'deapi-package-'));
	execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT });
	execFileSync('sh', ['-c', 'tar -xzf *.tgz'], { cwd: folder });
	packed = execFileSync('find', ['package', '-type', 'f'], { cwd: folder, encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((name) => name.replace('package/', ''))
		.sort();
	fake = await startFakeDeapi();
});
afterAll(async () => {
	await fake.close();
	rmSync(folder, { recursive: true, force: true });
});

const inPackage = (name: string) => path.join(folder, 'package', name);

test('holds dist, README, LICENSE, CHANGELOG and package.json, and nothing else', () => {
	expect(packed.filter((name) => !name.startsWith('dist/'))).toEqual([
		'CHANGELOG.md',
		'LICENSE.md',
		'README.md',
		'package.json',
	]);
	for (const name of packed.filter((each) => each.startsWith('dist/'))) {
		expect(name).toMatch(/\.(js|js\.map|json|svg|txt)$/);
	}
});

test('holds every file that it registers with n8n', () => {
	for (const name of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		expect(packed).toContain(name);
	}
});

test('has no dependencies and no scripts that run on installing', () => {
	for (const field of ['dependencies', 'optionalDependencies', 'bundledDependencies']) {
		expect(manifest).not.toHaveProperty(field);
	}
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	for (const name of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']) {
		expect(manifest.scripts).not.toHaveProperty(name);
	}
});

test('asks n8n for its library and Node for crypto, and for nothing else', () => {
	const built = packed.filter((name) => name.endsWith('.js'));
	const code = built.map((name) => readFileSync(inPackage(name), 'utf8')).join('\n');
	const asked = [...code.matchAll(/\b(?:require|import)\(\s*("[^"]*"|[^\s")])/g)];
	expect([...new Set(asked.map(([, library]) => library))].sort()).toEqual([
		'"crypto"',
		'"n8n-workflow"',
	]);
});

test('has source maps that carry their sources and point to nothing outside', () => {
	const maps = packed.filter((name) => name.endsWith('.map'));
	expect(maps.length).toBeGreaterThan(0);
	for (const name of maps) {
		const map = JSON.parse(readFileSync(inPackage(name), 'utf8')) as {
			sources: string[];
			sourcesContent?: string[];
		};
		expect(map.sourcesContent).toHaveLength(map.sources.length);
		for (const source of map.sources) expect(path.isAbsolute(source)).toBe(false);
	}
});

test('names the licence of every library that it has taken in', () => {
	const licences = readFileSync(inPackage('dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
	for (const library of ['combined-stream', 'events', 'form-data', 'readable-stream']) {
		expect(licences).toMatch(new RegExp(`^${library} \\d`, 'm'));
	}
});

test('has at most 1.6 MB without source maps', () => {
	const bytes = packed
		.filter((name) => !name.endsWith('.map'))
		.reduce((sum, name) => sum + readFileSync(inPackage(name)).length, 0);
	expect(bytes).toBeLessThanOrEqual(1_600_000);
});

/** A song of 12 MB, nearly all of it its cover picture, in which no piece is like another. */
function largeSong(): Buffer {
	const picture = Buffer.alloc(12_000_000);
	for (let at = 0; at < picture.length; at += 4) picture.writeUInt32LE(at, at);
	const tag = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1');
	for (let at = 6; at < 10; at++) tag[at] = (picture.length >> (7 * (9 - at))) & 0x7f;
	return Buffer.concat([tag, picture, readFileSync(fixture('song.mp3'))]);
}

/** The installed node; only n8n-workflow comes from elsewhere, as in n8n. */
function installedNode(): INodeType {
	const { Deapi } = jest.requireActual<{ Deapi: new () => INodeType }>(
		path.join(ROOT, 'dist', 'nodes', 'Deapi', 'Deapi.node.js'),
	);
	return new Deapi();
}

describe.each(['default', 'filesystem'] as const)('the built node, files in %s', (mode) => {
	test('sends a file of many pieces byte for byte', async () => {
		const sound = largeSong();
		const large = path.join(folder, 'large.mp3');
		writeFileSync(large, sound);
		await useBinaryMode(mode);
		const run = await runWorkflow(
			deapiWorkflow([{ files: { data: { data: large, fileName: 'large.mp3' } } }], {
				prompt: 'A singer on a rooftop',
				seed: 7,
			}),
			{
				credentials: { apiKey: 'test-key', baseUrl: fake.url },
				nodeTypes: { [DEAPI_NODE]: installedNode() },
			},
		);
		expect(errorOf(run).message).toBe('');
		const request = fake.requests.findLast(({ method }) => method === 'POST');
		expect(request?.headers['content-length']).toBe(String(request?.bodySize));
		expect(filePart(request)).toMatchObject({
			filename: 'large.mp3',
			contentType: 'audio/mpeg',
			size: sound.length,
			sha256: createHash('sha256').update(sound).digest('hex'),
		});
		expect(fieldsOf(request)).toMatchObject({ prompt: 'A singer on a rooftop', seed: '7' });
	});

	test.each([
		['song.mp3', 8.6],
		['song.wav', 1.8],
		['song.ogg', 8.6],
		['song.flac', 3.5],
		['mp3-vbr-noheader.mp3', 5.068],
	])('sends %s and knows its length', async (name, seconds) => {
		await useBinaryMode(mode);
		const run = await runWorkflow(
			deapiWorkflow([{ files: { data: file(name) } }], {
				prompt: 'A singer on a rooftop',
				lengthMode: 'matchAudio',
			}),
			{
				credentials: { apiKey: 'test-key', baseUrl: fake.url },
				nodeTypes: { [DEAPI_NODE]: installedNode() },
			},
		);
		expect(errorOf(run).message).toBe('');
		const [item] = outputOf(run, NODE);
		expect(item?.json.audio_seconds).toBe(seconds);
		const job = fake.jobs.at(-1);
		expect(item?.json.request_id).toBe(job?.request_id);
		expect(job?.fields.frames).toBe(
			String(Math.max(49, 8 * Math.ceil((seconds * 24 - 1) / 8) + 1)),
		);
	});
});
