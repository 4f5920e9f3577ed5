import type { IDataObject } from 'n8n-workflow';
import { quote } from '../../basics/quote';
import { listOf } from '../../basics/values';
import type { Submitted } from '../../engine/failure';
import { Failure } from '../../engine/failure';
import type { FilmRequest } from './filmRequest';
import type { PlannedClip } from '../plan/plan';

/** The state of a clip that nothing was sent for. */
export const NOT_SENT_STATE = 'not submitted';
/** The state of a clip that was sent, and of which nobody knows whether it became a job. */
export const UNKNOWN = 'unknown';

/** What is known of a clip while the film is being made. */
export interface ClipState {
	clip: PlannedClip;
	/** All jobs that it ever led to, the latest last. */
	request_ids: string[];
	/** The job that counts. */
	request_id?: string;
	/** deAPI's word for the job's state, or one of ours. */
	status: string;
	result_url?: string;
	/** Why there is no clip. */
	failure?: Failure;
}

/** A clip in an item: where it lies in the film, and its job. */
export function clipFacts({ clip, request_id, request_ids, result_url }: ClipState): IDataObject {
	// Jobs that it was made after: each may have been charged.
	const earlier = request_ids.filter((id) => id !== request_id);
	return {
		clip: clip.clip,
		...(request_id === undefined ? {} : { request_id }),
		...(earlier.length === 0 ? {} : { earlier_request_ids: earlier }),
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
 * @param whole what went wrong with the film as a whole, where no clip is the cause
 */
export function filmFailure(states: ClipState[], whole?: Failure): Failure {
	const failed = states.filter((state) => state.failure !== undefined);
	const cause = failed[0]?.failure ?? whole;
	const { message = '', description = '', status, details } = cause?.facts ?? {};
	const numbers = failed.slice(0, LISTED).map(({ clip }) => String(clip.clip));
	const place = `${failed.length === 1 ? 'Clip' : 'Clips'} ${listOf(numbers)} of ${states.length}: `;
	const wasSent = failed.length === 0 || failed[0]?.request_id !== undefined;
	const list = states.slice(0, LISTED).map((state) => stateText(state, cause));
	return new Failure(
		{
			...(status === undefined ? {} : { status }),
			message: failed.length === 0 ? message : `${place}${message}`,
			description: [aboutClip(description), `The clips: ${list.join('; ')}.`, whatNow(states)]
				.filter((text) => text !== '')
				.join(' '),
			submitted: submittedOf(states),
			// What a job says of itself stands with its clip; what a refusal says is the film's.
			details: { ...(wasSent ? whole?.facts.details : details), clips: clipDetails(states) },
		},
		{ cause: cause?.cause },
	);
}

function submittedOf(states: ClipState[]): Submitted {
	if (states.some(({ status }) => status === UNKNOWN)) return 'unknown';
	return states.some(({ request_id }) => request_id !== undefined) ? 'yes' : 'no';
}

/** Messages of a submit speak of the item; here it is one clip of an item. */
function aboutClip(text: string): string {
	return text
		.replaceAll('for this item', 'for this clip')
		.replace('This item was not', 'This clip was not')
		.replace('you run this item again', 'you submit this clip again');
}

/** A clip's jobs and state, and what is wrong with it where another clip's reason leads the message. */
function stateText({ clip, request_ids, status, failure }: ClipState, cause?: Failure): string {
	const ids = request_ids.length === 0 ? '' : ` ${request_ids.join(', ')}`;
	const isOther = failure !== undefined && failure !== cause;
	const reason = isOther ? ` (${withoutId(failure.facts.message, request_ids)})` : '';
	return `clip ${clip.clip}${ids}: ${quote(status, 50)}${reason}`;
}

function withoutId(text: string, ids: string[]): string {
	return ids.reduce((rest, id) => rest.replace(` (request ID ${id})`, ''), text);
}

function whatNow(states: ClipState[]): string {
	const parts: string[] = [];
	const isDone = states.every(({ status }) => status === 'done');
	if (states.some(({ request_id }) => request_id !== undefined)) {
		parts.push(
			isDone
				? "All clips are there and paid for: with the details' clips in 'Existing Clips' none is paid for again. Without 'Download Result' the item gives the links to them."
				: "To pay only for what is missing, run the item again with the details' clips in 'Existing Clips'.",
		);
	}
	if (states.some(({ status }) => status === UNKNOWN)) {
		parts.push(
			"A clip whose state is unknown has no request ID, so that run would submit it again: look for its job in the dashboard first, and enter the job's ID as the clip's request_id where there is one.",
		);
	}
	return parts.join(' ');
}
