/**
 * The paths of both surfaces. They differ in names only: one backend answers them.
 */
import type { Route, Surface } from './types';

export interface Match {
	route: Route;
	surface: Surface | null;
	/** The job named by the path, '' where none is. */
	requestId: string;
}

const TABLE: ReadonlyArray<[method: string, pattern: RegExp, route: Route, surface: Surface]> = [
	['POST', /^\/api\/v1\/client\/aud2video$/, 'submit', 'v1'],
	['POST', /^\/api\/v1\/client\/aud2video\/price-calculation$/, 'price', 'v1'],
	['GET', /^\/api\/v1\/client\/request-status\/([^/]+)$/, 'status', 'v1'],
	['GET', /^\/api\/v1\/client\/models$/, 'models', 'v1'],
	['GET', /^\/api\/v1\/client\/balance$/, 'balance', 'v1'],
	['POST', /^\/api\/v1\/client\/txt2audio$/, 'speech', 'v1'],
	['POST', /^\/api\/v2\/videos\/audio-syncs$/, 'submit', 'v2'],
	['POST', /^\/api\/v2\/videos\/audio-syncs\/price$/, 'price', 'v2'],
	['GET', /^\/api\/v2\/jobs\/([^/]+)$/, 'status', 'v2'],
	['GET', /^\/api\/v2\/models$/, 'models', 'v2'],
	['GET', /^\/api\/v2\/account\/balance$/, 'balance', 'v2'],
	['POST', /^\/api\/v2\/audio\/speech$/, 'speech', 'v2'],
];

const RESULT = /^\/results\/([^/]+)\/(?:output\.mp4|preview\.png)$/;

/**
 * @param method the request's method
 * @param path the request's path without its query
 * @returns what the request is for; null for an unknown path, 'method' for a known one that takes
 *   other methods
 */
export function matchRoute(method: string, path: string): Match | 'method' | null {
	const result = RESULT.exec(path);
	if (result) {
		// A signature is good for one method.
		if (method !== 'GET') return 'method';
		return { route: 'result', surface: null, requestId: result[1] ?? '' };
	}
	let known = false;
	for (const [wanted, pattern, route, surface] of TABLE) {
		const found = pattern.exec(path);
		if (!found) continue;
		if (wanted === method) return { route, surface, requestId: found[1] ?? '' };
		known = true;
	}
	return known ? 'method' : null;
}
