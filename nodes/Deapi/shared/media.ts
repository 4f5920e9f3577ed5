/** A kind of file that deAPI takes, told by its bytes. */
export interface MediaType {
	/** As people call it: `MP3`. */
	name: string;
	/** The ending that a file of this kind gets, without the dot. */
	extension: string;
	contentType: string;
}

const MP3 = { name: 'MP3', extension: 'mp3', contentType: 'audio/mpeg' };
const WAV = { name: 'WAV', extension: 'wav', contentType: 'audio/wav' };
const OGG = { name: 'OGG', extension: 'ogg', contentType: 'audio/ogg' };
const FLAC = { name: 'FLAC', extension: 'flac', contentType: 'audio/flac' };

/** How much of a file's start `audioType` and `imageType` need to see, in bytes. */
export const HEAD_BYTES = 16 * 1024;

/**
 * The kind of an audio file by its bytes, or undefined where deAPI does not take it.
 * deAPI's documentation names MP3, WAV, OGG and FLAC (newer pages: MP3 and OGG).
 *
 * @param head the file's first bytes, `HEAD_BYTES` where it has as many
 * @param afterTag the bytes that follow an ID3 tag, where the file starts with one
 */
export function audioType(head: Buffer, afterTag?: Buffer): MediaType | undefined {
	if (startsWith(head, 'RIFF') && startsWith(head, 'WAVE', 8)) return WAV;
	if (startsWith(head, 'OggS')) return OGG;
	if (startsWith(head, 'fLaC')) return FLAC;
	if (id3TagSize(head) > 0) {
		if (afterTag === undefined || afterTag.length === 0) return undefined;
		// Some programs put an ID3 tag before FLAC; AAC streams have one as well.
		if (startsWith(afterTag, 'fLaC')) return FLAC;
		return hasMp3Frames(afterTag) ? MP3 : undefined;
	}
	return hasMp3Frames(head) ? MP3 : undefined;
}

/**
 * The kind of a picture by its bytes, or undefined where deAPI does not take it: JPG, JPEG, PNG, GIF,
 * BMP, WebP (deAPI's documentation of `first_frame_image`).
 */
export function imageType(head: Buffer): MediaType | undefined {
	if (startsWith(head, '\x89PNG\r\n\x1a\n')) return image('PNG', 'png', 'image/png');
	if (startsWith(head, '\xff\xd8\xff')) return image('JPG', 'jpg', 'image/jpeg');
	if (startsWith(head, 'GIF87a') || startsWith(head, 'GIF89a')) {
		return image('GIF', 'gif', 'image/gif');
	}
	if (startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8)) {
		return image('WebP', 'webp', 'image/webp');
	}
	// "BM" alone is too little: the header's size, which follows, has a handful of values.
	if (startsWith(head, 'BM') && head.length > 18 && BMP_HEADERS.includes(head.readUInt32LE(14))) {
		return image('BMP', 'bmp', 'image/bmp');
	}
	return undefined;
}

const BMP_HEADERS = [12, 40, 52, 56, 64, 108, 124];

function image(name: string, extension: string, contentType: string): MediaType {
	return { name, extension, contentType };
}

/**
 * What a refused file seems to be, as the end of "The file looks like …", so that the user sees at
 * once that a download went wrong or which conversion is needed.
 */
export function describeUnknown(head: Buffer, afterTag?: Buffer): string | undefined {
	if (startsWith(head, 'ftyp', 4)) {
		return startsWith(head, 'M4A', 8) ? 'an M4A sound file' : 'an MP4 or M4A file';
	}
	if (startsWith(head, '\x1aE\xdf\xa3')) return 'a WebM or Matroska file';
	if (startsWith(head, 'FORM') && startsWith(head, 'AIF', 8)) return 'an AIFF sound file';
	if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return 'an AAC sound file';
	if (startsWith(head, '%PDF')) return 'a PDF document';
	if (startsWith(head, 'PK\x03\x04')) return 'a ZIP archive';
	const known = audioType(head, afterTag) ?? imageType(head);
	if (known) return `${/^[MO]/.test(known.name) ? 'an' : 'a'} ${known.name} file`;
	const start = head.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
	if (start.startsWith('<')) return 'a web page';
	if (start.startsWith('{') || start.startsWith('[')) return 'JSON text';
	// Control characters other than line breaks and tabs do not occur in text.
	if (/^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(start) && start !== '') return 'plain text';
	return undefined;
}

/**
 * The size of an ID3v2 tag at a file's start, in bytes, header and footer included; 0 without one.
 * Its cover picture can be megabytes long, so the sound may start far behind the file's head.
 */
export function id3TagSize(head: Buffer): number {
	if (!startsWith(head, 'ID3') || head.length < 10) return 0;
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
function hasMp3Frames(bytes: Buffer): boolean {
	const last = Math.min(bytes.length - 4, HEAD_BYTES);
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

function startsWith(bytes: Buffer, text: string, offset = 0): boolean {
	return bytes.subarray(offset, offset + text.length).equals(Buffer.from(text, 'latin1'));
}

/**
 * A file name that is safe in a multipart header and fits the file's kind: plain ASCII letters, no
 * quotes, slashes, line breaks or control characters, at most 100 characters, with the ending of its
 * kind (PHP guesses from it). deAPI does not show names anywhere, so nothing is lost.
 *
 * @param original the name that n8n has for the file, if any
 * @param fallback the name without ending where the original leaves nothing over
 */
export function safeFileName(
	original: string | undefined,
	type: MediaType,
	fallback: string,
): string {
	const lastPart = (original ?? '').split(/[/\\]/).at(-1) ?? '';
	const stem = lastPart
		.replace(/\.[A-Za-z0-9]{1,5}$/, '')
		.normalize('NFKD')
		.replace(/\p{Mark}/gu, '')
		.replace(/[^A-Za-z0-9 ._()-]+/g, '_')
		.replace(/^[ ._]+|[ ._]+$/g, '')
		.slice(0, 100);
	return `${stem === '' ? fallback : stem}.${type.extension}`;
}
