import { id3TagSize } from '../files/mp3Frames';

/** Every decoder of MP3 gives out so many samples before the encoder's own first one. */
const DECODER_DELAY = 529;

/** Where the Info frame's tag lies in it: by MPEG 1 or not, and by one channel or two. */
const TAG_OFFSETS = { mpeg1: { mono: 21, stereo: 36 }, mpeg2: { mono: 13, stereo: 21 } };

/** Where the two delays lie in the tag of LAME, which libavformat writes as well. */
const DELAYS_OFFSET = 141;

/**
 * How many samples come out of an MP3's decoder before the sound's own first one, by the tag that LAME
 * puts into the file's first frame.
 *
 * @param head the file's first bytes
 * @returns 0 where the file does not say, and players take its first sample for the sound's
 */
export function readEncoderDelay(head: Buffer): number {
	const start = id3TagSize(head);
	const frame = head.subarray(start, start + 4096);
	const sync = frame.indexOf(0xff);
	if (sync < 0 || frame.length < sync + 200) return 0;
	const [, second = 0, , fourth = 0] = frame.subarray(sync, sync + 4);
	const offsets = (second & 0x08) !== 0 ? TAG_OFFSETS.mpeg1 : TAG_OFFSETS.mpeg2;
	const tag = sync + (fourth >> 6 === 3 ? offsets.mono : offsets.stereo);
	const name = frame.toString('latin1', tag, tag + 4);
	if (name !== 'Xing' && name !== 'Info') return 0;
	// The fields before the delays are there or not; with LAME's tag all four are.
	if (frame.readUInt32BE(tag + 4) !== 0x0f) return 0;
	const encoder = frame.toString('latin1', tag + 120, tag + 124);
	if (!/^(LAME|Lavf|Lavc|GOGO)/.test(encoder)) return 0;
	const delay = frame.readUIntBE(tag + DELAYS_OFFSET, 3) >> 12;
	return delay + DECODER_DELAY;
}
