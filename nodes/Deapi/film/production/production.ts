import { sizeText, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { asFailure } from '../../engine/nodeErrors';
import type { InputFile } from '../../files/binary';
import { toInputFile } from '../../files/binary';
import type { FilePart } from '../../prepare/files';
import { SOUND } from '../../prepare/media';
import type { PreparedRequest } from '../../prepare/request';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../prepare/video';
import { toRequest } from '../../prepare/videoRequest';
import { toJobItem } from '../../result/jobItem';
import type { ResultOptions } from '../../result/options';
import { describeFailedJob, isRetryable } from '../../result/paidJob';
import { waitForEnd } from '../../result/wait';
import type { Account } from '../../service/account';
import { CANCELED } from '../../service/answers';
import type { Ledger } from '../../submit/ledger';
import { NOT_SENT } from '../../submit/send';
import { submitJob } from '../../submit/submit';
import { SoundCutter } from '../cut/soundCutter';
import type { PlannedClip } from '../plan/plan';
import type { ClipState } from './clips';
import { NOT_SENT_STATE, UNKNOWN } from './clips';
import type { FilmRequest } from './filmRequest';
import { cutsOf } from './songPlan';

/** Submits are numbered within their run: an item's clips in their order, between it and the next. */
const MOST_CLIPS = 100_000;

/** The clips of one film on their way: each is submitted, awaited and fetched. */
export class Production {
	private readonly cutter: SoundCutter;

	/** Fires when no more clips of this film are to be submitted. */
	private readonly stopping = new AbortController();

	constructor(
		private readonly call: Call,
		private readonly account: Account,
		private readonly ledger: Ledger,
		private readonly film: FilmRequest,
		private readonly states: ClipState[],
	) {
		const { file, type, subject } = film.sound;
		this.cutter = new SoundCutter({ ...file, subject }, type, cutsOf(film.plan));
	}

	/**
	 * Brings every clip as far as the user wishes. What goes wrong with a clip stands in its state.
	 *
	 * @returns the clips' files, where they are wanted and all are there
	 */
	async run(wish: ResultOptions): Promise<InputFile[] | undefined> {
		const files = await Promise.all(this.states.map(async (state) => await this.make(state, wish)));
		return files.every((file) => file !== undefined) && wish.waits && wish.downloads
			? files
			: undefined;
	}

	async close(): Promise<void> {
		await this.cutter.close();
	}

	private async make(state: ClipState, wish: ResultOptions): Promise<InputFile | undefined> {
		try {
			const isKnown = state.request_id !== undefined;
			if (!isKnown) await this.submit(state);
			return wish.waits ? await this.finish(state, wish, isKnown) : undefined;
		} catch (error) {
			const failure = asFailure(error);
			if (state.request_id === undefined) {
				// Not by the failure: it may be another clip's, which took this one out of the lane.
				state.status = this.isUnclear(state) ? UNKNOWN : NOT_SENT_STATE;
				this.stopping.abort(failure);
			}
			if (!this.isConsequence(failure)) state.failure = failure;
			return undefined;
		}
	}

	private isUnclear({ clip: { clip } }: ClipState): boolean {
		return this.ledger.get({ item: this.call.item, clip })?.unclear !== undefined;
	}

	/** Clips that wait, in the lane or for their end, when another one stops the work are no causes. */
	private isConsequence(failure: Failure): boolean {
		const isStopped = [NOT_SUBMITTED, NOT_SENT, this.call.pass.stoppedBy].includes(failure);
		return isStopped || failure.facts.message === CANCELED.facts.message;
	}

	private async submit(state: ClipState): Promise<void> {
		const { clip } = state.clip;
		const key = { item: this.call.item, clip };
		const signal = AbortSignal.any([this.call.signal, this.stopping.signal]);
		const job = await submitJob(
			this.call,
			this.account,
			this.ledger,
			{
				key,
				endpoint: AUDIO_TO_VIDEO_ENDPOINT,
				request: async () => await this.requestFor(state.clip),
				name: this.nameOf(state.clip),
			},
			{ order: this.call.item + clip / MOST_CLIPS, signal, unsent: NOT_SUBMITTED },
		);
		state.request_id = job.request_id;
		state.request_ids = this.ledger.get(key)?.request_ids ?? [job.request_id];
		state.status = 'pending';
	}

	/** A clip's request; its piece of the sound is cut now, when it is its turn. */
	private async requestFor(clip: PlannedClip): Promise<PreparedRequest> {
		const { request, plan } = this.film;
		const sound = plan.clips.length === 1 ? this.film.sound : await this.pieceFor(clip);
		const prompt = [request.prompt, clip.scene].filter((text) => textOf(text)).join('\n');
		const files = [sound, ...this.film.picturesOf(clip)];
		return toRequest({ ...request, prompt }, clip.frames, files);
	}

	private async pieceFor({ clip }: PlannedClip): Promise<FilePart> {
		const { sound } = this.film;
		const { content, fileName } = await this.cutter.piece(clip - 1);
		if (content.length > SOUND.limit) {
			throw new Failure({
				message: `The piece of the sound for clip ${clip} has ${sizeText(content.length)}`,
				description: `deAPI takes up to ${sizeText(SOUND.limit)} for a clip. Save the sound as MP3.`,
				submitted: 'no',
			});
		}
		const file: InputFile = {
			size: content.length,
			fileName,
			open: async () => await Promise.resolve(content),
			readHead: async () => await Promise.resolve({ head: content }),
		};
		return { ...sound, file };
	}

	private async finish(
		state: ClipState,
		wish: ResultOptions,
		isKnown: boolean,
	): Promise<InputFile | undefined> {
		const { account } = this;
		const call = withOwnSignal(this.call);
		const requestId = state.request_id ?? '';
		const name = this.nameOf(state.clip);
		const product = `clip ${state.clip.clip}`;
		const job = await waitForEnd(call, account, requestId, {
			...wish,
			product,
			name,
			checksAtOnce: isKnown,
		});
		state.status = job.status;
		state.result_url = textOf(job.result_url);
		if (job.status === 'error') {
			if (isRetryable(job)) this.release(state, requestId);
			throw describeFailedJob(job, requestId, 'it');
		}
		if (!wish.downloads) return undefined;
		const item = await toJobItem(
			call,
			account,
			requestId,
			job,
			{},
			{
				downloads: true,
				field: 'clip',
				product,
				fileName: `clip-${state.clip.clip}`,
				needsFile: true,
			},
		);
		const file = item.binary?.clip;
		return file ? await toInputFile(call.context, file) : undefined;
	}

	/** Retry On Fail may make the clip again; also one that came with 'Existing Clips'. */
	private release({ clip: { clip } }: ClipState, requestId: string): void {
		const key = { item: this.call.item, clip };
		if (this.ledger.get(key) === undefined) this.ledger.accept(key, { request_id: requestId });
		this.ledger.release(key);
	}

	private nameOf({ clip }: PlannedClip): string {
		return `clip ${clip} of ${this.film.plan.clips.length}`;
	}
}

/** The call of one clip. Node warns where more than ten wait for the same signal. */
function withOwnSignal(call: Call): Call {
	return Object.create(call, { signal: { value: AbortSignal.any([call.signal]) } });
}

/** A clip that was not sent, because another clip of its film could not be. */
export const NOT_SUBMITTED = new Failure({
	message: 'The clip was not submitted, because another one could not be',
	description: 'Nothing was sent for this clip.',
	submitted: 'no',
});
