/**
 * Kinds of media files, told by their first bytes: names and content types from elsewhere may be wrong,
 * and deAPI looks at the content too.
 */
import { hasMp3Frames, id3TagSize } from './mp3Frames';

/** A kind of file, told by its bytes. */
export interface MediaType {
	/** As people call it: `MP3`. */
	name: string;
	/** The ending that a file of this kind gets, without the dot. */
	extension: string;
	contentType: string;
}

const kind = (name: string, extension: string, contentType: string): MediaType => ({
	name,
	extension,
	contentType,
});

export const MP3 = kind('MP3', 'mp3', 'audio/mpeg');
export const WAV = kind('WAV', 'wav', 'audio/wav');
export const OGG = kind('OGG', 'ogg', 'audio/ogg');
export const FLAC = kind('FLAC', 'flac', 'audio/flac');
export const M4A = kind('M4A', 'm4a', 'audio/mp4');
export const AAC = kind('AAC', 'aac', 'audio/aac');
export const AIFF = kind('AIFF', 'aiff', 'audio/aiff');
export const MP4 = kind('MP4', 'mp4', 'video/mp4');
export const MOV = kind('MOV', 'mov', 'video/quicktime');
export const AVI = kind('AVI', 'avi', 'video/x-msvideo');
export const MPEG = kind('MPEG', 'mpeg', 'video/mpeg');
export const WMV = kind('WMV', 'wmv', 'video/x-ms-wmv');
export const WEBM = kind('WebM', 'webm', 'video/webm');
export const PNG = kind('PNG', 'png', 'image/png');
export const JPG = kind('JPG', 'jpg', 'image/jpeg');
export const GIF = kind('GIF', 'gif', 'image/gif');
export const BMP = kind('BMP', 'bmp', 'image/bmp');
export const WEBP = kind('WebP', 'webp', 'image/webp');
const PDF = kind('PDF', 'pdf', 'application/pdf');
const ZIP = kind('ZIP', 'zip', 'application/zip');

/** How much of a file's start is needed to tell its kind, in bytes. */
export const HEAD_BYTES = 16 * 1024;

/** A file's first bytes, and those behind an ID3 tag where it starts with one. */
export interface FileHead {
	/** `HEAD_BYTES` where the file has as many. */
	head: Buffer;
	afterTag?: Buffer | undefined;
}

/** Bytes that stand at a fixed place of a file. */
const SIGNATURES: Array<[kind: MediaType, ...signs: Array<string | [string, number]>]> = [
	[WAV, 'RIFF', ['WAVE', 8]],
	[WAV, 'RF64', ['WAVE', 8]],
	[WAV, 'BW64', ['WAVE', 8]],
	[WEBP, 'RIFF', ['WEBP', 8]],
	[AVI, 'RIFF', ['AVI ', 8]],
	[OGG, 'OggS'],
	[FLAC, 'fLaC'],
	[PNG, '\x89PNG\r\n\x1a\n'],
	[JPG, '\xff\xd8\xff'],
	[GIF, 'GIF87a'],
	[GIF, 'GIF89a'],
	[M4A, ['ftypM4A', 4]],
	[M4A, ['ftypM4B', 4]],
	[MOV, ['ftypqt', 4]],
	[MP4, ['ftyp', 4]],
	[MOV, ['moov', 4]],
	[WEBM, '\x1aE\xdf\xa3'],
	[AIFF, 'FORM', ['AIF', 8]],
	[MPEG, '\x00\x00\x01\xba'],
	[MPEG, '\x00\x00\x01\xb3'],
	[WMV, '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
	[PDF, '%PDF'],
	[ZIP, 'PK\x03\x04'],
];

/** "BM" alone is too little: the header's size, which follows, has a handful of values. */
const BMP_HEADERS = [12, 40, 52, 56, 64, 108, 124];

/** The kind of a file by its bytes, or undefined where it is none of those known here. */
export function kindOf({ head, afterTag }: FileHead): MediaType | undefined {
	if (id3TagSize(head) > 0) {
		if (afterTag === undefined || afterTag.length === 0) return undefined;
		// Some programs put an ID3 tag before FLAC; AAC streams have one as well.
		if (startsWith(afterTag, 'fLaC')) return FLAC;
		return isAac(afterTag) ? AAC : hasMp3Frames(afterTag) ? MP3 : undefined;
	}
	for (const [found, ...signs] of SIGNATURES) {
		const fits = signs.every((sign) =>
			typeof sign === 'string' ? startsWith(head, sign) : startsWith(head, sign[0], sign[1]),
		);
		if (fits) return found;
	}
	const isBmp = startsWith(head, 'BM') && head.length > 18;
	if (isBmp && BMP_HEADERS.includes(head.readUInt32LE(14))) return BMP;
	if (isAac(head)) return AAC;
	return hasMp3Frames(head) ? MP3 : undefined;
}

/** An ADTS header: the sync word with layer 0. */
function isAac(bytes: Buffer): boolean {
	return bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0;
}

function startsWith(bytes: Buffer, text: string, offset = 0): boolean {
	return bytes.toString('latin1', offset, offset + text.length) === text;
}

/** What a file holds that is no media file. */
export type TextKind = 'a web page' | 'JSON text' | 'plain text';

/** What text a file holds, by its first bytes; undefined where it is no text. */
export function textKindOf(head: Buffer): TextKind | undefined {
	const start = head.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
	if (start.startsWith('<')) return 'a web page';
	if (start.startsWith('{') || start.startsWith('[')) return 'JSON text';
	// Control characters other than line breaks and tabs do not occur in text.
	return /^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(start) ? 'plain text' : undefined;
}

/**
 * What a refused file seems to be, as the end of "The file looks like …", so that the user sees at
 * once that a download went wrong or which conversion is needed.
 */
export function describeLooks(content: FileHead): string | undefined {
	const found = kindOf(content);
	if (found === undefined) return textKindOf(content.head);
	if (found === PDF) return 'a PDF document';
	if (found === ZIP) return 'a ZIP archive';
	if (found === WEBM) return 'a WebM or Matroska file';
	if (found === MP4) return 'an MP4 or M4A file';
	const isSound = [M4A, AAC, AIFF].includes(found) ? ' sound' : '';
	return `${/^[AMO]/.test(found.name) ? 'an' : 'a'} ${found.name}${isSound} file`;
}
