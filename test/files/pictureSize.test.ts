/** How large pictures are, as FFmpeg says of the fixtures: 128 × 96, where nothing else is said. */
import { readFileSync } from 'node:fs';
import { kindOf } from '../../nodes/Deapi/files/kinds';
import type { PictureSize } from '../../nodes/Deapi/files/pictureSize';
import { pictureSizeOf } from '../../nodes/Deapi/files/pictureSize';
import { fixture } from '../support/workflows';

/** The node has as much of a file at hand before it reads on. */
const HEAD = 16 * 1024;

async function sizeOf(content: Buffer): Promise<PictureSize | undefined> {
	const head = content.subarray(0, HEAD);
	const type = kindOf({ head });
	if (type === undefined) throw new Error('No kind');
	const file = {
		size: content.length,
		fileName: undefined,
		readHead: async () => await Promise.resolve({ head }),
		open: async () => await Promise.resolve(content),
	};
	return await pictureSizeOf(file, type, head);
}

/** A fixture with other bytes at a place. */
function changed(name: string, at: number, ...bytes: number[]): Buffer {
	const content = Buffer.from(readFileSync(fixture(name)));
	content.set(bytes, at);
	return content;
}

test.each([
	'frame.png',
	'frame.jpg',
	'frame.gif',
	'frame.bmp',
	'frame.webp',
	'frame-lossless.webp',
	'frame-alpha.webp',
])('%s', async (name) => {
	expect(await sizeOf(readFileSync(fixture(name)))).toEqual({ width: 128, height: 96 });
});

test('a picture of another size', async () => {
	expect(await sizeOf(readFileSync(fixture('tiny.png')))).toEqual({ width: 32, height: 32 });
	expect(await sizeOf(readFileSync(fixture('sea.png')))).toEqual({ width: 200, height: 150 });
});

test('a BMP that is stored from top to bottom, and one of OS/2', async () => {
	const height = Buffer.alloc(4);
	height.writeInt32LE(-96);
	const turned = changed('frame.bmp', 22, ...height);
	expect(await sizeOf(turned)).toEqual({ width: 128, height: 96 });
	const old = changed('frame.bmp', 14, 12, 0, 0, 0, 128, 0, 96, 0);
	expect(await sizeOf(old)).toEqual({ width: 128, height: 96 });
});

describe('a JPG', () => {
	const JPG = readFileSync(fixture('frame.jpg'));
	const segment = (length: number, fill = 0) =>
		Buffer.concat([
			Buffer.from([0xff, 0xe1, length >> 8, length & 0xff]),
			Buffer.alloc(length - 2, fill),
		]);
	const behind = (...before: Buffer[]) =>
		Buffer.concat([JPG.subarray(0, 2), ...before, JPG.subarray(2)]);

	test.each<[string, Buffer[]]>([
		['a preview of another size', [segment(20_000, 0xc0)]],
		['ten segments of metadata', Array.from({ length: 10 }, () => segment(65_535))],
		['bytes that fill the space', [Buffer.from([0xff, 0xff, 0xff])]],
		['an empty segment', [segment(2)]],
	])('with %s before its frame', async (_what, before) => {
		expect(await sizeOf(behind(...before))).toEqual({ width: 128, height: 96 });
	});

	test('that ends before its frame does not tell', async () => {
		expect(await sizeOf(JPG.subarray(0, 40))).toBeUndefined();
		expect(await sizeOf(behind(segment(30_000)).subarray(0, 25_000))).toBeUndefined();
	});

	test('whose segments are none does not tell', async () => {
		expect(await sizeOf(behind(segment(2), Buffer.from('no segment')))).toBeUndefined();
	});
});

test.each([
	['a PNG without its first chunk', changed('frame.png', 12, 7, 7, 7, 7)],
	['a PNG without a side', changed('frame.png', 16, 0, 0, 0, 0)],
	['a WebP of another kind', changed('frame.webp', 12, 7, 7, 7, 7)],
	['a WebP whose frame does not begin', changed('frame.webp', 23, 7)],
	['a GIF that is cut off', readFileSync(fixture('frame.gif')).subarray(0, 8)],
])('%s does not tell', async (_what, content) => {
	expect(await sizeOf(content)).toBeUndefined();
});
