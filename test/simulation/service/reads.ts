/** What the service does to reads: of a job's status, of the list of models, of a price. */
import { oddLimitHeaders } from './limits';
import type { Job, RequestRecord } from './records';
import { isDone, isEstimated, isOfDelivery, priceOf } from './records';
import { operationAt, operationNamed, PLAYED, textFor } from '../run/operations';
import { FRAMES_A_CLIP } from '../run/clips';
import { FILE_HOST } from './service';
import type { Handling, Service } from './service';

const LIMITS = {
	min_width: 256,
	max_width: 1024,
	min_height: 256,
	max_height: 1024,
	min_frames: 9,
	max_frames: FRAMES_A_CLIP + 1,
	min_fps: 24,
	max_fps: 24,
};

/** The models that the scenarios use: one for each kind of work. */
const MODELS = [
	...new Map(PLAYED.map(operationNamed).map(({ model, inferenceType }) => [model, inferenceType])),
].map(([slug, inferenceType]) => ({
	name: slug,
	slug,
	inference_types: [inferenceType],
	info: { limits: LIMITS, features: {}, defaults: {} },
	tags: [],
	status: 'active',
}));

/** The list of the day on which the usual models are gone. */
const NEXT_MODELS = MODELS.flatMap((model) => [
	{ ...model, name: 'Not yet', slug: `Trial_${model.slug}`, tags: ['experimental'] },
	{ ...model, name: 'Next', slug: `Next_${model.slug}` },
]);

/** What a job's state may be called one day. */
const WORDS_OF_TOMORROW = ['queued', 'warming_up', 'paused', 'done_soon'];
/** What a failed job's state is called, and may be. */
const FAILED_WORDS = ['error', 'error', 'failed', 'expired', 'canceled'];

export function actOnRead(service: Service, handling: Handling): void {
	const { act, connection, kind, account } = handling;
	if (act.does !== 'well' && act.does !== 'answer') {
		service.story.tell(`${kind} of ${handling.record.jobId ?? ''}: ${act.does} ${act.variant}`);
	}
	service.later(handling, act.after, () => {
		switch (act.does) {
			case 'cut':
				connection.cut();
				return;
			case 'cutInAnswer':
				connection.answer(200, { 'content-type': 'application/json', 'content-length': '900' });
				connection.send('{"data":{"status":"do');
				service.later(handling, 50, () => connection.cut());
				return;
			case 'hang':
				return;
			case 'drip':
				service.drip(handling, 200, JSON.stringify(bodyOf(service, handling)[1]));
				return;
			case 'fall':
				service.reply(handling, [500, 502, 503][act.variant % 3] ?? 500, '<h1>Oops</h1>');
				return;
			case 'refuse':
				service.reply(handling, [401, 403, 410, 400][act.variant % 4] ?? 400, {
					message: `Key ${account?.key ?? ''} is not welcome`,
				});
				return;
			case 'block':
				// What stands in front of the service, which has not seen the request.
				service.reply(
					handling,
					403,
					act.variant % 2 === 0 ? 'error code: 1010' : '<h1>Error 1020</h1>',
				);
				return;
			case 'forget': {
				const job = service.jobs.find(({ id }) => id === handling.record.jobId);
				if (job) job.isForgotten = true;
				service.reply(handling, 404, { message: 'Not found.' });
				return;
			}
			case 'limit':
				service.reply(
					handling,
					429,
					{ message: 'Too Many Attempts.' },
					oddLimitHeaders(act.variant, service.time.now),
				);
				return;
			case 'mumble': {
				const shapes: unknown[] = ['', '<html>', {}, { data: null }, { data: [] }, { data: 'x' }];
				service.reply(handling, 200, shapes[act.variant % shapes.length]);
				return;
			}
			default: {
				const [status, body] = bodyOf(service, handling);
				service.reply(handling, status, body);
				if (handling.kind === 'status' && act.does !== 'novel') hear(service, handling.record);
			}
		}
	});
}

/** A whole answer has told how the job is. Why it failed is to be read on v2. */
function hear({ jobs, time }: Service, { jobId, url }: RequestRecord): void {
	const job = jobs.find(({ id }) => id === jobId);
	const isWhole =
		url.includes('/v2/') || job?.plan.end === 'noLink' || (job !== undefined && isDone(job.plan));
	if (job && job.endTold > 0 && isWhole) job.endHeardAt ??= time.now;
}

function bodyOf(service: Service, handling: Handling): [status: number, body: unknown] {
	const { kind, account, act } = handling;
	const isNovel = act.does === 'novel';
	if (kind === 'models') {
		const data = isNovel ? NEXT_MODELS : MODELS;
		return [200, { data, meta: { current_page: 1, last_page: 1 } }];
	}
	if (kind === 'price') {
		if (account === undefined) return [401, { message: 'Unauthenticated.' }];
		const operation = operationAt(new URL(handling.record.url).pathname);
		const price = priceOf(account, operation);
		return [200, { data: { price, ...(isNovel ? { is_estimated: true } : {}) } }];
	}
	const { jobId } = handling.record;
	const job = service.jobs.find(({ id }) => id === jobId);
	if (job === undefined && isOfDelivery(jobId)) {
		const data = { status: 'done', progress: 100, result_url: `${FILE_HOST}/${jobId}.mp4?sig=1` };
		return [200, { data }];
	}
	if (job === undefined) return [404, { message: 'Not found.' }];
	if (isNovel) return [200, { data: { status: WORDS_OF_TOMORROW[act.variant % 4], progress: 7 } }];
	const isV2 = handling.record.url.includes('/v2/');
	const odd = { request_id: null, submitted: 'no', error: 'none', model: 'other' };
	return [
		200,
		{ data: { ...statusOf(service, job, isV2), ...(act.does === 'overwrite' ? odd : {}) } },
	];
}

/**
 * Prices may have risen when a job is made again. Only where it is the only one: others would be on their way at a
 * price that has risen after they had asked for it.
 */
function raisePrice({ scenario: { executions } }: Service, { account, submit, plan }: Job): void {
	const [only, ...others] = executions;
	const isAlone = others.length === 0 && only?.items.length === 1 && only.film === 0;
	if (isAlone && account.plan.rises && plan.end === 'failed') {
		account.rises.set(submit.operation, RISE);
	}
}

/** How many times as much a job costs then. */
const RISE = 3;

function statusOf(service: Service, job: Job, isV2: boolean) {
	const { plan, submit } = job;
	const { end, takes, refunded } = plan;
	const age = service.time.now - job.acceptedAt;
	if (age < takes || end === 'never') {
		const progress = Math.min(99, Math.floor((100 * age) / takes));
		return { status: age < 2000 ? 'pending' : 'processing', progress, result_url: null };
	}
	job.endTold++;
	const price = { amount: job.price, is_estimated: isEstimated(job) };
	const done = { status: 'done', progress: 100, ...(isV2 ? { price } : {}) };
	if (isDone(plan)) {
		const { result } = operationNamed(submit.operation);
		if (result === undefined) {
			const text = textFor(submit.owner ?? '', submit.edition);
			return { ...done, result_url: null, result: text };
		}
		const address = `${FILE_HOST}/${job.id}.${result.extension}?sig=${job.endTold}`;
		return { ...done, result_url: address };
	}
	if (end === 'noLink') return { ...done, result_url: null };
	raisePrice(service, job);
	const retryable = end === 'failedUnclear' ? null : end === 'failed';
	const reason = { error_code: 'WORKER_ERROR', error_message: 'The worker was canceled' };
	return {
		status: FAILED_WORDS[takes % FAILED_WORDS.length],
		progress: 40,
		result_url: null,
		...(isV2 ? { ...reason, retryable, refunded } : {}),
	};
}
