import { Failure } from '../../engine/failure';
import { countText } from '../../basics/values';

/** The pictures that a clip begins and ends with, counted from 0; undefined where it has none. */
export interface ClipPictures {
	firstPicture?: number;
	lastPicture?: number;
}

/**
 * Spreads the pictures of 'Keyframe Image Fields' over the film. The places for them are the start,
 * every cut between two clips, and the end. One picture is in all places; of several, the first
 * is at the start, the last at the end, and the others evenly between them.
 *
 * @param pictures their number
 * @param clips their number
 * @returns an entry a clip
 * @throws {Failure} where there are more pictures than places
 */
export function spreadPictures(pictures: number, clips: number): ClipPictures[] {
	const places = clips + 1;
	if (pictures > places) {
		throw new Failure({
			message: `'Keyframe Image Fields' has ${pictures} pictures; ${countText(clips, 'clip')} can show ${places}`,
			description:
				"Pictures are shown at the start, at the cuts between clips, and at the end. Use fewer pictures, or make more cuts with times in 'Scenes'.",
			submitted: 'no',
		});
	}
	const at = pictureByPlace(pictures, clips);
	return Array.from({ length: clips }, (_, index) => ({
		firstPicture: at.get(index),
		lastPicture: at.get(index + 1),
	}));
}

/** The picture that stands at a place; places are counted from 0, the start. */
function pictureByPlace(pictures: number, clips: number): Map<number, number> {
	if (pictures === 1) return new Map(Array.from({ length: clips + 1 }, (_, place) => [place, 0]));
	return new Map(
		Array.from({ length: pictures }, (_, picture) => [
			Math.round((picture * clips) / (pictures - 1)),
			picture,
		]),
	);
}
