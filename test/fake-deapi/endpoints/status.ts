/**
 * What the service tells of a job. v1 and v2 tell of the same jobs, v2 more of a failed one.
 */
import type { Account } from '../accounts/accounts';
import { json, notFound, type Answer } from '../http/answers';
import { isOn } from '../rules/values';
import type { FakeJob, FakeSettings, Surface } from '../types';
import type { Service } from './service';

/**
 * @param service its parts
 * @param account who asks
 * @param requestId the job asked for
 * @param surface which API was asked
 * @returns the job's status, or that there is no such job
 */
export function status(
	service: Service,
	account: Account,
	requestId: string,
	surface: Surface,
): Answer {
	const job = service.jobs.find(requestId);
	// Another account's job is as unknown as one that never was.
	const isOwn = job?.account === account.key;
	if (!isOwn || service.settings.lost?.(job) === 'job') return notFound('Not found.');
	job.statusReads += 1;
	return json(200, { data: statusData(service, job, surface) });
}

/** @returns the status as the specification lists it; the error fields are there on error only */
function statusData(
	{ jobs, results, settings }: Service,
	job: FakeJob,
	surface: Surface,
): Record<string, unknown> {
	const progress = jobs.progressOf(job);
	const hasPreview = job.status === 'processing' && progress >= 50;
	const tellsReasons = surface === 'v2' || settings.v1ErrorReasons;
	return {
		status: job.status,
		preview: hasPreview ? results.preview(job.request_id) : null,
		result_url: job.status === 'done' ? results.url(job) : null,
		results_alt_formats: job.status === 'done' ? results.alternatives(job) : null,
		result: job.status === 'done' ? results.inlineText(job) : null,
		progress,
		...(job.error &&
			tellsReasons && {
				...job.error,
				failed_at: new Date(job.endedAt ?? 0).toISOString().replace(/\.\d+Z$/, '+00:00'),
			}),
		...metadata(job, surface),
		...jobPrice(job, settings),
		...boost(job, surface),
	};
}

/** What became of the prompt; only v2 tells, and only once it has happened. */
function boost({ status: state, fields }: FakeJob, surface: Surface): Record<string, unknown> {
	if (surface === 'v1') return {};
	const isBoosted = isOn(fields.enhance_prompt) && state !== 'pending';
	if (!isBoosted) return { prompt_boosted: false, prompt_boost: null };
	const { prompt, negative_prompt } = fields;
	return {
		prompt_boosted: true,
		prompt_boost: {
			prompt: `${prompt}, soft evening light, rich in detail`,
			prompt_original: prompt,
			negative_prompt: negative_prompt === undefined ? null : `${negative_prompt}, low quality`,
			negative_prompt_original: negative_prompt ?? null,
		},
	};
}

/** Only of jobs that asked for it; of an uploaded file there is none. */
function metadata(job: FakeJob, surface: Surface): Record<string, unknown> {
	if (!isOn(job.fields.include_metadata) || surface === 'v1') return {};
	const { source_url } = job.fields;
	if (source_url === undefined || job.status !== 'done') return { metadata: null };
	return {
		metadata: {
			id: 'abc123',
			title: 'A spoken line',
			description: null,
			channel: 'A channel',
			duration_seconds: 7,
			extractor: 'youtube',
			view_count: 1024,
			like_count: 12,
			webpage_url: null,
		},
	};
}

function jobPrice(job: FakeJob, { jobPrice: wanted }: FakeSettings): Record<string, unknown> {
	if (wanted === false) return {};
	return { price: wanted === 'null' ? null : { amount: job.price, is_estimated: false } };
}
