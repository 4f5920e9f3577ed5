/** How much of a clip is read for its tables, and where it is put. */
import { BufferTarget, Mp4OutputFormat, Output, EncodedVideoPacketSource } from 'mediabunny';
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { joinClips } from '../../../nodes/Deapi/film/join/joinClips';
import { holdsTables } from '../../../nodes/Deapi/film/mp4/front';
import { Scratch } from '../../../nodes/Deapi/film/scratch';
import { bytesOf, clipFile, clipOf, readFilm, shownAt } from '../../support/films';

/** The clip `red`, written with its tables at another place. */
async function rewritten(fastStart: false | 'in-memory' | 'fragmented'): Promise<Buffer> {
	const input = new Input({ source: new BufferSource(clipFile('red')), formats: [MP4] });
	const track = await input.getPrimaryVideoTrack();
	const config = await track?.getDecoderConfig();
	if (!track || !config) throw new Error('It has no pictures');
	const target = new BufferTarget();
	const output = new Output({ format: new Mp4OutputFormat({ fastStart }), target });
	const pictures = new EncodedVideoPacketSource('avc');
	output.addVideoTrack(pictures);
	await output.start();
	for await (const packet of new EncodedPacketSink(track).packets()) {
		await pictures.add(packet, { decoderConfig: config });
	}
	await output.finalize();
	return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

/** A file in parts of so many bytes, which counts those that were read. */
function inParts(file: Buffer, size: number) {
	const reading = { read: 0 };
	async function* parts() {
		for (let at = 0; at < file.length; at += size) {
			const part = await Promise.resolve(file.subarray(at, at + size));
			reading.read += part.length;
			yield part;
		}
	}
	return { parts, reading };
}

test('a clip with its tables in front is read no further than they go', async () => {
	const file = await rewritten('in-memory');
	const { parts, reading } = inParts(file, 512);
	const bytes = await new Scratch().fill(parts(), file.length, holdsTables);
	expect(reading.read).toBeLessThan(file.length);
	expect(bytes.equals(file.subarray(0, bytes.length))).toBe(true);
	expect(bytes.includes('moov')).toBe(true);
	expect(holdsTables(bytes.subarray(0, -512))).toBe(false);
});

test.each([false, 'fragmented'] as const)(
	'otherwise to its end (fastStart %s)',
	async (fastStart) => {
		const file = await rewritten(fastStart);
		const { parts, reading } = inParts(file, 512);
		const bytes = await new Scratch().fill(parts(), 0, holdsTables);
		expect(reading.read).toBe(file.length);
		expect(bytes.equals(file)).toBe(true);
	},
);

test('such clips become a film out of one buffer for all of them', async () => {
	const scratch = new Scratch();
	const sources = [await rewritten(false), await rewritten('in-memory'), clipFile('red')];
	const film = await joinClips({
		clips: sources.map((file, index) => ({
			label: `Clip ${index + 1}`,
			content: async (part) => {
				const isEnough = part === 'tables' ? holdsTables : () => false;
				return await scratch.fill(inParts(file, 1000).parts(), file.length, isEnough);
			},
		})),
		soundtrack: { kind: 'none' },
	});
	const whole = await joinClips({
		clips: sources.map((file, index) => clipOf(file, `Clip ${index + 1}`)),
		soundtrack: { kind: 'none' },
	});
	const bytes = await bytesOf(film);
	expect(bytes.equals(await bytesOf(whole))).toBe(true);
	expect(shownAt((await readFilm(bytes)).pictures)).toHaveLength(film.facts.frames);
});

test.each(['', 'ftyp', '\0\0\0\x08moov', 'no MP4 at all, but a text of some length'])(
	'%j holds no tables, or all of them',
	(text) => expect(holdsTables(Buffer.from(text, 'latin1'))).toBe(false),
);
