/** How far into a file its first frame is searched, in bytes. */
const SEARCHED_BYTES = 16 * 1024;

/**
 * The size of an ID3v2 tag at a file's start, in bytes, header and footer included; 0 without one.
 * Its cover picture can be megabytes long, so the sound may start far behind the file's head.
 */
export function id3TagSize(head: Buffer): number {
	if (head.toString('latin1', 0, 3) !== 'ID3' || head.length < 10) return 0;
	const byte = (offset: number) => (head[offset] ?? 0) & 0x7f;
	const size = (byte(6) << 21) | (byte(7) << 14) | (byte(8) << 7) | byte(9);
	const hasFooter = ((head[5] ?? 0) & 0x10) !== 0;
	return size + (hasFooter ? 20 : 10);
}

/** Bitrates in kbit/s by their index in a frame header: MPEG 1 layer 3, MPEG 2 and 2.5 layer 3. */
const BITRATES = {
	mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLE_RATES = [44_100, 48_000, 32_000];

/**
 * Whether MP3 frames start somewhere in these bytes. One sync word proves nothing (it occurs by
 * chance), so the frame after it must be in its place too, unless the bytes end before.
 */
export function hasMp3Frames(bytes: Buffer): boolean {
	const last = Math.min(bytes.length - 4, SEARCHED_BYTES);
	for (let offset = 0; offset <= last; offset++) {
		const length = mp3FrameLength(bytes, offset);
		if (length === 0) continue;
		const next = offset + length;
		if (next + 4 > bytes.length) {
			// A file of a single frame is none; a head that ends inside a first frame still is one.
			if (offset === 0 && next > bytes.length) return true;
			continue;
		}
		if (mp3FrameLength(bytes, next) > 0) return true;
	}
	return false;
}

/** The length in bytes of the layer 3 frame that starts here; 0 where none does. */
function mp3FrameLength(bytes: Buffer, offset: number): number {
	const [first = 0, second = 0, third = 0] = bytes.subarray(offset, offset + 3);
	const isSync = first === 0xff && (second & 0xe0) === 0xe0;
	const version = (second >> 3) & 3; // 0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1
	const isLayer3 = ((second >> 1) & 3) === 1;
	if (!isSync || version === 1 || !isLayer3) return 0;

	const isMpeg1 = version === 3;
	const bitrate = (isMpeg1 ? BITRATES.mpeg1 : BITRATES.mpeg2)[third >> 4];
	const baseRate = SAMPLE_RATES[(third >> 2) & 3];
	if (!bitrate || baseRate === undefined) return 0;
	const sampleRate = isMpeg1 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4;
	const padding = (third >> 1) & 1;
	return Math.floor(((isMpeg1 ? 144_000 : 72_000) * bitrate) / sampleRate) + padding;
}
