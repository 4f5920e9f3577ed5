/**
 * The paths of deAPI's two API surfaces, in one table. v1 is what the credential chooses by default;
 * v2 is where deAPI adds new things. Jobs are shared: a request ID from one can be read on the other.
 *
 * Source: deAPI's OpenAPI specification, `/api/v1/client/*` and `/api/v2/*`.
 */
const ENDPOINTS = {
	submit: { v1: '/api/v1/client/aud2video', v2: '/api/v2/videos/audio-syncs' },
	price: {
		v1: '/api/v1/client/aud2video/price-calculation',
		v2: '/api/v2/videos/audio-syncs/price',
	},
	job: { v1: '/api/v1/client/request-status', v2: '/api/v2/jobs' },
	models: { v1: '/api/v1/client/models', v2: '/api/v2/models' },
	balance: { v1: '/api/v1/client/balance', v2: '/api/v2/account/balance' },
} as const;

export type Endpoint = keyof typeof ENDPOINTS;
export type ApiVersion = 'v1' | 'v2';

export const DEFAULT_BASE_URL = 'https://api.deapi.ai';

/** The credential's base URL without spaces and slashes at its end, as an n8n expression. */
export const BASE_URL_EXPRESSION = `={{ ($credentials.baseUrl || "${DEFAULT_BASE_URL}").trim().replace(/\\/+$/, "") }}`;

/**
 * The path of an endpoint on one API surface.
 *
 * @param endpoint what to call
 * @param version the credential's API version; anything but `v2` means v1
 */
export function endpointPath(endpoint: Endpoint, version: unknown): string {
	return ENDPOINTS[endpoint][version === 'v2' ? 'v2' : 'v1'];
}

/**
 * The same choice as an n8n expression, for a declarative `routing.request.url`.
 *
 * It belongs to a field, not to one of the options of a field: n8n 1.123 and 2.0 tell an option's
 * expressions nothing of the credential, and the request would go to the base URL itself.
 *
 * @param endpoint what to call
 */
export function endpointExpression(endpoint: Endpoint): string {
	return `={{ ${choiceOf(endpoint)} }}`;
}

/**
 * The expression for an operation field whose options call different endpoints.
 *
 * @param endpoints what to call, by the field's value
 */
export function endpointByValue(endpoints: { [value: string]: Endpoint }): string {
	const choices = Object.entries(endpoints).map(
		([value, endpoint]) => `$value === "${value}" ? ${choiceOf(endpoint)} : `,
	);
	return `={{ ${choices.join('')}"" }}`;
}

function choiceOf(endpoint: Endpoint): string {
	const { v1, v2 } = ENDPOINTS[endpoint];
	return `($credentials.apiVersion === "v2" ? "${v2}" : "${v1}")`;
}
