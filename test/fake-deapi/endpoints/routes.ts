/**
 * The paths of both surfaces. They differ in names only: one backend answers them.
 */
import type { Operation, Route, Surface } from '../types';

export interface Match {
	route: Route;
	surface: Surface | null;
	/** What is made, or priced; null for reads. */
	operation: Operation | null;
	/** The job named by the path, '' where none is. */
	requestId: string;
}

interface Line {
	method: string;
	pattern: RegExp;
	route: Route;
	surface: Surface;
	operation: Operation | null;
}

const V1 = '/api/v1/client';
const V2 = '/api/v2';

/** Each operation's path on v1 and v2; null: v1 never had it under one path. */
const OPERATIONS: ReadonlyArray<[Operation, Route, v1: string | null, v2: string]> = [
	['audioToVideo', 'submit', 'aud2video', 'videos/audio-syncs'],
	['speech', 'speech', 'txt2audio', 'audio/speech'],
	['music', 'music', 'txt2music', 'audio/music'],
	['transcription', 'transcription', 'transcribe', 'audio/transcriptions'],
	['picture', 'picture', 'txt2img', 'images/generations'],
	['upscale', 'upscale', 'vid-upscale', 'videos/upscales'],
	['prompt', 'prompt', null, 'prompts/enhancements'],
];

const TABLE: readonly Line[] = [
	...OPERATIONS.flatMap(([operation, route, v1, v2]): Line[] => [
		...(v1 === null ? [] : [post('v1', `${V1}/${v1}`, route, operation)]),
		...(v1 === null ? [] : [post('v1', `${V1}/${v1}/price-calculation`, 'price', operation)]),
		post('v2', `${V2}/${v2}`, route, operation),
		post('v2', `${V2}/${v2}/price`, 'price', operation),
	]),
	// Four prompt boosters and their prices, all removed: the service's pages.
	post('v1', `${V1}/prompt/[^/]+(?:/price-calculation)?`, 'prompt', 'prompt'),
	get('v1', `${V1}/request-status/([^/]+)`, 'status'),
	get('v1', `${V1}/models`, 'models'),
	get('v1', `${V1}/balance`, 'balance'),
	get('v2', `${V2}/jobs/([^/]+)`, 'status'),
	get('v2', `${V2}/models`, 'models'),
	get('v2', `${V2}/account/balance`, 'balance'),
];

const RESULT = /^\/results\/([^/]+)\/(?:output|preview)(?:\.[a-z0-9]+)?$/;

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
		return { route: 'result', surface: null, operation: null, requestId: result[1] ?? '' };
	}
	let known = false;
	for (const { pattern, method: wanted, ...line } of TABLE) {
		const found = pattern.exec(path);
		if (!found) continue;
		if (wanted === method) return { ...line, requestId: found[1] ?? '' };
		known = true;
	}
	return known ? 'method' : null;
}

/**
 * @param operation what is made
 * @param surface which API
 * @returns the path of its submit, null where the surface has none
 */
export function pathOf(operation: Operation, surface: Surface): string | null {
	const line = OPERATIONS.find(([name]) => name === operation);
	if (!line) return null;
	const [, , v1, v2] = line;
	if (surface === 'v2') return `${V2}/${v2}`;
	return v1 === null ? null : `${V1}/${v1}`;
}

function post(surface: Surface, path: string, route: Route, operation: Operation): Line {
	return { method: 'POST', pattern: new RegExp(`^${path}$`), route, surface, operation };
}

function get(surface: Surface, path: string, route: Route): Line {
	return { method: 'GET', pattern: new RegExp(`^${path}$`), route, surface, operation: null };
}
