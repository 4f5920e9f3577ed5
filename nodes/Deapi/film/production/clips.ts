import type { IDataObject } from 'n8n-workflow';
import { quote } from '../../basics/quote';
import { listOf } from '../../basics/values';
import { Failure } from '../../engine/failure';
import type { FilmRequest } from './filmRequest';
import type { PlannedClip } from '../plan/plan';

/** What is known of a clip while the film is being made. */
export interface ClipState {
	clip: PlannedClip;
	/** All jobs that it ever led to, the latest last. */
	request_ids: string[];
	/** The job that counts. */
	request_id?: string;
	/** deAPI's word for the job's state, or ours: `not submitted`, `unknown`. */
	status: string;
	result_url?: string;
	/** Why there is no clip. */
	failure?: Failure;
}

/** A clip in an item: where it lies in the film, and its job. */
export function clipFacts({ clip, request_id, result_url }: ClipState): IDataObject {
	return {
		clip: clip.clip,
		...(request_id === undefined ? {} : { request_id }),
		start_seconds: clip.start_seconds,
		seconds: clip.seconds,
		frames: clip.frames,
		...(clip.scene === undefined || clip.scene === '' ? {} : { scene: clip.scene }),
		...(result_url === undefined ? {} : { result_url }),
	};
}

/** The clips with their states, made to be put into 'Existing Clips'. */
export function clipDetails(states: ClipState[]): IDataObject[] {
	return states.map((state) => ({ ...clipFacts(state), status: state.status }));
}

/** What an item says of its film, whatever else it says. */
export function filmFacts(film: FilmRequest, states: ClipState[]): IDataObject {
	const { request, plan, seconds } = film;
	const ids = states.flatMap(({ request_id }) => request_id ?? []);
	return {
		...(ids.length === 1 && states.length === 1 ? { request_id: ids[0] } : {}),
		request_ids: ids,
		clips: states.map(clipFacts),
		...request.video,
		seed: request.seed,
		frames: plan.frames,
		audio_seconds: Math.round(seconds * 1000) / 1000,
		video_seconds: Math.round((plan.frames / plan.fps) * 1000) / 1000,
	};
}

/** How many clips a message lists one by one. */
const LISTED = 60;

/**
 * A film that could not be made: what happened to which clip, and how to pay only for what is missing.
 *
 * @param failure of the film as a whole, where no clip is the cause
 */
export function filmFailure(states: ClipState[], failure?: Failure): Failure {
	const failed = states.filter((state) => state.failure !== undefined);
	const submitted = states.some(({ request_id }) => request_id !== undefined);
	const isUnknown = states.some(({ status }) => status === 'unknown');
	const first = failed[0]?.failure ?? failure;
	const numbers = failed.map(({ clip }) => String(clip.clip));
	const message =
		failed.length === 0
			? (failure?.facts.message ?? '')
			: `${failed.length === 1 ? 'Clip' : 'Clips'} ${listOf(numbers.slice(0, LISTED))} of ${states.length}: ${first?.facts.message ?? ''}`;
	const list = states
		.slice(0, LISTED)
		.map(({ clip, request_ids, status }) => {
			const ids = request_ids.length === 0 ? '' : ` ${request_ids.join(', ')}`;
			return `clip ${clip.clip}${ids}: ${quote(status, 50)}`;
		})
		.join('; ');
	const again = submitted
		? " To pay only for what is missing, run the item again with the details' clips in 'Existing Clips'."
		: '';
	return new Failure(
		{
			...(first?.facts.status === undefined ? {} : { status: first.facts.status }),
			message,
			description: `${first?.facts.description ?? ''} The clips: ${list}.${again}`,
			submitted: isUnknown ? 'unknown' : submitted ? 'yes' : 'no',
			details: { ...failure?.facts.details, clips: clipDetails(states) },
		},
		{ cause: first?.cause },
	);
}
