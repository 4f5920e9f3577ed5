/** What a result's file is: its first bytes decide, and a server's message is no file. */
import { readFileSync } from 'node:fs';
import { isText, messageTypeOf, resultKindOf } from '../../nodes/Deapi/result/resultKind';
import { fixture } from '../support/workflows';

const head = (name: string) => readFileSync(fixture(name)).subarray(0, 4096);
const OCTETS = 'application/octet-stream';
const bytes = Buffer.from([0, 1, 2, 255, 254, 0, 7]);
const json = Buffer.from('{"text":"sung"}');
const page = Buffer.from('<!DOCTYPE html><html><body>Not here</body></html>');
const words = Buffer.from('Three words sung');

test.each([
	['result.mp4', 'mp4', 'video/mp4'],
	['frame.png', 'png', 'image/png'],
	['frame.jpg', 'jpg', 'image/jpeg'],
	['frame.webp', 'webp', 'image/webp'],
	['frame.gif', 'gif', 'image/gif'],
	['song.mp3', 'mp3', 'audio/mpeg'],
	['song.wav', 'wav', 'audio/wav'],
	['song.flac', 'flac', 'audio/flac'],
	['song.ogg', 'ogg', 'audio/ogg'],
])('%s is known by its bytes, whatever the server calls it', (name, extension, contentType) => {
	for (const header of [undefined, OCTETS, 'text/plain']) {
		const kind = resultKindOf(head(name), header, 'https://x/output.bin');
		expect(kind).toEqual({ extension, contentType });
	}
});

test('what begins with a long tag is an MP3', () => {
	const tag = Buffer.concat([
		Buffer.from('ID3\u0004\u0000\u0000\u0000\u0007\u007f\u007f', 'latin1'),
		bytes,
	]);
	expect(resultKindOf(tag, OCTETS, 'https://x/a')).toMatchObject({ extension: 'mp3' });
});

test.each<[string | undefined, string]>([
	['audio/x-wav', 'wav'],
	['VIDEO/WEBM; codecs=vp9', 'webm'],
	[' audio/mpeg ', 'mp3'],
	['application/x-subrip', 'srt'],
	['application/json', 'json'],
	['text/plain', 'txt'],
])('bytes that nobody knows are what the server calls them: %s', (header, extension) => {
	expect(resultKindOf(bytes, header, 'https://x/a')).toMatchObject({ extension });
});

test.each([undefined, '', OCTETS, 'video/of-tomorrow'])(
	'and just bytes where that says nothing: %s',
	(header) => {
		expect(resultKindOf(bytes, header, 'https://x/a')).toEqual({
			...{ extension: 'bin', contentType: OCTETS },
		});
	},
);

describe('a text', () => {
	test.each([
		['txt', 'text/plain'],
		['json', 'application/json'],
		['srt', 'text/plain'],
		['VTT', 'text/plain'],
	])('is a transcript where the link ends with .%s', (ending, contentType) => {
		const url = `https://x/output.${ending}?signature=a.b`;
		for (const text of [words, json]) {
			expect(resultKindOf(text, OCTETS, url)).toEqual({
				...{ extension: ending.toLowerCase(), contentType },
			});
		}
	});

	test('is one as well where the server calls plain text so', () => {
		const plain = { extension: 'txt', contentType: 'text/plain' };
		expect(resultKindOf(words, 'text/plain; charset=utf-8', 'https://x/a')).toEqual(plain);
	});

	test.each([
		['a page, whatever its link', page, 'text/plain', 'https://x/output.txt'],
		['a page', page, OCTETS, 'https://x/output.mp4'],
		['JSON', json, 'text/plain', 'https://x/output.mp4'],
		['words that nobody calls text', words, OCTETS, 'https://x/output.mp4'],
		['words at an address that is none', words, OCTETS, 'output.txt'],
	])('is a message otherwise: %s', (_what, text, header, url) => {
		expect(resultKindOf(text, header, url)).toEqual({
			refused: expect.stringMatching(/^the storage server sent .+ instead of a file$/) as string,
		});
	});

	test('is told from other files', () => {
		expect(['txt', 'json', 'srt', 'vtt'].map((extension) => isText({ extension }))).toEqual([
			...[true, true, true, true],
		]);
		expect(isText({ extension: 'mp4' })).toBe(false);
	});
});

test.each<[string | undefined, string, string | undefined]>([
	['text/html; charset=utf-8', 'https://x/output.mp4', 'text/html'],
	['application/problem+json', 'https://x/output.mp4', 'application/problem+json'],
	['application/xml', 'https://x/output', 'application/xml'],
	['application/json', 'https://x/output.json', undefined],
	['text/html', 'https://x/output.txt', undefined],
	['text/html5', 'https://x/output.mp4', undefined],
	['x-text/html', 'https://x/output.mp4', undefined],
	['application/jsonl', 'https://x/output.mp4', undefined],
	['application/vnd.openxmlformats-officedocument', 'https://x/output.docx', undefined],
	['application/json', 'https://x/output.json/none', 'application/json'],
	['application/json', 'https://x/output.txt.mp4', 'application/json'],
	['video/mp4', 'https://x/output.mp4', undefined],
	[undefined, 'https://x/output.mp4', undefined],
])('an answer of type %s at %s is a message: %s', (header, url, expected) => {
	expect(messageTypeOf(header, url)).toBe(expected);
});
