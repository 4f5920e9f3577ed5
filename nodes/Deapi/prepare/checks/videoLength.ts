import { secondsText } from '../../basics/values';
import type { Call } from '../../engine/call';
import { CANCELED, Failure } from '../../engine/failure';
import { MOV, MP4 } from '../../files/kinds';
import { readMp4Length } from '../../files/mp4/length';
import type { Model } from '../../service/models';
import { videoRangeOf } from '../../service/models';
import type { FilePart } from '../files';
import { lookInto } from '../files';

/** A video may be longer or shorter by a frame: nobody knows how deAPI rounds. */
const TOLERANCE_S = 1 / 24;

/**
 * Checks how long a video is that goes in, where its kind tells. Of other kinds only deAPI can tell.
 *
 * Source: the models endpoint: `max_video_duration_seconds` and the like.
 *
 * @param model undefined where its limits are not known
 * @throws {Failure} with the length and what the model takes
 */
export async function checkVideoLength(
	call: Call,
	part: FilePart | undefined,
	model: Model | undefined,
): Promise<void> {
	if (model === undefined || part === undefined || ![MP4, MOV].includes(part.type)) return;
	const { min = 0, max = Infinity } = videoRangeOf(model);
	if (min === 0 && max === Infinity) return;
	const seconds = await lengthOf(call, part);
	if (seconds === undefined) return;
	if (seconds >= min - TOLERANCE_S && seconds <= max + TOLERANCE_S) return;
	const lowest = min > 0 ? `${min} to ` : 'up to ';
	const taken = max === Infinity ? `${min} seconds or more` : `${lowest}${secondsText(max)}`;
	throw new Failure({
		message: `${part.subject} is ${secondsText(seconds)} long; the model ${model.name} takes ${taken}`,
		description: `Use a ${seconds < min ? 'longer' : 'shorter'} video, or choose another 'Model'. Nothing was sent.`,
		submitted: 'no',
	});
}

/** Where it cannot be read, its upload will say so. */
async function lengthOf(call: Call, { file }: FilePart): Promise<number | undefined> {
	try {
		return await lookInto(call.run, async () => await readMp4Length(file));
	} catch {
		if (call.isCanceled) throw CANCELED;
		return undefined;
	}
}
