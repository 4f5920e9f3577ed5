export type ApiVersion = 'v1' | 'v2';

/** The paths of one endpoint on deAPI's two API surfaces. */
export interface Endpoint extends Readonly<Record<ApiVersion, string>> {
	/** Where v1 tells the price, if not at the usual place behind the path. */
	readonly priceOnV1?: string;
}

/**
 * The endpoints that belong to no single operation. v1 is what the credential chooses by default; v2 is
 * where deAPI adds new things. Jobs are shared: a request ID from one can be read on the other.
 *
 * Source: deAPI's OpenAPI specification, `/api/v1/client/*` and `/api/v2/*`.
 */
export const ENDPOINTS = {
	job: { v1: '/api/v1/client/request-status', v2: '/api/v2/jobs' },
	models: { v1: '/api/v1/client/models', v2: '/api/v2/models' },
	balance: { v1: '/api/v1/client/balance', v2: '/api/v2/account/balance' },
} as const satisfies Record<string, Endpoint>;

/** The endpoint that tells what a job would cost. */
export function priceEndpoint({ v1, v2, priceOnV1 }: Endpoint): Endpoint {
	return { v1: priceOnV1 ?? `${v1}/price-calculation`, v2: `${v2}/price` };
}

/**
 * An endpoint behind the base URL, on the surface that the credential chooses, as an n8n expression. n8n 1.123
 * and 2.0 know no credential where an operation declares its request: the path is that of v1 there.
 *
 * @param rest what follows the endpoint's path, as part of the expression
 */
export function urlExpression({ v1, v2 }: Endpoint, rest = ''): string {
	return `={{ $credentials?.apiVersion === "v2" ? "${v2}" : "${v1}" }}${rest}`;
}

export const DEFAULT_BASE_URL = 'https://api.deapi.ai';

/** The credential's base URL without spaces and slashes at its end, as an n8n expression. */
export const BASE_URL_EXPRESSION = `={{ ($credentials.baseUrl || "${DEFAULT_BASE_URL}").trim().replace(/\\/+$/, "") }}`;
