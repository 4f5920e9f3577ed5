/**
 * The paths of both surfaces. They differ in names only: one backend answers them.
 */
import { OPERATION_NAMES, OPERATIONS } from '../operations';
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

const TABLE: readonly Line[] = [
	...OPERATION_NAMES.flatMap((operation): Line[] => {
		const route = routeOf(operation);
		const v1 = pathOf(operation, 'v1');
		const { removed } = OPERATIONS[operation];
		return [
			...(v1 === null ? [] : [post('v1', v1, route, operation)]),
			...(v1 === null ? [] : [post('v1', pricePathOf(operation, 'v1'), 'price', operation)]),
			...(removed === undefined ? [] : [post('v1', `${V1}/${removed}`, route, operation)]),
			post('v2', pathOf(operation, 'v2'), route, operation),
			post('v2', pricePathOf(operation, 'v2'), 'price', operation),
		];
	}),
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
export function pathOf(operation: Operation, surface: 'v2'): string;
export function pathOf(operation: Operation, surface: Surface): string | null;
export function pathOf(operation: Operation, surface: Surface): string | null {
	const { v1, v2 } = OPERATIONS[operation].path;
	if (surface === 'v2') return `${V2}/${v2}`;
	return v1 === null ? null : `${V1}/${v1}`;
}

/** @returns the path of the question for the price, on a surface that has one */
export function pricePathOf(operation: Operation, surface: Surface): string {
	const { priceOnV1 = '/price-calculation' } = OPERATIONS[operation];
	return `${pathOf(operation, surface)}${surface === 'v1' ? priceOnV1 : '/price'}`;
}

/** @returns what a record calls a submit of the operation: that of videos is the usual one */
export function routeOf(operation: Operation): Route {
	return operation === 'audioToVideo' ? 'submit' : operation;
}

function post(surface: Surface, path: string, route: Route, operation: Operation): Line {
	return { method: 'POST', pattern: new RegExp(`^${path}$`), route, surface, operation };
}

function get(surface: Surface, path: string, route: Route): Line {
	return { method: 'GET', pattern: new RegExp(`^${path}$`), route, surface, operation: null };
}
