/** The files that operations on sounds, pictures and videos take, and where the user gives them. */
import {
	AVI,
	BMP,
	FLAC,
	GIF,
	JPG,
	MOV,
	MP3,
	MP4,
	MPEG,
	OGG,
	PNG,
	WAV,
	WEBP,
	WMV,
} from '../files/kinds';
import type { Call } from '../engine/call';
import type { ValidationErrors } from './checks/validationErrors';
import { chosenWord } from './checks/values';
import { isSet } from './fileFields';
import type { FileRule, WantedFile } from './files';
import { MB } from './files';

/** Source: deAPI's specification of `audio`: 20 MB. WAV and FLAC, which the seed names, are sent as MP3. */
export const SOUND: FileRule = {
	name: 'audio',
	kinds: [MP3, WAV, OGG, FLAC],
	kindsText: 'an MP3, WAV, OGG or FLAC file',
	limit: 20 * MB,
	advice: { tooLarge: 'Shorten it, or save it as MP3.', wrongKind: 'Convert it to MP3 first.' },
};

/** Source: deAPI's specification: 10 MB, and for the frame images 64 to 5000 pixels a side. */
export function pictureRule(name: string): FileRule {
	return {
		name,
		kinds: [JPG, PNG, GIF, BMP, WEBP],
		kindsText: 'a JPG, PNG, GIF, BMP or WebP picture',
		limit: 10 * MB,
		sides: { min: 64, max: 5000 },
		advice: { tooLarge: 'Use a smaller picture.', wrongKind: 'Convert it to PNG or JPG first.' },
	};
}

/** Source: deAPI's specification of `video`. */
export const VIDEO: FileRule = {
	name: 'video',
	kinds: [MP4, MPEG, MOV, AVI, WMV, OGG],
	kindsText: 'an MP4, MPEG, MOV, AVI, WMV or OGG video',
	limit: 50 * MB,
	advice: { tooLarge: 'Shorten it.', wrongKind: 'Convert it to MP4 first.' },
};

/**
 * The sound that the fields Audio Source, Input Audio Field and Audio URL name.
 *
 * @throws {Failure} where 'Audio Source' is neither
 */
export function wantedSound(call: Call, rule: FileRule = SOUND): WantedFile {
	return chosenWord(call, 'audioSource', ['binary', 'url'], 'binary') === 'url'
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
	validationErrors: ValidationErrors,
): WantedFile[] {
	const rule = pictureRule(names.name);
	const [field, url] = [options[names.field], options[names.url]];
	if (isSet(field) && isSet(url)) {
		const other = validationErrors.label(names.url);
		validationErrors.add(names.field, `and ${other} are both set`, 'Remove one of them.');
		return [];
	}
	if (isSet(field)) return [{ rule, source: { parameter: names.field, field } }];
	return isSet(url) ? [{ rule, source: { parameter: names.url, url } }] : [];
}
