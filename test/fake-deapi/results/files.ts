/**
 * What comes of a job: which file, of which kind, and what a transcript says.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';

import { OPERATIONS } from '../operations';
import type { ResultKind } from '../operations/operation';
import { isOn } from '../rules/values';
import type { FakeJob, FakeSettings, ResultFile } from '../types';
import { filler } from './filler';
import { filmOf } from './films';

const FIXTURES = join(__dirname, '..', '..', 'fixtures');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
	flac: 'audio/flac',
	ogg: 'audio/ogg',
	png: 'image/png',
	jpg: 'image/jpeg',
	webp: 'image/webp',
	mp4: 'video/mp4',
	txt: 'text/plain; charset=utf-8',
	json: 'application/json',
};

/** What `speech.mp3` says, with the times of its sentences in seconds. */
const SPOKEN = [
	{ start: 0, end: 0.9, text: 'Hello.' },
	{ start: 0.9, end: 3.4, text: 'This is a short spoken line, made by a machine,' },
	{ start: 3.4, end: 6.9, text: 'to test how a voice becomes a video.' },
];

/** A file to hand out. */
export interface Content {
	type: string;
	/** Bytes. */
	size: number;
	body: Buffer | Readable;
}

/** @returns the MP4 of the fixtures, or 4 KiB that begin like one where there is none */
export function defaultResult(): ResultFile {
	const fixture = join(FIXTURES, 'result.mp4');
	return existsSync(fixture) ? fixture : { size: 4096 };
}

/** @returns what kind of thing a job makes */
export function kindOf({ operation }: FakeJob): ResultKind | null {
	return OPERATIONS[operation].result;
}

/** @returns the ending of a job's result, which tells its kind */
export function endingOf(job: FakeJob, settings: FakeSettings): string {
	switch (kindOf(job)) {
		case 'song':
			return job.fields.format ?? 'mp3';
		case 'speech':
			return 'mp3';
		case 'picture':
		case 'png':
			return 'png';
		case 'text':
			return /^[[{]/.test(transcriptOf(job, settings)) ? 'json' : 'txt';
		default:
			return 'mp4';
	}
}

/** @returns what a transcription job wrote down; with times as JSON where they were asked for */
export function transcriptOf(job: FakeJob, { transcript }: FakeSettings): string {
	if (typeof transcript === 'function') return transcript(job);
	if (transcript !== undefined) return transcript;
	const { include_ts, diarize, ts_level } = job.fields;
	if (!isOn(include_ts) && !isOn(diarize)) return SPOKEN.map(({ text }) => text).join(' ');
	const units = ts_level === 'word' ? SPOKEN.flatMap(wordsOf) : SPOKEN;
	const speaker = isOn(diarize) ? { speaker: 'SPEAKER_00' } : {};
	return JSON.stringify(units.map((unit) => ({ ...unit, ...speaker })));
}

/** @returns the words of a sentence, each with an even share of its time */
function wordsOf({ start, end, text }: (typeof SPOKEN)[number]): typeof SPOKEN {
	const words = text.split(' ');
	const at = (index: number) =>
		Math.round((start + ((end - start) * index) / words.length) * 100) / 100;
	return words.map((word, index) => ({ start: at(index), end: at(index + 1), text: word }));
}

/**
 * @param job a job that is done
 * @param ending which of its files
 * @param settings the file of videos, and how they are made
 * @returns the file
 */
export async function contentOf(
	job: FakeJob,
	ending: string,
	settings: FakeSettings,
): Promise<Content> {
	const type = CONTENT_TYPES[ending] ?? 'application/octet-stream';
	const { film, picture, resultFile, results, songFile } = settings;
	switch (kindOf(job)) {
		case 'text':
			return fromBuffer(type, Buffer.from(transcriptOf(job, settings)));
		case 'speech':
			return fromDisk(type, 'speech.mp3');
		case 'song':
			return fromDisk(type, songFile ?? `song.${ending}`);
		case 'picture':
		case 'png':
			return picture && ending === 'png'
				? fromBuffer(type, picture(job))
				: fromDisk(type, `frame.${ending}`);
		case 'film':
			if (results !== 'film') break;
			return fromBuffer(type, await filmOf(job, typeof film === 'function' ? film(job) : film));
		default:
	}
	if (Buffer.isBuffer(resultFile)) return fromBuffer(type, resultFile);
	if (typeof resultFile === 'object') {
		return { type, size: resultFile.size, body: filler(resultFile.size) };
	}
	return { type, size: statSync(resultFile).size, body: createReadStream(resultFile) };
}

function fromBuffer(type: string, bytes: Buffer): Content {
	return { type, size: bytes.length, body: bytes };
}

function fromDisk(type: string, name: string): Content {
	const path = resolve(FIXTURES, name);
	return { type, size: statSync(path).size, body: createReadStream(path) };
}
