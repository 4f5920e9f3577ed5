import {
	AAC,
	FLAC,
	GIF,
	JPG,
	M4A,
	MOV,
	MP3,
	MP4,
	OGG,
	PNG,
	WAV,
	WEBM,
	WEBP,
	kindOf,
	textKindOf,
} from '../files/kinds';
import { id3TagSize } from '../files/mp3Frames';

/** What a result's file is, or why it is none. */
export type ResultKind = { contentType: string; extension: string } | { refused: string };

const KNOWN = [MP4, WEBM, MOV, PNG, JPG, WEBP, GIF, MP3, WAV, FLAC, OGG, M4A, AAC];
const BY_TYPE = new Map<string, string>([
	...KNOWN.map(({ contentType, extension }): [string, string] => [contentType, extension]),
	['audio/x-wav', 'wav'],
	['application/json', 'json'],
	['text/plain', 'txt'],
	['application/x-subrip', 'srt'],
]);
const TEXTS = ['txt', 'json', 'srt', 'vtt'];

/**
 * Tells what a result is. Its first bytes decide; a storage server may call everything
 * `application/octet-stream`, and a message of a server is no result, whatever it is called.
 *
 * @param head the first bytes
 * @param header the answer's `Content-Type`
 * @param url where it lies: its ending tells transcripts from messages
 */
export function resultKindOf(head: Buffer, header: string | undefined, url: string): ResultKind {
	const contentType = typeOf(header);
	const tag = id3TagSize(head);
	// A tag may be longer than the first bytes; what carries one is an MP3 nearly always.
	const found = kindOf({ head, afterTag: head.subarray(tag) }) ?? (tag > 0 ? MP3 : undefined);
	if (found !== undefined) return { contentType: found.contentType, extension: found.extension };
	const ending = endingOf(url);
	const text = textKindOf(head);
	if (text !== undefined) {
		const isTranscript = text !== 'a web page' && TEXTS.includes(ending);
		const isPlain = text === 'plain text' && contentType === 'text/plain';
		if (!isTranscript && !isPlain) {
			return { refused: `the storage server sent ${text} instead of a file` };
		}
		const extension = TEXTS.includes(ending) ? ending : 'txt';
		return { contentType: extension === 'json' ? 'application/json' : 'text/plain', extension };
	}
	const extension = BY_TYPE.get(contentType);
	if (extension !== undefined) return { contentType, extension };
	return { contentType: 'application/octet-stream', extension: 'bin' };
}

/** Whether a result is a text, such as a transcript. */
export function isText({ extension }: { extension: string }): boolean {
	return TEXTS.includes(extension);
}

/**
 * The type of an answer that calls itself a page or a message: there is no need to wait for its body.
 *
 * @returns undefined where it may be a file
 */
export function messageTypeOf(header: string | undefined, url: string): string | undefined {
	const contentType = typeOf(header);
	const isPage = /^text\/html$|json$|xml$/.test(contentType);
	return isPage && !TEXTS.includes(endingOf(url)) ? contentType : undefined;
}

function typeOf(header: string | undefined): string {
	return (header ?? '').slice(0, 200).split(';')[0]?.trim().toLowerCase() ?? '';
}

function endingOf(url: string): string {
	return /\.([a-z0-9]{2,4})$/i.exec(pathOf(url))?.[1]?.toLowerCase() ?? '';
}

function pathOf(url: string): string {
	return URL.canParse(url) ? new URL(url).pathname.slice(-200) : '';
}
