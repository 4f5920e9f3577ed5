/** What the service does to reads: of a job's status, of the list of models, of a price. */
import { oddLimitHeaders } from './limits';
import type { Job, RequestRecord } from './records';
import { isOfDelivery } from './records';
import { OPERATION, textFor } from '../run/operations';
import { FILE_HOST } from './service';
import type { Handling, Service } from './service';

const LIMITS = {
	min_width: 256,
	max_width: 1024,
	min_height: 256,
	max_height: 1024,
	min_frames: 9,
	max_frames: 97,
	min_fps: 24,
	max_fps: 24,
};

/** The models that the scenarios use: one for each kind of work. */
const MODELS = [
	...new Map(Object.values(OPERATION).map(({ model, inferenceType }) => [model, inferenceType])),
].map(([slug, inferenceType]) => ({
	name: slug,
	slug,
	inference_types: [inferenceType],
	info: { limits: LIMITS, features: {}, defaults: {} },
	tags: [],
	status: 'active',
}));

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
			case 'forget':
				service.reply(handling, 404, { message: 'Not found.' });
				return;
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
				if (handling.kind === 'status') hear(service, handling.record);
			}
		}
	});
}

/** A whole answer has told how the job is. Why it failed is to be read on v2. */
function hear({ jobs, time }: Service, { jobId, url }: RequestRecord): void {
	const job = jobs.find(({ id }) => id === jobId);
	const isWhole = url.includes('/v2/') || job?.plan.end === 'done' || job?.plan.end === 'noLink';
	if (job && job.endTold > 0 && isWhole) job.endHeardAt ??= time.now;
}

function bodyOf(service: Service, handling: Handling): [status: number, body: unknown] {
	const { kind, account, act } = handling;
	if (kind === 'models') return [200, { data: MODELS, meta: { current_page: 1, last_page: 1 } }];
	if (kind === 'price') return [200, { data: { price: account?.plan.price ?? 0.1 } }];
	const { jobId } = handling.record;
	const job = service.jobs.find(({ id }) => id === jobId);
	if (job === undefined && isOfDelivery(jobId)) {
		const data = { status: 'done', progress: 100, result_url: `${FILE_HOST}/${jobId}.mp4?sig=1` };
		return [200, { data }];
	}
	if (job === undefined) return [404, { message: 'Not found.' }];
	const isV2 = handling.record.url.includes('/v2/');
	const odd = { request_id: null, submitted: 'no', error: 'none', model: 'other' };
	return [
		200,
		{ data: { ...statusOf(service, job, isV2), ...(act.does === 'overwrite' ? odd : {}) } },
	];
}

function statusOf(service: Service, job: Job, isV2: boolean) {
	const { end, takes, refunded } = job.plan;
	const age = service.time.now - job.acceptedAt;
	if (age < takes || end === 'never') {
		const progress = Math.min(99, Math.floor((100 * age) / takes));
		return { status: age < 2000 ? 'pending' : 'processing', progress, result_url: null };
	}
	job.endTold++;
	if (end === 'done') {
		const done = { status: 'done', progress: 100 };
		const { result } = OPERATION[job.submit.operation];
		if (result === undefined) {
			return { ...done, result_url: null, result: textFor(job.submit.owner ?? '') };
		}
		const address = `${FILE_HOST}/${job.id}.${result.extension}?sig=${job.endTold}`;
		return { ...done, result_url: address };
	}
	if (end === 'noLink') return { status: 'done', progress: 100, result_url: null };
	const retryable = { failed: true, failedForGood: false, failedUnclear: null }[end];
	const reason = { error_code: 'WORKER_ERROR', error_message: 'The worker was canceled' };
	return {
		status: 'error',
		progress: 40,
		result_url: null,
		...(isV2 ? { ...reason, retryable, refunded } : {}),
	};
}
