import type { IDataObject } from 'n8n-workflow';
import { isObject, listOf, numberOf, textOf } from '../../basics/values';
import { Failure } from '../../engine/failure';
import { isFailed } from '../../service/jobs';
import type { Stretch } from '../../sound/pieces';
import type { Plan } from './plan';

/** A clip of an earlier run, as its output or its failed item says. */
export interface ExistingClip {
	/** Its number in the film, from 1. */
	clip: number;
	/** Where it begins, in seconds. */
	start_seconds: number;
	/** Its length in seconds. */
	seconds: number;
	/** Its length in frames. */
	frames: number;
	/** The frames that the model was asked for, where they are more. */
	frames_asked?: number;
	/** Absent where it was never submitted. */
	request_id?: string;
	/** The job of the picture that it begins with, where the node had that made. */
	picture_request_id?: string;
	/** The last known state of its job, or of that of its picture where there is no other. */
	status?: string;
	/** The slug of the model that makes it. */
	model?: string;
	/** The seed that it was made with; absent where an earlier version of this package has made it. */
	seed?: number;
	/** What it shows besides the prompt. */
	scene?: string;
	/** What was sent as its prompt, the scene included. */
	prompt?: string;
	/** Of which sound it was made; absent where an earlier version of this package has made it. */
	sound_id?: string;
}

/** An existing clip whose job can be used again. */
export interface ExistingJob extends ExistingClip {
	request_id: string;
}

const ADVICE =
	'Enter the clips of an earlier run, e.g. {{ $json.clips }} or {{ $json.details.clips }}, with nothing before or after it, or as JSON. To submit all clips again, remove the option, or let an expression give [].';

/** What can lie around a list of clips: an output item, a failed item, an item with its JSON. */
const WRAPPERS = ['clips', 'details', 'json'];
/** The deepest that sense can be: text of [item → json → details → clips as text]. */
const MAX_DEPTH = 8;

/**
 * Reads the field 'Existing Clips': the `clips` of an earlier run or the `details.clips` of a failed
 * item, as a list or as JSON text, also with the whole item around it.
 *
 * @returns empty where the list is
 * @throws {Failure} where it holds anything else, or nothing: to take that for an empty list would pay twice
 */
export function readExistingClips(value: unknown): ExistingClip[] {
	const clips = findList(value, 0).map((entry, index) => readClip(entry, index + 1));
	refuseDoubled(clips);
	return clips;
}

/** One job is one clip: what it shows cannot be true for two places. */
function refuseDoubled(clips: ExistingClip[]): void {
	const places = new Map<string, number[]>();
	for (const { clip, request_id: id } of clips) {
		if (id !== undefined) places.set(id, [...(places.get(id) ?? []), clip]);
	}
	for (const [id, numbers] of places) {
		if (numbers.length === 1) continue;
		throw new Failure({
			message: `'Existing Clips' has the job ${id} doubled, for clips ${listOf(numbers.map(String))}`,
			description:
				'Each clip has a job of its own. Take the list as an earlier run has given it. Nothing was sent.',
			submitted: 'no',
		});
	}
}

function findList(value: unknown, depth: number): unknown[] {
	if (value === undefined || value === null || value === '') throw unreadable('is set and empty');
	if (depth > MAX_DEPTH) throw unreadable('does not contain a list of clips');
	if (typeof value === 'string') return findList(parse(value), depth + 1);
	if (Array.isArray(value)) {
		if (!value.some(isWrapper)) return value;
		// Clips of two films could take each other's place.
		if (value.length > 1)
			throw unreadable(`holds ${value.length} items; it takes the clips of only one`);
		return findList(value[0], depth + 1);
	}
	if (!isObject(value)) throw unreadable('does not contain a list of clips');
	const wrapper = WRAPPERS.find((name) => name in value);
	const content = wrapper === undefined ? undefined : value[wrapper];
	if (content === undefined || content === null)
		throw unreadable('does not contain a list of clips');
	return findList(content, depth + 1);
}

function parse(text: string): unknown {
	if (text.trim() === '') return undefined;
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw unreadable('holds text that is not JSON', { cause });
	}
}

function isWrapper(value: unknown): boolean {
	return isObject(value) && WRAPPERS.some((name) => name in value);
}

function readClip(entry: unknown, place: number): ExistingClip {
	if (!isObject(entry)) throw unreadable(`has no clip at place ${place} of its list`);
	return {
		clip: readNumber(entry, 'clip', place, (clip) => Number.isInteger(clip) && clip >= 1),
		start_seconds: readNumber(entry, 'start_seconds', place, (start) => start >= 0),
		seconds: readNumber(entry, 'seconds', place, (seconds) => seconds > 0),
		frames: readNumber(entry, 'frames', place, (frames) => Number.isInteger(frames) && frames >= 1),
		...(entry.frames_asked === undefined
			? {}
			: { frames_asked: readNumber(entry, 'frames_asked', place, (asked) => asked >= 1) }),
		request_id: readText(entry, 'request_id', place),
		picture_request_id: readText(entry, 'picture_request_id', place),
		status: readText(entry, 'status', place),
		model: readText(entry, 'model', place),
		...(numberOf(entry.seed) === undefined ? {} : { seed: numberOf(entry.seed) }),
		scene: readText(entry, 'scene', place),
		prompt: textOf(entry.prompt),
		sound_id: readText(entry, 'sound_id', place),
	};
}

function readNumber(
	entry: IDataObject,
	name: string,
	place: number,
	isInOrder: (number: number) => boolean,
): number {
	const number = numberOf(entry[name]);
	if (number === undefined || !isInOrder(number)) throw unreadableFact(name, place);
	return number;
}

function readText(entry: IDataObject, name: string, place: number): string | undefined {
	const text = entry[name];
	if (text === undefined || text === null) return undefined;
	if (typeof text !== 'string') throw unreadableFact(name, place);
	return text.trim() === '' ? undefined : text.trim();
}

function unreadableFact(name: string, place: number): Failure {
	return unreadable(`has no usable ${name} at place ${place} of its list`);
}

function unreadable(what: string, options?: ErrorOptions): Failure {
	const message = `'Existing Clips' ${what}`;
	return new Failure({ message, description: ADVICE, submitted: 'no' }, options);
}

/**
 * Finds the clips of a plan that have a job already: one at the same place (within half a frame), of
 * the same length and of the same sound, with a request ID, that is not known to have ended in an error.
 * Where several fit, the first is taken. A clip that does not say of which sound it is, fits by its place.
 *
 * @param soundIds of the plan's clips, in their order
 * @returns the jobs by the plan's clip numbers; clips that are not in it have to be submitted
 */
export function matchExisting(
	plan: Plan,
	existing: ExistingClip[],
	soundIds: readonly string[] = [],
): Map<number, ExistingJob> {
	const found = new Map<number, ExistingJob>();
	const jobsAt = jobsByPlace(plan, existing);
	for (const [index, clip] of plan.clips.entries()) {
		const job = jobsAt(clip).find((each) => !isForeign(each, soundIds[index]));
		if (job) found.set(clip.clip, job);
	}
	return found;
}

/**
 * Existing clips that are of another sound, wherever they lie: another sound is cut at other places.
 *
 * @param soundIdOf which sound there is now in a stretch, in seconds
 */
export function foreignClips(
	existing: ExistingClip[],
	soundIdOf: (stretch: Stretch) => string,
): ExistingJob[] {
	return existing.flatMap((clip) => {
		const { request_id, start_seconds: from, seconds, frames, frames_asked = frames } = clip;
		if (request_id === undefined || isFailed(clip.status)) return [];
		const to = from + (seconds * frames_asked) / frames;
		const job = { ...clip, request_id };
		return isForeign(job, soundIdOf({ from, to })) ? [job] : [];
	});
}

function isForeign({ sound_id: id }: ExistingJob, soundId: string | undefined): boolean {
	return id !== undefined && id !== soundId;
}

/**
 * Finds the pictures of clips that have to be made: those of an earlier run for the same places, unless they
 * ended in an error themselves. The arguments as for `matchExisting`.
 *
 * @returns their request IDs by the plan's clip numbers
 */
export function existingPictures(
	plan: Plan,
	existing: ExistingClip[],
	soundIds: readonly string[],
): Map<number, string> {
	// A clip that was submitted had its picture, whatever came of the clip.
	const pictures = existing
		.filter(({ request_id, status }) => request_id !== undefined || !isFailed(status))
		.map(({ picture_request_id, status: _status, ...clip }) => ({
			...clip,
			request_id: picture_request_id,
		}));
	const jobs = matchExisting(plan, pictures, soundIds);
	return new Map([...jobs].map(([clip, { request_id }]) => [clip, request_id]));
}

/** Looks up which jobs there are for a place in a film. */
function jobsByPlace(plan: Plan, existing: ExistingClip[]) {
	const jobs = new Map<string, ExistingJob[]>();
	for (const clip of existing) {
		const { request_id, frames } = clip;
		if (request_id === undefined || isFailed(clip.status)) continue;
		// The same frames at another frame rate last another time.
		if (Math.round(clip.seconds * plan.fps) !== frames) continue;
		const key = keyOf(Math.round((clip.start_seconds - plan.start) * plan.fps), frames);
		jobs.set(key, [...(jobs.get(key) ?? []), { ...clip, request_id }]);
	}
	return ({ startFrame, frames }: Plan['clips'][number]) =>
		jobs.get(keyOf(startFrame, frames)) ?? [];
}

/** How messages call clips of another sound, e.g. `clip 2 (3f2a…)`. */
export function foreignText(foreign: ExistingJob[]): string {
	const shown = foreign
		.slice(0, LISTED)
		.map(({ clip, request_id }) => `clip ${clip} (${request_id})`);
	const rest = foreign.length - shown.length;
	return listOf(rest > 0 ? [...shown, `${rest} more`] : shown);
}

/** How many clips a message lists one by one. */
const LISTED = 60;

/** The model that all clips with a job have; undefined where they have several, or do not say. */
export function modelOfExisting(existing: ExistingClip[]): string | undefined {
	const usable = existing.filter(
		({ request_id, status }) => request_id !== undefined && !isFailed(status),
	);
	const [model, ...others] = new Set(usable.map((clip) => clip.model));
	return others.length === 0 ? model : undefined;
}

function keyOf(startFrame: number, frames: number): string {
	return `${startFrame}+${frames}`;
}
