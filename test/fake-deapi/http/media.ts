/**
 * Tells files apart by their first bytes, as the service's `mimes` rule does: neither the name nor
 * the Content-Type of an upload is believed.
 */
import type { MediaType } from '../types';

/** How much of a file is looked at: enough for a JPEG whose size stands behind its EXIF data. */
export const HEAD_BYTES = 64 * 1024;

export const AUDIO_TYPES: readonly MediaType[] = ['mp3', 'wav', 'ogg', 'flac'];
/** What the service takes for a reference of a voice or of music. */
export const REFERENCE_TYPES: readonly MediaType[] = ['mp3', 'ogg', 'm4a'];
export const VIDEO_TYPES: readonly MediaType[] = ['mp4', 'mpeg', 'mov', 'avi', 'wmv', 'ogg'];
export const IMAGE_TYPES: readonly MediaType[] = ['jpg', 'png', 'gif', 'bmp', 'webp'];

/** The Content-Types that are true for each kind of file. */
export const CONTENT_TYPES: Readonly<Record<MediaType, readonly string[]>> = {
	mp3: ['audio/mpeg', 'audio/mp3'],
	wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
	ogg: ['audio/ogg', 'application/ogg', 'audio/vorbis', 'audio/opus', 'video/ogg'],
	flac: ['audio/flac', 'audio/x-flac'],
	aac: ['audio/aac', 'audio/x-aac', 'audio/aacp'],
	m4a: ['audio/mp4', 'audio/x-m4a', 'audio/m4a'],
	jpg: ['image/jpeg'],
	png: ['image/png'],
	gif: ['image/gif'],
	bmp: ['image/bmp', 'image/x-ms-bmp'],
	webp: ['image/webp'],
	mp4: ['video/mp4'],
	mov: ['video/quicktime'],
	mpeg: ['video/mpeg'],
	avi: ['video/x-msvideo', 'video/avi', 'video/msvideo'],
	wmv: ['video/x-ms-wmv', 'video/x-ms-asf'],
	webm: ['audio/webm', 'video/webm'],
};

/** First brands of the MP4 family that are not called MP4. */
const BRANDS: Readonly<Record<string, MediaType>> = { 'M4A ': 'm4a', 'M4B ': 'm4a', 'qt  ': 'mov' };

/**
 * @param head a file's first bytes
 * @returns what they say the file is, null if nothing known
 */
export function sniff(head: Buffer): MediaType | null {
	const text = (start: number, end: number) => head.toString('latin1', start, end);
	if (text(0, 3) === 'ID3') return sniff(head.subarray(id3Size(head))) === 'flac' ? 'flac' : 'mp3';
	if (isMpegFrame(head)) return 'mp3';
	if (isAdtsFrame(head)) return 'aac';
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'WAVE') return 'wav';
	if (text(0, 4) === 'OggS') return 'ogg';
	if (text(0, 4) === 'fLaC') return 'flac';
	if (text(0, 3) === '\xff\xd8\xff') return 'jpg';
	if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
	if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'gif';
	if (text(0, 2) === 'BM') return 'bmp';
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') return 'avi';
	if (text(4, 8) === 'ftyp') return BRANDS[text(8, 12)] ?? 'mp4';
	if (text(0, 4) === '\x1aE\xdf\xa3') return 'webm';
	if (text(0, 4) === '\0\0\x01\xba' || text(0, 4) === '\0\0\x01\xb3') return 'mpeg';
	if (text(0, 4) === '0&\xb2u') return 'wmv';
	return null;
}

/** The length of the ID3 tag at a file's start: some programs put one before FLAC as well. */
function id3Size(head: Buffer): number {
	const [high = 0, upper = 0, lower = 0, low = 0] = head.subarray(6, 10);
	return 10 + (high << 21) + (upper << 14) + (lower << 7) + low;
}

/**
 * @param head an image's first bytes
 * @param type what kind of image it is
 * @returns its sides in pixels, null where the head is too short or odd to tell
 */
export function imageSize(
	head: Buffer,
	type: MediaType | null,
): { width: number; height: number } | null {
	try {
		switch (type) {
			case 'png':
				return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
			case 'gif':
				return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
			case 'bmp':
				// A header of 12 bytes is OS/2's, with sides of 16 bits; heights below 0 mean top-down.
				return head.readUInt32LE(14) === 12
					? { width: head.readUInt16LE(18), height: head.readUInt16LE(20) }
					: { width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
			case 'webp':
				return webpSize(head);
			case 'jpg':
				return jpegSize(head);
			default:
				return null;
		}
	} catch {
		return null;
	}
}

/** AAC without a container: twelve sync bits and layer 0. */
function isAdtsFrame(head: Buffer): boolean {
	const [first = 0, second = 0] = head;
	return first === 0xff && (second & 0xf6) === 0xf0 && head.length > 6;
}

/** Eleven sync bits, then a layer and a bit rate that exist: AAC's ADTS has layer 0 and is none. */
function isMpegFrame(head: Buffer): boolean {
	const [first = 0, second = 0, third = 0] = head;
	const layer = (second >> 1) & 3;
	const bitRate = third >> 4;
	return first === 0xff && second >= 0xe0 && layer !== 0 && bitRate !== 15 && head.length > 3;
}

function webpSize(head: Buffer): { width: number; height: number } | null {
	switch (head.toString('latin1', 12, 16)) {
		case 'VP8 ':
			return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
		case 'VP8L': {
			const bits = head.readUInt32LE(21);
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		case 'VP8X':
			return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
		default:
			return null;
	}
}

function jpegSize(head: Buffer): { width: number; height: number } | null {
	let at = 2;
	while (at + 9 < head.length) {
		if (head[at] !== 0xff) return null;
		const marker = head.readUInt8(at + 1);
		// Start Of Frame is C0 to CF, less DHT, JPG and DAC, which share the range.
		if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
			return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
		}
		at += marker === 0xff ? 1 : 2 + head.readUInt16BE(at + 2);
	}
	return null;
}
