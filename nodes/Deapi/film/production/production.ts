import { textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import type { Failure } from '../../engine/failure';
import { CANCELED } from '../../engine/failure';
import { asFailure } from '../../engine/nodeErrors';
import type { InputFile } from '../../files/binary';
import { toInputFile } from '../../files/binary';
import type { FilePart } from '../../prepare/files';
import type { PreparedRequest } from '../../prepare/request';
import { asPiece, pieceName, piecesOf } from '../../prepare/sound';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../prepare/video';
import { toRequest } from '../../prepare/videoRequest';
import { describeFailedJob, isRetryable } from '../../result/failedJob';
import { fetchResult } from '../../result/jobItem';
import type { ResultOptions } from '../../result/options';
import { stoppedWaiting, waitForEnd } from '../../result/wait';
import type { Account } from '../../service/account';
import { isFailed } from '../../service/jobs';
import { costOf, priceOfJob } from '../../service/price';
import type { Ledger } from '../../submit/ledger';
import type { Submit } from '../../submit/send';
import { submitJob } from '../../submit/submit';
import type { Pieces } from '../../sound/pieces';
import type { PlannedClip } from '../plan/plan';
import type { Clip, Picture } from './clips';
import { placeOf } from './clips';
import type { FilmRequest } from './filmRequest';
import { PictureWork, promptOf, releaseJob } from './pictures';
import { numberOf, stretchesOf } from './songPlan';

/** Submits are numbered within their run: an item's clips in their order, between it and the next. */
const MOST_CLIPS = 100_000;

/** The clips of one film on their way: each is submitted, awaited and fetched. */
export class Production {
	private readonly pieces: Pieces;

	/** Fires when no more clips of this film are to be submitted. */
	private readonly stopping = new AbortController();

	constructor(
		private readonly call: Call,
		private readonly account: Account,
		private readonly ledger: Ledger,
		private readonly film: FilmRequest,
		private readonly clips: Clip[],
	) {
		this.pieces = piecesOf(film.sound, film.measure, stretchesOf(film.plan));
	}

	/**
	 * Makes every clip, as far as the options ask for. What goes wrong with one is kept in it.
	 *
	 * @returns the clips' files, where they are wanted and all are there
	 */
	async run(options: ResultOptions): Promise<InputFile[] | undefined> {
		const files = await Promise.all(this.clips.map(async (clip) => await this.make(clip, options)));
		const isWanted = options.waits && options.downloads;
		return isWanted && files.every((file) => file !== undefined) ? files : undefined;
	}

	async close(): Promise<void> {
		await this.pieces.close();
	}

	private async make(clip: Clip, options: ResultOptions): Promise<InputFile | undefined> {
		try {
			const isKnown = clip.job !== undefined;
			if (!isKnown) {
				const picture = clip.picture && (await this.pictureFor(clip, clip.picture, options));
				if (clip.picture !== undefined && picture === undefined) return undefined;
				await this.submit(clip, picture);
			}
			return options.waits ? await this.finish(clip, options, isKnown) : undefined;
		} catch (error) {
			const failure = asFailure(error);
			if (clip.job === undefined) {
				// Not by the failure: it may be another clip's, which took this one out of the lane.
				const isUnclear = this.ledger.get(clip.key)?.unclear !== undefined;
				clip.submitted = isUnclear ? 'unknown' : 'no';
				this.stopping.abort(CANCELED);
			}
			this.blame(clip, failure);
			return undefined;
		}
	}

	/**
	 * What goes wrong with a picture costs its own clip only: the other clips go on.
	 *
	 * @returns the part of the clip's request; undefined where there is none
	 */
	private async pictureFor(
		clip: Clip,
		picture: Picture,
		options: ResultOptions,
	): Promise<FilePart | undefined> {
		const name = this.nameOf(clip);
		const ends = AbortSignal.any([this.call.signal, this.stopping.signal]);
		const work = new PictureWork(this.call, this.account, this.ledger, this.film, ends);
		try {
			return await work.make(clip.planned, picture, {
				...options,
				name,
				order: this.orderOf(clip),
			});
		} catch (error) {
			this.blame(clip, asFailure(error));
			return undefined;
		}
	}

	/** What stopped the pass is the cause of the clip that it is about only. */
	private blame(clip: Clip, failure: Failure): void {
		const isAnother = failure === this.call.pass.stoppedBy;
		if (failure.facts.isInterrupted !== true && !isAnother) clip.cause = failure;
	}

	private orderOf({ clip }: Clip): number {
		return this.call.item + clip / MOST_CLIPS;
	}

	private async submit(clip: Clip, picture: FilePart | undefined): Promise<void> {
		const { key, planned, quote, check } = clip;
		const submit: Submit = {
			...{ key, cost: quote?.amount, ...(check === undefined ? {} : { check }) },
			endpoint: AUDIO_TO_VIDEO_ENDPOINT,
			request: async () => await this.requestFor(planned, picture ? [picture] : []),
			name: this.nameOf(clip),
		};
		const turn = {
			order: this.orderOf(clip),
			signal: AbortSignal.any([this.call.signal, this.stopping.signal]),
		};
		const job = await submitJob(this.call, this.account, this.ledger, submit, turn);
		clip.account = submit.sentWith;
		const made = this.ledger.get(key)?.request_ids ?? [job.request_id];
		clip.jobs = [...new Set([...clip.jobs, ...made])];
		clip.job = job.request_id;
		clip.submitted = 'yes';
	}

	/** A clip's request; its piece of the sound is cut now, when it is its turn. */
	private async requestFor(clip: PlannedClip, pictures: FilePart[]): Promise<PreparedRequest> {
		const { film } = this;
		const sound = film.soundOfOne ?? (await this.pieceFor(clip));
		const request = requestOf(film, clip, [sound, ...pictures, ...film.picturesOf(clip)]);
		// With its place its job can be found again where a later try does not come as far as the plan.
		const prompt = promptOf(film.request, clip.scene);
		const place = { ...placeOf(clip), prompt, sound_id: film.soundIdOf(clip) };
		return { ...request, sent: { ...request.sent, ...place } };
	}

	private async pieceFor({ clip }: PlannedClip): Promise<FilePart> {
		const { sound, plan } = this.film;
		const { content } = await this.pieces.piece(clip - 1);
		const name = pieceName(sound, numberOf(clip, plan));
		return asPiece(sound, name, async () => await Promise.resolve(content));
	}

	private async finish(
		clip: Clip,
		options: ResultOptions,
		isKnown: boolean,
	): Promise<InputFile | undefined> {
		const { call } = this;
		const { account = this.account } = clip;
		// Node warns where more than ten listen to the same signal.
		const caller = call.until(AbortSignal.any([call.signal]));
		const requestId = clip.job ?? '';
		const product = `clip ${clip.clip}`;
		if (clip.file !== undefined) return clip.file;
		const job =
			clip.found ??
			(await waitForEnd(caller, account, requestId, {
				...options,
				product,
				name: this.nameOf(clip),
				checksAtOnce: isKnown,
			}));
		clip.status = job.status;
		clip.result_url = textOf(job.result_url);
		clip.price = priceOfJob(job);
		const cost = costOf(job);
		if (cost !== undefined) this.ledger.charge(clip.key, requestId, cost);
		if (isFailed(job.status)) {
			if (isRetryable(job)) releaseJob(this.ledger, clip.key, requestId);
			throw describeFailedJob(job, requestId, 'it');
		}
		if (!options.downloads) return undefined;
		const wanted = { product, fileName: `clip-${clip.clip}`, needsFile: true, isVideo: true };
		const { file } = await fetchResult(caller, account, requestId, job, wanted).catch(
			(error: unknown) => {
				// Whatever the fetch says that was broken off: it was, because the work stops.
				throw call.signal.aborted ? stoppedWaiting(product) : asFailure(error);
			},
		);
		return file ? await toInputFile(call.context, file) : undefined;
	}

	private nameOf({ clip }: Clip): string {
		return `clip ${clip} of ${this.film.plan.clips.length}`;
	}
}

/** The request of one clip. */
export function requestOf(
	{ request }: FilmRequest,
	{ scene, asked }: PlannedClip,
	files: FilePart[],
): PreparedRequest {
	return toRequest({ ...request, prompt: promptOf(request, scene) }, asked, files);
}
