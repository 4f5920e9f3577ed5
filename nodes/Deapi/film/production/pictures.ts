/**
 * The picture that a clip begins with, made from one reference picture, so that all clips show the same face.
 *
 * Invariants, and why:
 * - A picture is a job like any other: a lane, an entry in the ledger, sent once.
 * - It is a clip's only where it was made for that clip: of the same reference, model and size, with the same
 *   words, for the same place.
 * - A picture that is there is fetched again from its job: its link lasts some hours only.
 */
import { isObject, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { asFailure } from '../../engine/nodeErrors';
import { toInputFile } from '../../files/binary';
import type { Model } from '../../service/models';
import { AUTOMATIC, chooseModel } from '../../prepare/checks/model';
import type { FilePart, WantedFile } from '../../prepare/files';
import { checkFile } from '../../prepare/files';
import { FIRST_FRAME, pictureRule } from '../../prepare/media';
import { EDIT_ENDPOINT, editRequest, IMAGE_TO_IMAGE, takenSize } from '../../prepare/picture/edit';
import type { PreparedRequest } from '../../prepare/request';
import type { VideoRequest } from '../../prepare/videoRequest';
import { describeFailedJob, isRetryable } from '../../result/failedJob';
import { fetchResult } from '../../result/jobItem';
import type { ResultOptions } from '../../result/options';
import { stoppedWaiting, waitForEnd } from '../../result/wait';
import type { Account } from '../../service/account';
import { isFailed } from '../../service/jobs';
import { costOf, priceOfJob } from '../../service/price';
import type { Ledger, SubmitKey } from '../../submit/ledger';
import { ledgerOf } from '../../submit/ledger';
import { purposeOf } from '../../submit/purpose';
import type { Submit } from '../../submit/send';
import { submitJob } from '../../submit/submit';
import type { PlannedClip } from '../plan/plan';
import type { Picture } from './clips';
import type { FilmRequest } from './filmRequest';

/** How the pictures of a film are made. */
export interface PictureOptions {
	/** The slug of the model that makes them. */
	model: string;
	/** Its limits; undefined where no list has it. */
	known: Model | undefined;
	/** The picture that each is made from, as a part of the request. */
	reference: FilePart;
	/** Jobs of an earlier run, by the clips' numbers. */
	existing: Map<number, string>;
}

const REFERENCE = 'referenceBinaryProperty';

/** The picture that 'Reference Image Field' names. */
export function wantedReference({ options }: Call): WantedFile {
	const source = { parameter: REFERENCE, field: options[REFERENCE] ?? 'reference' };
	return { rule: pictureRule('image'), source };
}

/** Decides on the model; the one that an earlier pass has used stays. */
export async function pictureOptions(
	call: Call,
	account: Account,
	reference: FilePart,
	existing: PictureOptions['existing'],
): Promise<PictureOptions> {
	const { imageModel } = call.options;
	const wanted = textOf(isObject(imageModel) ? imageModel.value : imageModel) ?? AUTOMATIC.value;
	const paid = ledgerOf(call.run).modelOf(call.item, EDIT_ENDPOINT.v2);
	const chosen = await chooseModel(call, account, IMAGE_TO_IMAGE, wanted, { paid });
	return { model: chosen.slug, known: chosen.model, reference, existing };
}

/** What a clip is asked for in words: the film's prompt, and its own scene behind it. */
export function promptOf({ prompt }: VideoRequest, scene: string | undefined): string {
	return [prompt, scene].filter((text) => textOf(text)).join('\n');
}

/** The request for the picture of a clip with this scene. */
export function pictureRequestOf(
	request: VideoRequest,
	{ model, known, reference }: PictureOptions,
	scene: string | undefined,
): PreparedRequest {
	const { seed, video } = request;
	const size = takenSize(known, video);
	return editRequest({ prompt: promptOf(request, scene), model, seed, size }, known, [reference]);
}

/**
 * What the ledger knows a picture by. Not by what the model's list says: it may be out of reach in the next
 * pass, and that makes it no other picture.
 */
export async function pictureKeyOf(
	call: Call,
	{ request }: FilmRequest,
	{ model, reference }: PictureOptions,
	{ clip, scene, start_seconds }: PlannedClip,
): Promise<SubmitKey> {
	const { width, height } = request.video;
	const made = {
		body: { prompt: promptOf(request, scene), seed: request.seed },
		sent: { model, width, height, start_seconds },
		files: [reference],
	};
	const purpose = await purposeOf(call, EDIT_ENDPOINT, made, { start_seconds });
	return { item: call.item, clip, part: 'picture', purpose };
}

/** What is known of a picture before anything is sent: from an earlier pass, or from an earlier run. */
export function pictureOf(
	ledger: Ledger,
	key: SubmitKey,
	existing: string | undefined,
	others: string[],
): Picture {
	const entry = ledger.get(key);
	const jobs = [...others, ...(entry?.request_ids ?? [])];
	if (entry?.job !== undefined) return { key, jobs, job: entry.job.request_id, submitted: 'yes' };
	// One that has ended in an error since is made again.
	if (existing !== undefined && !jobs.includes(existing)) {
		return { key, jobs: [...jobs, existing], job: existing, submitted: 'yes' };
	}
	return { key, jobs, submitted: entry?.unclear === undefined ? 'no' : 'unknown' };
}

/** Retry On Fail may make a job again; also one that came with 'Existing Clips'. */
export function releaseJob(ledger: Ledger, key: SubmitKey, requestId: string): void {
	// What an earlier run has paid does not count for this one.
	if (ledger.get(key) === undefined) ledger.accept(key, { request_id: requestId }, 0);
	ledger.release(key);
}

/** Marks a picture that can no longer be had: the next run with 'Existing Clips' makes another one. */
function lost(picture: Picture, failure: Failure): Failure {
	const { job } = failure.facts;
	if (job?.state === 'gone' || job?.state === 'missing') picture.status = 'error';
	return failure;
}

/** How a picture is made, and waited for. */
interface PictureTurn extends ResultOptions {
	/** How the log calls its clip. */
	name: string;
	/** Its place among the submits of its node run. */
	order: number;
}

/** The work on a film's pictures: each is submitted, awaited, fetched and checked. */
export class PictureWork {
	/** @param signal fires when no more clips are to be submitted: a picture is of no use then */
	constructor(
		private readonly call: Call,
		private readonly account: Account,
		private readonly ledger: Ledger,
		private readonly film: FilmRequest,
		private readonly signal: AbortSignal,
	) {}

	/**
	 * Makes a clip's picture, or fetches it where it is there.
	 *
	 * @param picture keeps what comes of it
	 * @returns it as the first frame of the clip's request
	 * @throws {Failure} where there is none
	 */
	async make({ clip, scene }: PlannedClip, picture: Picture, turn: PictureTurn): Promise<FilePart> {
		const isKnown = picture.job !== undefined;
		const requestId = picture.job ?? (await this.submit(scene, picture, turn));
		const product = `the picture for clip ${clip}`;
		const name = `picture for ${turn.name}`;
		const caller = this.call.until(AbortSignal.any([this.signal]));
		const { account = this.account } = picture;
		const wait = { ...turn, product, name, checksAtOnce: isKnown };
		const job = await waitForEnd(caller, account, requestId, wait).catch((error: unknown) => {
			throw lost(picture, asFailure(error));
		});
		picture.status = job.status;
		picture.price = priceOfJob(job);
		const cost = costOf(job);
		if (cost !== undefined && picture.key) this.ledger.charge(picture.key, requestId, cost);
		if (isFailed(job.status)) {
			if (isRetryable(job) && picture.key) releaseJob(this.ledger, picture.key, requestId);
			throw describeFailedJob(job, requestId, 'its picture');
		}
		const fileName = `picture-${clip}`;
		const wanted = { product, fileName, needsFile: true };
		const { file } = await fetchResult(caller, account, requestId, job, wanted).catch(
			(error: unknown) => {
				// Whatever the fetch says that was broken off: it was, because the work stops.
				throw this.signal.aborted ? stoppedWaiting(product) : lost(picture, asFailure(error));
			},
		);
		if (file === undefined) throw new Error('A picture that was fetched has no file');
		const found = {
			file: await toInputFile(this.call.context, file),
			subject: 'The picture that deAPI made for it',
		};
		const part = await checkFile(this.call, found, pictureRule(FIRST_FRAME.name), REFERENCE);
		if ('file' in part) return part;
		// The next run makes another one.
		picture.status = 'error';
		throw new Failure({
			message: part.message,
			description: `${part.description} The picture is paid for; its clip was not submitted.`,
			job: { id: requestId, state: 'done' },
		});
	}

	/** Says that it is the picture that was not accepted. */
	private ofPicture(failure: Failure): Failure {
		const { message, isInterrupted } = failure.facts;
		if (isInterrupted === true || failure === this.call.pass.stoppedBy) return failure;
		return failure.with({ message: `Its picture: ${message}` });
	}

	private async submit(
		scene: string | undefined,
		picture: Picture,
		{ name, order }: PictureTurn,
	): Promise<string> {
		const { key, quote, check } = picture;
		const { request, pictures } = this.film;
		if (key === undefined || pictures === undefined) throw new Error('No picture is to be made');
		const submit: Submit = {
			...{ key, cost: quote?.amount, ...(check === undefined ? {} : { check }) },
			endpoint: EDIT_ENDPOINT,
			request: async () => await Promise.resolve(pictureRequestOf(request, pictures, scene)),
			name: `picture for ${name}`,
			isByItself: true,
		};
		try {
			const turn = { order, signal: this.signal };
			const job = await submitJob(this.call, this.account, this.ledger, submit, turn);
			picture.job = job.request_id;
			picture.account = submit.sentWith;
			picture.submitted = 'yes';
			return job.request_id;
		} catch (error) {
			// Not by the failure: it may be another one's, which took this one out of the lane.
			const isUnclear = this.ledger.get(key)?.unclear !== undefined;
			picture.submitted = isUnclear ? 'unknown' : 'no';
			throw this.ofPicture(asFailure(error));
		} finally {
			const made = this.ledger.get(key)?.request_ids ?? [];
			picture.jobs = [...new Set([...picture.jobs, ...made])];
		}
	}
}
