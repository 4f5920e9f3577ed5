/**
 * The rules of file parts: Laravel's `file`, `mimes`, `max` (in kilobytes) and `dimensions`.
 */
import { CONTENT_TYPES } from '../http/media';
import type { MediaType, RecordedPart } from '../types';
import type { ErrorList } from './errors';

export const MB = 1024 * 1024;
const MIN_IMAGE_SIDE = 64;
const MAX_IMAGE_SIDE = 5000;

/**
 * @param part a part that should be a file
 * @param types the kinds allowed, by content
 * @param limit the most bytes
 * @param errors gets what is wrong
 */
export function checkFile(
	part: RecordedPart,
	types: readonly MediaType[],
	limit: number,
	errors: ErrorList,
): void {
	if (part.kind !== 'file' || !part.filename) {
		errors.add(part.name, 'must be a file.');
		return;
	}
	if (part.mediaType === null || !types.includes(part.mediaType)) {
		errors.add(part.name, `must be a file of type: ${types.join(', ')}.`);
	} else if (!isTrueType(part.contentType, part.mediaType)) {
		const said = part.contentType ?? 'none';
		errors.add(part.name, `holds ${part.mediaType}, which its Content-Type (${said}) denies.`);
	}
	if (part.size > limit) {
		errors.add(part.name, `must not be greater than ${limit / 1024} kilobytes.`);
	}
	const sides = part.imageSize ? [part.imageSize.width, part.imageSize.height] : [];
	if (sides.some((side) => side < MIN_IMAGE_SIDE || side > MAX_IMAGE_SIDE)) {
		errors.add(part.name, 'has invalid image dimensions.');
	}
}

function isTrueType(contentType: string | null, type: MediaType): boolean {
	const essence = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
	return CONTENT_TYPES[type].includes(essence);
}
