/** A video that is longer than its model takes is refused before the upload, where its kind tells how long it is. */
import { readFileSync } from 'node:fs';
import type { INodeParameters } from 'n8n-workflow';
import { readMp4Length } from '../../nodes/Deapi/files/mp4/length';
import { Deapi, expectGoodText } from '../support/deapi';
import { file, fixture } from '../support/workflows';
import { lineOf } from './table';

const ONE_SECOND = readFileSync(fixture('clips/red.mp4'));

/** An MP4 of one second that says that it is of so many: as long as its box for the whole film says, and for each track. */
function lasting(seconds: number, boxes = ['mvhd', 'mdhd'], source = ONE_SECOND): Buffer {
	const content = Buffer.from(source);
	for (const box of boxes) {
		for (let at = content.indexOf(box); at !== -1; at = content.indexOf(box, at + 4)) {
			const length = content.readUInt32BE(at + 20);
			content.writeUInt32BE(Math.round(length * seconds), at + 20);
		}
	}
	return content;
}

const lengthOf = async (content: Buffer) =>
	await readMp4Length({ open: async () => await Promise.resolve(content) });

describe.each(['v1', 'v2'])('on %s', (apiVersion) => {
	async function made(name: string, data: Buffer, fileName = 'dance.mp4', options = {}) {
		const deapi = (await Deapi.open(options)).with({ apiVersion });
		const files = { data: { data, fileName }, reference: file('frame.png') };
		const { resource, operation } = lineOf(name).parameters;
		const parameters: INodeParameters = { resource, operation, waitForCompletion: false };
		return { deapi, outcome: await deapi.run([{ json: {}, files }], parameters) };
	}

	test.each([
		['Video > Replace Character', 12, '12 seconds', /takes up to 8 seconds$/],
		['Video > Replace Character', 8.1, '8.1 seconds', /takes up to 8 seconds$/],
		['Video > Upscale', 61, '61 seconds', /takes up to 60 seconds$/],
	])('%s: %d s is refused with both lengths', async (name, seconds, said, taken) => {
		const { deapi, outcome } = await made(name, lasting(seconds));
		expect(deapi.submits).toEqual([]);
		expect(outcome.stop.message).toMatch(taken);
		expect(outcome.stop.message).toContain(`is ${said} long; the model `);
		expect(outcome.stop.data.submitted).toBe('no');
		expectGoodText(outcome.stop.description);
	});

	test.each<[string, Buffer]>([
		['8 s', lasting(8)],
		['a frame more', lasting(8 + 1 / 24)],
		[
			'one in fragments, which does not say how long it is',
			readFileSync(fixture('clips/red-fragmented.mp4')),
		],
		['one whose sound alone is longer', lasting(12, ['mvhd'])],
	])('Replace Character takes %s', async (_what, content) => {
		const { deapi, outcome } = await made('Video > Replace Character', content);
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
	});

	test('a model that says nothing of lengths takes any', async () => {
		const model = {
			name: 'Own',
			slug: 'Wan2_2_Animate_14B_INT8',
			inference_types: ['video-replace'],
		};
		const { deapi } = await made('Video > Replace Character', lasting(600), 'a.mp4', {
			models: [model],
		});
		expect(deapi.requestIds).toHaveLength(1);
	});
});

describe('the length of a video', () => {
	test('is that of its pictures, as FFmpeg made them', async () => {
		expect(await lengthOf(ONE_SECOND)).toBe(1);
		expect(await lengthOf(readFileSync(fixture('clips/red-long-sound.mp4')))).toBe(1);
		expect(await lengthOf(readFileSync(fixture('scenes/city.mp4')))).toBe(2);
	});

	test('is read in parts, and no further than to the index', async () => {
		let parts = 0;
		const front = readFileSync(fixture('clips/red.mp4'));
		const stream = function* () {
			for (let at = 0; ; at += 100, parts++) yield front.subarray(at, at + 100);
		};
		const open = async () => await Promise.resolve(stream() as never);
		expect(await readMp4Length({ open })).toBe(1);
		expect(parts * 100).toBeLessThan(front.length);
	});

	test('in numbers of 64 bits', async () => {
		const header = (box: string) => {
			const content = Buffer.alloc(44);
			content.writeUInt32BE(44, 0);
			content.write(box, 4, 'latin1');
			content[8] = 1;
			content.writeUInt32BE(1000, 28);
			content.writeBigUInt64BE(9500n, 32);
			return content;
		};
		const wrap = (type: string, ...parts: Buffer[]) => {
			const content = Buffer.concat([Buffer.alloc(8), ...parts]);
			content.writeUInt32BE(content.length, 0);
			content.write(type, 4, 'latin1');
			return content;
		};
		const handler = wrap('hdlr', Buffer.from('\0\0\0\0\0\0\0\0vide\0\0\0\0'));
		const track = wrap('trak', wrap('mdia', header('mdhd'), handler));
		expect(await lengthOf(wrap('moov', header('mvhd'), track))).toBe(9.5);
	});

	test.each<[string, Buffer]>([
		['nothing', Buffer.alloc(0)],
		['another kind', readFileSync(fixture('song.mp3'))],
		['a start without an index', ONE_SECOND.subarray(0, 40)],
		['no length', lasting(0)],
		[
			'an unknown length',
			Buffer.from(
				lasting(1)
					.toString('latin1')
					.replace(/mvhd[^]{20}/, (box) => `${box.slice(0, 20)}\xff\xff\xff\xff`),
				'latin1',
			),
		],
	])('is not known of %s', async (_what, content) => {
		expect(await lengthOf(content)).toBeUndefined();
	});
});
