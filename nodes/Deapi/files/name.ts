import type { MediaType } from './kinds';

/** Characters of a name that are looked at. */
const LONGEST_LOOKED_AT = 400;

/**
 * A file name that is safe in a multipart header and fits the file's kind: plain ASCII letters, no
 * quotes, slashes, line breaks or control characters, at most 100 characters, with the ending of its
 * kind (PHP guesses from it). deAPI does not show names anywhere, so nothing is lost.
 *
 * @param original the name that n8n has for the file, if any
 * @param fallback the name without ending where the original leaves nothing over
 */
export function safeFileName(original: unknown, type: MediaType, fallback: string): string {
	const text = typeof original === 'string' || typeof original === 'number' ? String(original) : '';
	// Cut first: what follows takes long on what nobody calls a file.
	const lastPart = text.slice(-LONGEST_LOOKED_AT).split(/[/\\]/).at(-1) ?? '';
	const stem = lastPart
		.replace(/\.[A-Za-z0-9]{1,5}$/, '')
		.normalize('NFKD')
		.replace(/\p{Mark}/gu, '')
		.replace(/[^A-Za-z0-9 ._()-]+/g, '_')
		.replace(/^[ ._]+|[ ._]+$/g, '')
		.slice(0, 100);
	return `${stem === '' ? fallback : stem}.${type.extension}`;
}

/** A file's name without its ending, for what is made of it; undefined where it has none. */
export function stemOf(fileName: unknown): string | undefined {
	if (typeof fileName !== 'string') return undefined;
	const lastPart = fileName.slice(-LONGEST_LOOKED_AT).split(/[/\\]/).at(-1) ?? '';
	const stem = lastPart.replace(/\.[A-Za-z0-9]{1,5}$/, '').trim();
	return stem === '' ? undefined : stem;
}
