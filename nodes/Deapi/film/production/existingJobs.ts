/**
 * Existing clips are looked at before missing ones are paid for: one that nobody can have any more, or that
 * fits no film with the others, is found by reads that cost nothing.
 */
import { clock } from '../../basics/clock';
import { pause } from '../../basics/pause';
import { textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { CANCELED } from '../../engine/failure';
import { asFailure } from '../../engine/nodeErrors';
import { toInputFile } from '../../files/binary';
import { describeFailedJob, isRetryable } from '../../result/failedJob';
import { fetchResult } from '../../result/jobItem';
import type { ResultOptions } from '../../result/options';
import type { Account } from '../../service/account';
import type { Job } from '../../service/jobs';
import { isFailed, readJob } from '../../service/jobs';
import { priceOfJob } from '../../service/price';
import { isWaitedFor, LIMIT_RETRIES } from '../../service/rateLimit';
import type { Ledger } from '../../submit/ledger';
import { readClip } from '../join/clip';
import { cannotJoin } from '../join/failures';
import type { KnownClip } from '../join/pictures';
import { checkAlike, checkLength } from '../join/pictures';
import { Scratch } from '../scratch';
import type { Clip } from './clips';
import type { FilmRequest } from './filmRequest';
import { readInto } from './joinFilm';
import { releaseJob } from './pictures';

/** A model may round a size to its own step; so many pixels off are no other size. */
const STEP_PX = 32;

/**
 * Looks at the clips that came with 'Existing Clips', where others are still to be paid for. Those that are done
 * are fetched, where they are to be joined: they need not be fetched again.
 *
 * @throws {Failure} where one is of no use; each such clip has its cause then
 */
export async function lookAtExisting(
	call: Call,
	account: Account,
	ledger: Ledger,
	film: FilmRequest,
	clips: Clip[],
	options: ResultOptions,
): Promise<void> {
	if (clips.every(({ job }) => job !== undefined)) return;
	const existing = clips.filter(
		({ clip, job }) => job !== undefined && film.existing.get(clip)?.request_id === job,
	);
	const known: KnownClip[] = [];
	for (const clip of existing) {
		try {
			const job = await readExisting(call, account, ledger, clip);
			const isJoined = options.waits && options.downloads && job.status === 'done';
			if (isJoined) known.push(await fetchExisting(call, account, film, clip, job, known[0]));
		} catch (error) {
			const failure = asFailure(error);
			if (call.signal.aborted) throw CANCELED;
			const { description } = failure.facts;
			clip.cause = failure.with({ description: `${description} Nothing was sent.` });
		}
	}
	const cause = existing.find((clip) => clip.cause !== undefined)?.cause;
	if (cause !== undefined) throw cause;
}

/** Reads the status of an existing clip's job once. */
async function readExisting(
	call: Call,
	account: Account,
	ledger: Ledger,
	clip: Clip,
): Promise<Job> {
	const requestId = clip.job ?? '';
	for (let refusals = 1; ; refusals++) {
		if (call.signal.aborted) throw CANCELED;
		const reading = await readJob(call, account, requestId);
		if ('job' in reading) {
			const { job } = reading;
			clip.status = job.status;
			if (isFailed(job.status)) {
				if (isRetryable(job)) releaseJob(ledger, clip.key, requestId);
				throw describeFailedJob(job, requestId, 'it');
			}
			if (job.status === 'done') {
				clip.found = job;
				clip.result_url = textOf(job.result_url);
				clip.price = priceOfJob(job);
			}
			return job;
		}
		const { limit } = reading.failure.facts;
		if (limit === undefined || !isWaitedFor(limit, refusals, LIMIT_RETRIES.check)) {
			throw reading.failure;
		}
		await pause(limit.endsAt - clock.now(), call.signal);
	}
}

/** Fetches an existing clip and looks at its head: what it is encoded with, its size, and its length. */
async function fetchExisting(
	call: Call,
	account: Account,
	{ request: { video }, soundtrack }: FilmRequest,
	clip: Clip,
	job: Job,
	first: KnownClip | undefined,
): Promise<KnownClip> {
	const requestId = clip.job ?? '';
	const product = `clip ${clip.clip}`;
	const wanted = { product, fileName: `clip-${clip.clip}`, needsFile: true, isVideo: true };
	const { file: fetched } = await fetchResult(call, account, requestId, job, wanted);
	if (fetched === undefined) throw new Error('A result that was fetched is missing');
	const file = await toInputFile(call.context, fetched);
	const { frames, asked } = clip.planned;
	const known = {
		clip: {
			...{ label: `Clip ${clip.clip}`, requestId, frames, asked },
			content: async (part: 'tables' | 'all') =>
				await readInto(new Scratch(), file, part, `Clip ${clip.clip}`),
		},
	};
	const looked = { ...known, facts: await readClip(known.clip, soundtrack === 'clips') };
	checkLength(looked);
	const { width, height } = looked.facts.entry;
	const isOff =
		Math.abs(width - video.width) > STEP_PX || Math.abs(height - video.height) > STEP_PX;
	if (isOff) {
		const reason = `it has ${width} × ${height} pixels, and the missing clips would have ${video.width} × ${video.height}`;
		const always = `Set 'Size' to that of the existing clips, or have this clip made again: remove its request_id in 'Existing Clips' and run the workflow in a new execution. It is a new paid job then.`;
		throw cannotJoin(looked.clip, reason, { always });
	}
	checkAlike(first ?? looked, looked);
	clip.file = file;
	return looked;
}
