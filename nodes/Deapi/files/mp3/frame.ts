/** A frame of MPEG 1, 2 or 2.5, layer 3, as its header of four bytes tells it. */
export interface Mp3Frame {
	/** In bytes, header included. */
	size: number;
	/** Samples of each channel. */
	samples: number;
	/** Samples a second. */
	rate: number;
	isMono: boolean;
	/** MPEG 1, as against MPEG 2 and 2.5 with half the samples and shorter side information. */
	isMpeg1: boolean;
	/** What stays the same from frame to frame: version and sampling rate. */
	kind: number;
}

/** A frame's header, in bytes. */
export const HEADER_SIZE = 4;

/** No frame is longer, in bytes: 320 kbit/s at 32 kHz, or 160 kbit/s at 8 kHz. */
export const MAX_FRAME_SIZE = 1441;

/** Bit rates in kbit/s by their index in a header: MPEG 1 layer 3, MPEG 2 and 2.5 layer 3. */
const MPEG1_BITRATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_BITRATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** Samples a second of MPEG 1; MPEG 2 has half of them, MPEG 2.5 a quarter. */
const RATES = [44_100, 48_000, 32_000];

/** The layer 3 frame whose header is here, or undefined where none does. */
export function readMp3Frame(bytes: Buffer, offset = 0): Mp3Frame | undefined {
	if (offset + 4 > bytes.length) return undefined;
	const header = bytes.readUInt32BE(offset);
	const version = (header >>> 19) & 3; // 0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1
	const isLayer3 = ((header >>> 17) & 3) === 1;
	if (header >>> 21 !== 0x7ff || version === 1 || !isLayer3) return undefined;

	const isMpeg1 = version === 3;
	const bitrate = (isMpeg1 ? MPEG1_BITRATES : MPEG2_BITRATES)[(header >>> 12) & 15];
	const mpeg1Rate = RATES[(header >>> 10) & 3];
	if (!bitrate || mpeg1Rate === undefined) return undefined;
	const rate = mpeg1Rate / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
	const samples = isMpeg1 ? 1152 : 576;
	const padding = (header >>> 9) & 1;
	return {
		size: Math.floor(((samples / 8) * bitrate * 1000) / rate) + padding,
		samples,
		rate,
		isMono: ((header >>> 6) & 3) === 3,
		isMpeg1,
		kind: (header >>> 10) & 0x603,
	};
}
