import { readMp3Frame } from './mp3/frame';

/** How many frames in a row prove that there is sound: one or two look like frames by chance. */
const FRAMES_IN_A_ROW = 3;

/** Bit rates in kbit/s by their index in a header, of the layers that are not MP3 (ISO 11172-3, 13818-3). */
const LAYER_1 = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
const LAYER_2 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const MPEG2_LAYER_1 = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const MPEG2_LAYER_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Samples a second of MPEG 1; MPEG 2 has half of them, MPEG 2.5 a quarter. */
const RATES = [44_100, 48_000, 32_000];

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

/** Whether MP3 frames start somewhere in these bytes. */
export function hasMp3Frames(bytes: Buffer): boolean {
	return mpegLayerIn(bytes) === 3;
}

/** The layer of the first frames of MPEG sound in these bytes: 3 is MP3; undefined where there are none. */
export function mpegLayerIn(bytes: Buffer): 1 | 2 | 3 | undefined {
	for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
		const frame = readFrame(bytes, at);
		if (frame !== undefined && goesOn(bytes, at, frame.kind)) return frame.layer;
	}
	return undefined;
}

/** Whether frames of one kind follow each other from here on, unless the bytes end before. */
function goesOn(bytes: Buffer, start: number, kind: number): boolean {
	let at = start;
	for (let frames = 0; frames < FRAMES_IN_A_ROW; frames++) {
		if (at + 4 > bytes.length) {
			// A file of a single frame is none; a head that ends inside a first frame still is one.
			return frames > 1 || (start === 0 && at > bytes.length);
		}
		const frame = readFrame(bytes, at);
		if (frame?.kind !== kind) return false;
		at += frame.size;
	}
	return true;
}

interface Frame {
	layer: 1 | 2 | 3;
	/** Bytes. */
	size: number;
	/** What stays the same from frame to frame: version, layer and sampling rate. */
	kind: number;
}

/** The frame of MPEG sound whose header is here. */
function readFrame(bytes: Buffer, offset: number): Frame | undefined {
	if (offset + 4 > bytes.length) return undefined;
	const header = bytes.readUInt32BE(offset);
	const kind = (header >>> 10) & 0x783;
	const mp3 = readMp3Frame(bytes, offset);
	if (mp3 !== undefined) return { layer: 3, size: mp3.size, kind };

	const version = (header >>> 19) & 3; // 0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1
	const isLayer1 = ((header >>> 17) & 3) === 3;
	const isLayer2 = ((header >>> 17) & 3) === 2;
	if (header >>> 21 !== 0x7ff || version === 1 || (!isLayer1 && !isLayer2)) return undefined;
	const [layer1, layer2] = version === 3 ? [LAYER_1, LAYER_2] : [MPEG2_LAYER_1, MPEG2_LAYER_2];
	const bitrate = (isLayer1 ? layer1 : layer2)[(header >>> 12) & 15];
	const mpeg1Rate = RATES[(header >>> 10) & 3];
	if (!bitrate || mpeg1Rate === undefined) return undefined;
	const rate = mpeg1Rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
	const padding = (header >>> 9) & 1;
	return isLayer1
		? { layer: 1, size: (Math.floor((12_000 * bitrate) / rate) + padding) * 4, kind }
		: { layer: 2, size: Math.floor((144_000 * bitrate) / rate) + padding, kind };
}
