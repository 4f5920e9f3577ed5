/**
 * The answers of the service as values: a handler returns one, and only the server writes it, so
 * that a fault can change or cut it on the way.
 */
import type { Readable } from 'node:stream';

export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer | Readable;
}

/** Messages by field name, as Laravel prints them. */
export type Errors = Record<string, string[]>;

/** @returns a JSON answer with slashes escaped, as PHP prints it */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
	return {
		status,
		headers: { 'Content-Type': 'application/json', ...headers },
		body: Buffer.from(phpJson(value)),
	};
}

/** @returns JSON text as PHP's json_encode with JSON_UNESCAPED_UNICODE prints it */
export function phpJson(value: unknown): string {
	// By whole runs: a million slashes one by one are a million texts.
	return JSON.stringify(value).replaceAll(/\/+/g, (slashes) => '\\/'.repeat(slashes.length));
}

/** @returns an HTML page, as a proxy or Laravel's error page would be */
export function html(status: number, headers: Record<string, string> = {}): Answer {
	const page = `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1><p>The service is behind a page.</p></body></html>\n`;
	return {
		status,
		headers: { 'Content-Type': 'text/html; charset=UTF-8', ...headers },
		body: Buffer.from(page),
	};
}

/** @returns an error in XML, as S3 prints it */
export function xmlError(status: number, code: string, message: string): Answer {
	return {
		status,
		headers: { 'Content-Type': 'application/xml' },
		body: Buffer.from(
			`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
		),
	};
}

/** @returns the 401 for a missing, wrong or revoked key */
export function unauthenticated(): Answer {
	return json(401, { message: 'Unauthenticated.' });
}

/** @returns a 404 for a job or route that does not exist */
export function notFound(message: string): Answer {
	return json(404, { message });
}

/**
 * The 422, summed up as Laravel's ValidationException does: the first message, and how many more.
 * @param errors messages by field, in the order of the rules
 */
export function unprocessable(errors: Errors): Answer {
	const messages = Object.values(errors).flat();
	const more = messages.length - 1;
	const rest = more > 0 ? ` (and ${more} more ${more === 1 ? 'error' : 'errors'})` : '';
	return json(422, { message: `${messages[0] ?? 'The given data was invalid.'}${rest}`, errors });
}

/**
 * The 422 as the specification of prompt enhancement shows it: a list in place of an object.
 * @param errors messages by field
 */
export function listed(errors: Errors): Answer {
	const list = Object.entries(errors).map(([field, messages]) => ({ field, messages }));
	const first = list[0]?.messages[0];
	return json(422, { message: first ?? 'The given data was invalid.', errors: list });
}

/**
 * The 410 of a route that was removed.
 * @param successor the path that took its place
 */
export function gone(successor: string): Answer {
	return json(
		410,
		{ message: 'This endpoint has been removed. Use the v2 API.' },
		{ Deprecation: 'true', Link: `<https://api.deapi.ai${successor}>; rel="successor-version"` },
	);
}
