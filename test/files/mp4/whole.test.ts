/** An MP4 is whole, or it is said what is wrong with it, however its bytes come. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { faultOf, Mp4Check } from '../../../nodes/Deapi/files/mp4/whole';
import { fixture } from '../../support/workflows';

const CLIPS = readdirSync(fixture('clips')).map((name) => `clips/${name}`);
const VIDEOS = ['result.mp4', ...CLIPS];
const contentOf = (name: string) => readFileSync(fixture(name));

test.each(VIDEOS)('%s is whole, in parts of any size', (name) => {
	const content = contentOf(name);
	expect(faultOf(content)).toBeUndefined();
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1 }), (sizes) => {
			const check = new Mp4Check();
			let at = 0;
			for (let part = 0; at < content.length; part++) {
				const size = sizes[part % sizes.length] ?? 1;
				check.add(content.subarray(at, at + size));
				at += size;
			}
			expect(check.fault()).toBeUndefined();
		}),
		{ numRuns: 20 },
	);
});

test.each(VIDEOS)('%s is not, wherever it is cut off', (name) => {
	const content = contentOf(name);
	// At every place inside the head of a box, and at many others.
	for (let length = 1; length < content.length; length += length < 100 ? 1 : 37) {
		expect(faultOf(content.subarray(0, length))).toBeDefined();
	}
	expect(faultOf(content.subarray(0, -1))).toBe('is cut off');
});

test.each([
	['a zero', Buffer.alloc(1)],
	['zeros', Buffer.alloc(512)],
	['the end of a line', Buffer.from('\n')],
	['the start of a box', Buffer.from('\x00\x00\x01\x00free', 'latin1')],
])('bytes that a store has put behind a video cost nothing: %s', (_what, rest) => {
	expect(faultOf(Buffer.concat([contentOf('result.mp4'), rest]))).toBeUndefined();
	expect(faultOf(Buffer.concat([contentOf('clips/red.mp4'), rest]))).toBeUndefined();
});

test.each(['frame.png', 'song.mp3', 'song.wav', 'song.ogg', 'song.flac', 'not-audio.mp3'])(
	'%s is no MP4',
	(name) => expect(faultOf(contentOf(name))).toBe('is not an MP4 file'),
);

test.each([0, 1, 7, 8, 16, 5000])('%d zeros are no MP4', (size) => {
	expect(faultOf(Buffer.alloc(size))).toBeDefined();
});

test('an index that leads behind the end of the media', () => {
	const content = Buffer.from(contentOf('clips/red.mp4'));
	const at = content.indexOf('stco', 0, 'latin1');
	content.writeUInt32BE(content.length + 1000, at + 12);
	expect(faultOf(content)).toBe('is cut off');
});
