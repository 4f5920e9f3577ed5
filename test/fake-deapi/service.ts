/**
 * What the service does with a request that was read: checks in its order (form of the request,
 * key, suspension, rate limit, validation, credit), then the deed.
 */
import type { IncomingHttpHeaders } from 'node:http';

import type { Account, Accounts } from './accounts';
import { html, json, notFound, unauthenticated, unprocessable, type Answer } from './answers';
import type { ReadBody } from './body';
import { inferenceTypes } from './catalogue';
import type { Jobs } from './jobs';
import { countRequest, type Limits, type Usage } from './rate-limit';
import type { Results } from './results';
import type { Match } from './routes';
import type { FakeJob, FakeSettings, RecordedPart, RecordedRequest, Surface } from './types';
import { priceErrors, speechErrors, submitErrors } from './validation';

const MAX_REQUEST_BYTES = 75 * 1024 * 1024;
const DEFAULT_PAGE = 25;
const MAX_PAGE = 50;

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
export function answerRequest(
	service: Service,
	request: RecordedRequest,
	match: Match | 'method' | null,
	body: ReadBody,
): Answer {
	const { settings } = service;
	if (match === null) return notFound(`The route ${request.path} could not be found.`);
	if (match === 'method') {
		return json(405, { message: `The ${request.method} method is not supported for this route.` });
	}
	if (match.route === 'result') {
		return service.results.serve(request.path, request.query, (id) => service.jobs.find(id));
	}
	// The web server looks at the size before PHP sees the request.
	if (request.bodySize > MAX_REQUEST_BYTES) return html(413);
	// A Laravel application takes whoever does not want JSON for a browser, and shows the login.
	if (!wantsJson(request.headers)) return html(302, { Location: '/login' });
	const account = service.accounts.byHeader(request.headers.authorization);
	request.account = account?.key ?? null;
	if (!account) return unauthenticated();
	if (settings.suspended) return json(403, { message: 'Your account has been suspended.' });

	switch (match.route) {
		case 'submit':
			return limited(settings, account.submits, submitLimits(settings), () =>
				submit(service, account, match.surface ?? 'v1', request, body),
			);
		case 'status':
			return limited(settings, account.statusReads, statusLimits(settings), () =>
				status(service, account, match.requestId),
			);
		case 'speech':
			return speech(service, account, match.surface ?? 'v1', request, body);
		case 'price':
			return price(settings, request.json);
		case 'models':
			return models(settings, request.query);
		case 'balance':
			return json(200, { data: { balance: account.balance } });
	}
}

/** Laravel's test: the first type of the Accept header is a JSON one. */
function wantsJson(headers: IncomingHttpHeaders): boolean {
	const [first = ''] = (headers.accept ?? '').split(',');
	return first.split(';')[0]?.trim().toLowerCase() === 'application/json';
}

function submitLimits(settings: FakeSettings): Limits {
	return { perMinute: settings.submitsPerMinute, perDay: settings.submitsPerDay };
}

function statusLimits(settings: FakeSettings): Limits {
	return { perMinute: settings.statusPerMinute, perDay: settings.statusPerDay };
}

/** Counts a request, and lets it through with the headers that tell what is left. */
function limited(
	settings: FakeSettings,
	usage: Usage,
	limits: Limits,
	allowed: () => Answer,
): Answer {
	const { refused, headers } = countRequest(usage, limits, settings);
	if (refused) return refused;
	const answer = allowed();
	return { ...answer, headers: { ...headers, ...answer.headers } };
}

function submit(
	service: Service,
	account: Account,
	surface: Surface,
	request: RecordedRequest,
	body: ReadBody,
): Answer {
	const { settings, jobs, accounts } = service;
	if (body.malformed !== null) return json(400, { message: body.malformed });
	const errors = submitErrors(body.parts, surface, settings);
	if (Object.keys(errors).length > 0) return unprocessable(errors);
	if (account.balance < settings.price) {
		return unprocessable({ balance: ['Insufficient balance. Please top up your account.'] });
	}
	const fields = Object.fromEntries(
		body.parts.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
	) as Record<string, string>;
	accounts.charge(account.key, settings.price);
	const job = jobs.create({
		job_type: 'audio2video',
		account: account.key,
		surface,
		fields,
		files: body.parts.filter((part) => part.kind === 'file').map(fileOf),
		price: settings.price,
		webhookUrl: fields.webhook_url ?? null,
		webhookSecret: fields.webhook_secret ?? null,
	});
	request.requestId = job.request_id;
	return json(200, { data: { request_id: job.request_id } });
}

/** Speech of a text: the documented fields, as form or as JSON, and none of the refinements. */
function speech(
	{ settings, jobs, accounts }: Service,
	account: Account,
	surface: Surface,
	request: RecordedRequest,
	body: ReadBody,
): Answer {
	if (body.malformed !== null) return json(400, { message: body.malformed });
	const sent = body.multipart
		? body.parts.map(({ name, value }) => [name, value])
		: Object.entries(request.json ?? {});
	const fields = Object.fromEntries(
		sent.map(([name, value]) => [name, String(value ?? '')]),
	) as Record<string, string>;
	const errors = speechErrors(fields);
	if (Object.keys(errors).length > 0) return unprocessable(errors);
	accounts.charge(account.key, settings.price);
	const job = jobs.create({
		job_type: 'txt2audio',
		account: account.key,
		surface,
		fields,
		files: [],
		price: settings.price,
		webhookUrl: null,
		webhookSecret: null,
	});
	request.requestId = job.request_id;
	return json(200, { data: { request_id: job.request_id } });
}

function fileOf({ value: _value, kind: _kind, ...file }: RecordedPart) {
	return file;
}

function status(service: Service, account: Account, requestId: string): Answer {
	const job = service.jobs.find(requestId);
	// Another account's job is as unknown as one that never was.
	if (job?.account !== account.key) return notFound('Not found.');
	job.statusReads += 1;
	return json(200, { data: statusData(service, job) });
}

/** @returns the status as the specification lists it; the error fields are there on error only */
function statusData({ jobs, results }: Service, job: FakeJob): Record<string, unknown> {
	const progress = jobs.progressOf(job);
	const hasPreview = job.status === 'processing' && progress >= 50;
	return {
		status: job.status,
		preview: hasPreview ? results.link(job.request_id, 'preview.png') : null,
		result_url: job.status === 'done' ? results.link(job.request_id) : null,
		results_alt_formats: null,
		result: null,
		progress,
		...(job.error && {
			...job.error,
			failed_at: new Date(job.endedAt ?? 0).toISOString().replace(/\.\d+Z$/, '+00:00'),
		}),
		prompt_boosted: false,
		prompt_boost: null,
	};
}

function price(settings: FakeSettings, body: unknown): Answer {
	const errors = priceErrors(body, settings);
	if (Object.keys(errors).length > 0) return unprocessable(errors);
	return json(200, { data: { price: settings.price } });
}

/** `limit` beyond 50 is clamped, missing it is 25, `per_page` is ignored: the specification. */
function models(settings: FakeSettings, query: Record<string, string>): Answer {
	const wanted = query['filter[inference_types]']?.split(',').filter(Boolean) ?? [];
	const found = settings.models.filter(
		(model) => wanted.length === 0 || inferenceTypes(model).some((type) => wanted.includes(type)),
	);
	const size = Math.min(MAX_PAGE, positive(query.limit) ?? DEFAULT_PAGE);
	const page = positive(query.page) ?? 1;
	const meta = {
		current_page: page,
		last_page: Math.max(1, Math.ceil(found.length / size)),
		per_page: size,
		total: found.length,
	};
	return json(200, { data: found.slice((page - 1) * size, page * size), meta });
}

function positive(text: string | undefined): number | null {
	return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : null;
}
