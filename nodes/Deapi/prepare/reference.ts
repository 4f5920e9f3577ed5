/** Sounds that are an example to the model: of a voice, or of a style of music. */
import { secondsText } from '../basics/values';
import { M4A, MP3, OGG } from '../files/kinds';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import type { ApiVersion } from '../service/endpoints';
import type { Model } from '../service/models';
import type { Range } from '../service/models';
import { rangeOf } from '../service/models';
import { isSet } from './fileFields';
import type { FilePart, FileRule, WantedFile } from './files';
import { MB } from './files';
import { knownLength } from './sound';

/** The option that names the binary field. */
const OPTION = 'referenceBinaryProperty';

/** Source: deAPI's specification: MP3, OGG or M4A; 10 MB, 15 MB by that of v1. */
function referenceRule(name: string, version: ApiVersion): FileRule {
	return {
		name,
		kinds: [MP3, OGG, M4A],
		kindsText: 'an MP3, OGG or M4A file',
		limit: (version === 'v2' ? 10 : 15) * MB,
		advice: { tooLarge: 'Shorten it, or save it as MP3.', wrongKind: 'Convert it to MP3 first.' },
	};
}

/**
 * The reference sound that the options name, if any.
 *
 * @param name deAPI's name of the field
 */
export function wantedReference(
	{ options }: Call,
	name: string,
	version: ApiVersion,
): WantedFile[] {
	const field = options[OPTION];
	if (!isSet(field)) return [];
	return [{ rule: referenceRule(name, version), source: { parameter: OPTION, field } }];
}

/**
 * Checks how long a reference sound is. Where its length cannot be told, as with M4A, deAPI decides.
 *
 * @param usual seconds, for a model that does not say
 * @throws {Failure} where it is too short or too long
 */
export async function checkReference(
	call: Call,
	part: FilePart | undefined,
	model: Model | undefined,
	usual: Range = {},
): Promise<void> {
	const seconds = part === undefined ? undefined : await knownLength(call, part);
	if (seconds === undefined) return;
	const own = model === undefined ? {} : rangeOf(model, 'ref_audio_duration');
	const { min = usual.min ?? 0, max = usual.max ?? Infinity } = own;
	// Encoders add some hundredths of a second.
	if (seconds >= min - TOLERANCE_S && seconds <= max + TOLERANCE_S) return;
	const allowed = max === Infinity ? `${min} seconds or more` : `${min} to ${max} seconds`;
	throw new Failure({
		message: `The sound in ${call.label(OPTION)} is ${secondsText(seconds)} long`,
		description: `deAPI takes ${allowed}. Cut it to that length. Nothing was sent.`,
		submitted: 'no',
	});
}

const TOLERANCE_S = 0.05;
