/**
 * What the service does with a request that was read: checks in its order (form of the request,
 * key, suspension, rate limit, validation, credit), then the deed.
 */
import type { IncomingHttpHeaders } from 'node:http';

import type { Account, Accounts } from '../accounts/accounts';
import { countRequest, limitsOf, newUsage, unlimitedHeaders } from '../accounts/rate-limit';
import { gone, html, json, notFound, unauthenticated, type Answer } from '../http/answers';
import type { ReadBody } from '../http/body';
import { withHeaders } from '../http/changed-answers';
import type { Jobs } from '../jobs/jobs';
import { OPERATIONS } from '../operations';
import type { Results } from '../results/storage';
import type { FakeSettings, RateLimits, RecordedRequest } from '../types';
import { answerPrice, make } from './make';
import { models } from './models';
import { pathOf, pricePathOf, type Match } from './routes';
import { status } from './status';

const MAX_REQUEST_BYTES = 75 * 1024 * 1024;

export interface Service {
	settings: FakeSettings;
	accounts: Accounts;
	jobs: Jobs;
	results: Results;
}

/**
 * @param service its parts
 * @param request the record of the request; gets the account and the job made
 * @param match what the request is for
 * @param body the request's body
 * @returns the true answer
 */
export async function answerRequest(
	service: Service,
	request: RecordedRequest,
	match: Match | 'method' | null,
	body: ReadBody,
): Promise<Answer> {
	const { settings } = service;
	if (match === null) return notFound(`The route ${request.path} could not be found.`);
	if (match === 'method') {
		return json(405, { message: `The ${request.method} method is not supported for this route.` });
	}
	if (match.route === 'result') {
		return await service.results.serve(request.path, request.query, (id) => service.jobs.find(id));
	}
	// The web server looks at the size before PHP sees the request.
	if (request.bodySize > MAX_REQUEST_BYTES) return html(413);
	// A Laravel application takes whoever does not want JSON for a browser, and shows the login.
	if (!wantsJson(request.headers)) return html(302, { Location: '/login' });
	if (match.surface === 'v1' && (settings.v1Removed || isRemoved(match))) {
		return gone(successorOf(match));
	}
	const account = service.accounts.byHeader(request.headers.authorization);
	request.account = account?.key ?? null;
	if (!account) return unauthenticated();
	if (settings.suspended) return json(403, { message: 'Your account has been suspended.' });

	const limit = limitFor(match);
	if (limit === null) {
		const answer = answerRead(service, account, match, request);
		return withHeaders(answer, { ...unlimitedHeaders(settings), ...answer.headers });
	}
	const { refused, headers } = countRequest(
		(account.usage[limit] ??= newUsage()),
		limitsOf(settings, limit),
		settings,
	);
	if (refused) return refused;
	const answer =
		match.operation === null
			? answerRead(service, account, match, request)
			: await answerOperation(service, account, match, request, body);
	return { ...answer, headers: { ...headers, ...answer.headers } };
}

/** Laravel's test: the first type of the Accept header is a JSON one. */
function wantsJson(headers: IncomingHttpHeaders): boolean {
	const [first = ''] = (headers.accept ?? '').split(',');
	return first.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

/** @returns whether an operation is there on v2 only */
function isRemoved({ operation }: Match): boolean {
	return operation !== null && OPERATIONS[operation].path.v1 === null;
}

/** @returns what the request counts against; null for models and balance, which nothing limits */
function limitFor({ route, operation }: Match): keyof RateLimits | null {
	if (route === 'price' || route === 'status') return route;
	return operation;
}

/** @returns the path on v2 that does what a path on v1 did */
function successorOf({ route, operation }: Match): string {
	if (operation !== null) {
		const path = pathOf(operation, 'v2');
		return route === 'price' ? pricePathOf(operation, 'v2') : path;
	}
	const reads: Record<string, string> = { models: 'models', balance: 'account/balance' };
	return `/api/v2/${reads[route] ?? 'jobs'}`;
}

function answerRead(
	service: Service,
	account: Account,
	match: Match,
	request: RecordedRequest,
): Answer {
	if (match.route === 'status') {
		return status(service, account, match.requestId, match.surface ?? 'v1');
	}
	if (match.route === 'models') return models(service.settings, request.query);
	return json(200, { data: { balance: account.balance } });
}

async function answerOperation(
	service: Service,
	account: Account,
	{ route, operation, surface }: Match,
	request: RecordedRequest,
	body: ReadBody,
): Promise<Answer> {
	if (operation === null) return notFound('Not found.');
	const asked = { operation, surface: surface ?? 'v1', request, body };
	return route === 'price'
		? await answerPrice(service.settings, asked)
		: await make(service, account, asked);
}
