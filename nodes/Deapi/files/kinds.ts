/**
 * Kinds of media files, told by their first bytes: names and content types from elsewhere may be wrong,
 * and deAPI looks at the content too.
 */
import { readMp3Frame } from './mp3/frame';
import { id3TagSize, mpegLayerIn } from './mp3Frames';

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

/** A file's first bytes, and those behind its ID3 tags where it starts with one. */
export interface FileHead {
	/** `HEAD_BYTES` where the file has as many, and more where its kind is not told by them. */
	head: Buffer;
	afterTag?: Buffer | undefined;
}

/** What a file is that nothing here takes, as the end of "It looks like …". */
type OtherKind = string;

const GZIP = 'a gzip archive';
const RAR = 'a RAR archive';
const SEVEN_ZIP = 'a 7-Zip archive';

type Sign = string | [text: string, offset: number];

/** Bytes that stand at a fixed place of a file. The first line that fits counts. */
const SIGNATURES: Array<[kind: MediaType | OtherKind, ...signs: Sign[]]> = [
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
	['an HEIC picture', ['ftyphei', 4]],
	['an HEIC picture', ['ftyphev', 4]],
	['an HEIC picture', ['ftypmif1', 4]],
	['an AVIF picture', ['ftypavi', 4]],
	[MP4, ['ftyp', 4]],
	[MOV, ['moov', 4]],
	[WEBM, '\x1aE\xdf\xa3'],
	[AIFF, 'FORM', ['AIF', 8]],
	[MPEG, '\x00\x00\x01\xba'],
	[MPEG, '\x00\x00\x01\xb3'],
	[WMV, '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
	['a RIFX sound file (WAV in another byte order)', 'RIFX'],
	['a Wave64 sound file', 'riff\x2e\x91\xcf\x11'],
	['an AMR sound file', '#!AMR'],
	['a SILK sound file', '#!SILK'],
	['a SILK sound file', ['#!SILK', 1]],
	['an AU sound file', '.snd\0'],
	['a CAF sound file', 'caff\0\x01'],
	['a DTS sound file', '\x7f\xfe\x80\x01'],
	["a Monkey's Audio file", 'MAC ', ['\x0f', 5]],
	['a WavPack sound file', 'wvpk'],
	['a TTA sound file', 'TTA1'],
	['a Musepack sound file', 'MPCK'],
	['a Musepack sound file', 'MP+\x07'],
	['a Musepack sound file', 'MP+\x17'],
	['a DSF sound file', 'DSD \x1c\0\0\0'],
	['a DSDIFF sound file', 'FRM8', ['DSD ', 12]],
	['an 8SVX sound file', 'FORM', ['8SVX', 8]],
	['a VOC sound file', 'Creative Voice File'],
	['a RealAudio file', '.ra\xfd'],
	['a RealMedia file', '.RMF'],
	['a MIDI file, which has notes and no sound', 'MThd'],
	['a MIDI file, which has notes and no sound', 'RIFF', ['RMID', 8]],
	['an MXF file', '\x06\x0e\x2b\x34'],
	['an FLV file', 'FLV\x01'],
	['an MPEG transport stream', '\x47', ['\x47', 188], ['\x47', 376], ['\x47', 564]],
	['an MPEG transport stream', ['\x47', 4], ['\x47', 196], ['\x47', 388], ['\x47', 580]],
	['a TIFF picture', 'II*\0'],
	['a TIFF picture', 'MM\0*'],
	['a Photoshop file', '8BPS'],
	[PDF, '%PDF'],
	[ZIP, 'PK\x03\x04'],
	[GZIP, '\x1f\x8b\x08'],
	[RAR, 'Rar!\x1a\x07'],
	[SEVEN_ZIP, '7z\xbc\xaf\x27\x1c'],
];

/** "BM" alone is too little: the header's size, which follows, has a handful of values. */
const BMP_HEADERS = [12, 40, 52, 56, 64, 108, 124];

/** The kind of a file by its bytes, or undefined where it is none of those that somebody takes. */
export function kindOf(content: FileHead): MediaType | undefined {
	const found = recognise(content);
	return typeof found === 'string' ? undefined : found;
}

/** The same, and what else is known by name. */
export function recognise({ head, afterTag }: FileHead): MediaType | OtherKind | undefined {
	// A tag that promises more than there is has nothing behind it; the sound may lie where it claims to be.
	const bytes = afterTag === undefined || afterTag.length === 0 ? head : afterTag;
	for (const [found, ...signs] of SIGNATURES) {
		const fits = signs.every((sign) =>
			typeof sign === 'string' ? startsWith(bytes, sign) : startsWith(bytes, sign[0], sign[1]),
		);
		if (fits) return found;
	}
	const isBmp = startsWith(bytes, 'BM') && bytes.length > 18;
	if (isBmp && BMP_HEADERS.includes(bytes.readUInt32LE(14))) return BMP;
	if (isAac(bytes)) return AAC;
	if (startsWith(bytes, '\x0b\x77')) return dolbyOf(bytes);
	const layer = mpegLayerIn(bytes);
	if (layer === undefined) return kindBehindJunk(bytes);
	return layer === 3 ? MP3 : `an MP${layer} sound file (MPEG Layer ${layer})`;
}

/** A FLAC stream begins with a block of 34 bytes that says what it is (RFC 9639, section 8). */
const FLAC_START = ['fLaC\0\0\0\x22', 'fLaC\x80\0\0\x22'];

/** A sound that begins behind something else, by starts too long to be there by chance. */
function kindBehindJunk(bytes: Buffer): MediaType | undefined {
	for (let at = bytes.indexOf('OggS\0'); at !== -1; at = bytes.indexOf('OggS\0', at + 1)) {
		// The first page of a stream, whose number in it is 0 (RFC 3533, section 6).
		const isFirst = at + 27 <= bytes.length && ((bytes[at + 5] ?? 0) & 0xfa) === 2;
		if (isFirst && bytes.readUInt32LE(at + 18) === 0) return OGG;
	}
	return FLAC_START.some((start) => bytes.includes(start, 0, 'latin1')) ? FLAC : undefined;
}

/** Whether an MP3 or OGG file begins with what others know its kind by, and not with something else. */
export function beginsAsItIs(head: Buffer, type: MediaType): boolean {
	if (type === OGG) return startsWith(head, 'OggS');
	return type !== MP3 || id3TagSize(head) > 0 || readMp3Frame(head, 0) !== undefined;
}

/** AC-3 and its successor begin with the same word; the stream's number tells them apart (ETSI TS 102 366). */
function dolbyOf(bytes: Buffer): OtherKind | undefined {
	const stream = (bytes[5] ?? 0xff) >>> 3;
	if (stream > 16) return undefined;
	return stream > 10 ? 'an E-AC-3 sound file' : 'an AC-3 sound file';
}

/** An ADTS header: the sync word with layer 0. */
function isAac(bytes: Buffer): boolean {
	return bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0;
}

function startsWith(bytes: Buffer, text: string, offset = 0): boolean {
	return bytes.toString('latin1', offset, offset + text.length) === text;
}

/** What a file holds that is no media file. */
export type TextKind = 'a web page' | 'JSON text' | 'a playlist' | 'plain text';

/** What text a file holds, by its first bytes; undefined where it is no text. */
export function textKindOf(head: Buffer): TextKind | undefined {
	const start = decodeStart(head.subarray(0, 512)).trimStart().toLowerCase();
	if (start.startsWith('<')) return 'a web page';
	if (/^(#extm3u|\[playlist\])/.test(start)) return 'a playlist';
	if (start.startsWith('{') || start.startsWith('[')) return 'JSON text';
	// Control characters other than line breaks and tabs do not occur in text.
	return /^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(start) ? 'plain text' : undefined;
}

/** Text as it was saved: some programs put a mark in front that tells the encoding. */
function decodeStart(bytes: Buffer): string {
	if (startsWith(bytes, '\xff\xfe')) return bytes.toString('utf16le', 2);
	return bytes.toString('latin1', startsWith(bytes, '\xef\xbb\xbf') ? 3 : 0);
}

/** Whether a file has to be unpacked before anything is done with it. */
export function isArchive(content: FileHead): boolean {
	const found = recognise(content);
	return found !== undefined && [ZIP, GZIP, RAR, SEVEN_ZIP].includes(found);
}

/**
 * What a refused file seems to be, as the end of "The file looks like …", so that the user sees at
 * once that a download went wrong or which conversion is needed.
 */
export function describeLooks(content: FileHead): string | undefined {
	const found = recognise(content);
	if (found === undefined) return textKindOf(content.head);
	if (typeof found === 'string') return found;
	if (found === PDF) return 'a PDF document';
	if (found === ZIP) return 'a ZIP archive';
	if (found === WEBM) return 'a WebM or Matroska file';
	if (found === WMV) return 'a WMA or WMV file';
	if (found === MP4) return 'an MP4 or M4A file';
	const isSound = [M4A, AAC, AIFF].includes(found) ? ' sound' : '';
	return `${/^[AMO]/.test(found.name) ? 'an' : 'a'} ${found.name}${isSound} file`;
}
