import type { IDataObject } from 'n8n-workflow';
import { isObject, numberOf } from '../../basics/values';
import { Failure } from '../../engine/failure';
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
	/** Absent where it was never submitted. */
	request_id?: string;
	/** The last known state of its job. */
	status?: string;
	result_url?: string;
}

/** An existing clip whose job can be used again. */
export interface ExistingJob extends ExistingClip {
	request_id: string;
}

const ADVICE =
	'Put in the clips of an earlier run, e.g. {{ $json.clips }} or {{ $json.details.clips }}, with nothing before or after it, or as JSON. Empty the field to submit all clips anew.';

/** What can lie around a list of clips: an output item, a failed item, an item with its JSON. */
const WRAPPERS = ['clips', 'details', 'json'];
/** The deepest that sense can be: text of [item → json → details → clips as text]. */
const MAX_DEPTH = 8;

/**
 * Reads the field 'Existing Clips': the `clips` of an earlier run or the `details.clips` of a failed
 * item, as a list or as JSON text, also with the whole item around it.
 *
 * @returns empty where the field is empty
 * @throws {Failure} where it holds anything else: to take that for an empty field would pay twice
 */
export function readExistingClips(value: unknown): ExistingClip[] {
	return findList(value, 0).map((entry, index) => readClip(entry, index + 1));
}

function findList(value: unknown, depth: number): unknown[] {
	if (value === undefined || value === null || value === '') return [];
	if (depth > MAX_DEPTH) throw unreadable('holds no list of clips');
	if (typeof value === 'string') return findList(parse(value), depth + 1);
	if (Array.isArray(value)) {
		if (!value.some(isWrapper)) return value;
		// Clips of two films could take each other's place.
		if (value.length > 1)
			throw unreadable(`holds ${value.length} items; it takes the clips of one`);
		return findList(value[0], depth + 1);
	}
	if (!isObject(value)) throw unreadable('holds no list of clips');
	const wrapper = WRAPPERS.find((name) => name in value);
	const content = wrapper === undefined ? undefined : value[wrapper];
	if (content === undefined || content === null) throw unreadable('holds no list of clips');
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
		request_id: readText(entry, 'request_id', place),
		status: readText(entry, 'status', place),
		result_url: readText(entry, 'result_url', place),
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
 * Finds the clips of a plan that have a job already: one at the same place (within half a frame) and
 * of the same length, with a request ID, that is not known to have ended in an error. Where several
 * fit, the first is taken.
 *
 * @returns the jobs by the plan's clip numbers; clips that are not in it have to be submitted
 */
export function matchExisting(plan: Plan, existing: ExistingClip[]): Map<number, ExistingJob> {
	const jobs = new Map<string, ExistingJob>();
	for (const clip of existing) {
		const { request_id, frames } = clip;
		if (request_id === undefined || clip.status === 'error') continue;
		// The same frames at another frame rate last another time.
		if (Math.round(clip.seconds * plan.fps) !== frames) continue;
		const key = keyOf(Math.round(clip.start_seconds * plan.fps), frames);
		if (!jobs.has(key)) jobs.set(key, { ...clip, request_id });
	}
	const found = new Map<number, ExistingJob>();
	for (const { clip, startFrame, frames } of plan.clips) {
		const job = jobs.get(keyOf(startFrame, frames));
		if (job) found.set(clip, job);
	}
	return found;
}

function keyOf(startFrame: number, frames: number): string {
	return `${startFrame}+${frames}`;
}
