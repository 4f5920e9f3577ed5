/** The files that operations on sound and video take, and where the user gives them. */
import type { MediaType } from '../files/kinds';
import { BMP, FLAC, GIF, JPG, MP3, OGG, PNG, WAV, WEBP } from '../files/kinds';
import type { Call } from '../engine/call';
import { isObject } from '../basics/values';
import type { Failure } from '../engine/failure';
import type { Complaints } from './checks/complaints';
import type { FilePart, FileRule, WantedFile } from './files';
import { MB } from './files';

/** Source: deAPI's specification of `audio`: 20 MB; the seed names MP3, WAV, OGG and FLAC. */
export const SOUND: FileRule = {
	name: 'audio',
	kinds: [MP3, WAV, OGG, FLAC],
	kindsText: 'an MP3, WAV, OGG or FLAC file',
	limit: 20 * MB,
	advice: { tooLarge: 'Shorten it, or save it as MP3.', wrongKind: 'Convert it to MP3 first.' },
};

/** Source: deAPI's specification of the frame images: 10 MB. */
export function pictureRule(name: string): FileRule {
	return {
		name,
		kinds: [JPG, PNG, GIF, BMP, WEBP],
		kindsText: 'a JPG, PNG, GIF, BMP or WebP picture',
		limit: 10 * MB,
		advice: { tooLarge: 'Use a smaller picture.', wrongKind: 'Convert it to PNG or JPG first.' },
	};
}

/** The sound that the fields Audio Source, Input Audio Field and Audio URL name. */
export function wantedSound(call: Call, rule: FileRule = SOUND): WantedFile {
	return call.parameter('audioSource', 'binary') === 'url'
		? { rule, source: { parameter: 'audioUrl', url: call.parameter('audioUrl', '') } }
		: {
				rule,
				source: {
					parameter: 'binaryPropertyName',
					field: call.parameter('binaryPropertyName', ''),
				},
			};
}

/** The options that name a picture: a binary field, or a URL. */
export interface PictureOptions {
	name: string;
	field: string;
	url: string;
}

export const FIRST_FRAME: PictureOptions = {
	name: 'first_frame_image',
	field: 'firstFrameBinaryProperty',
	url: 'firstFrameUrl',
};
export const LAST_FRAME: PictureOptions = {
	name: 'last_frame_image',
	field: 'lastFrameBinaryProperty',
	url: 'lastFrameUrl',
};

/** A picture that an option names, if any. */
export function wantedPicture(
	{ options }: Call,
	names: PictureOptions,
	complaints: Complaints,
): WantedFile[] {
	const rule = pictureRule(names.name);
	const [field, url] = [options[names.field], options[names.url]];
	const isSet = (value: unknown) => value !== undefined && value !== null && value !== '';
	if (isSet(field) && isSet(url)) {
		const other = complaints.label(names.url);
		complaints.add(names.field, `and ${other} are both set`, 'Remove one of them.');
		return [];
	}
	if (isSet(field)) return [{ rule, source: { parameter: names.field, field } }];
	return isSet(url) ? [{ rule, source: { parameter: names.url, url } }] : [];
}

/**
 * Source: deAPI's page of audio-to-video, which since July 2026 names MP3 and OGG only; its specification
 * and its tester still offer WAV and FLAC.
 */
const DOUBTFUL_KINDS: readonly MediaType[] = [WAV, FLAC];

/**
 * A sound that deAPI refused may be of a kind that it no longer takes.
 *
 * @param failure what deAPI's refusal means, with the refused fields in its details
 */
export function withOtherKinds(failure: Failure, files: FilePart[]): Failure {
	const { errors } = failure.facts.details ?? {};
	const part = files.find(
		({ name, type }) => isObject(errors) && name in errors && DOUBTFUL_KINDS.includes(type),
	);
	if (part === undefined) return failure;
	const advice = `${part.subject} is a ${part.type.name} file: MP3 or OGG will do.`;
	return failure.with({ description: `${failure.facts.description} ${advice}` });
}
