/** What came of an item and of its clips, as data. `report.ts` puts it into words. */
import type { IDataObject } from 'n8n-workflow';
import { textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import type { Failure, PaidJob, Submitted } from '../../engine/failure';
import type { NodeRun } from '../../engine/run';
import { PerRun } from '../../engine/run';
import type { Price } from '../../service/price';
import { isFailed } from '../../service/jobs';
import type { Doubt, Entry, SubmitKey } from '../ledger';
import { ledgerOf } from '../ledger';
import { nodeSum } from '../purpose';

/** What came of an item, or of one clip of an item. */
interface Outcome {
	/** All jobs of all its tries, the latest last: each may have been charged. */
	jobs: string[];
	submitted: Submitted;
}

/** What came of a clip; while the film is being made, what is known by now. */
export interface ClipOutcome extends Outcome {
	/** Its number in the film, from 1. */
	clip: number;
	/** Where it lies in the film and what it shows, as items state it. */
	place: IDataObject;
	/** What the ledger knows it by. */
	key: SubmitKey;
	/** The job that counts. */
	job?: string;
	/** deAPI's word for the state of that job. */
	status?: string;
	/** The slug of the model that makes it; undefined for a clip of an earlier run that does not say. */
	model?: string | undefined;
	/** The seed that it is made with; undefined for a clip of an earlier run that does not say. */
	seed?: number | undefined;
	/** What was sent as its prompt; undefined for a clip of an earlier run that does not say. */
	prompt?: string | undefined;
	/** Which sound it is heard with; undefined for a clip of an earlier run that does not say. */
	sound_id?: string | undefined;
	result_url?: string | undefined;
	/** The picture that it begins with, where the node has it made. */
	picture?: PictureOutcome | undefined;
	/** What deAPI says that the job costs, once it is done. */
	price?: Price | undefined;
	/** Why there is no clip; missing where something else ended the work on it. */
	cause?: Failure;
}

/** What came of a picture that a clip begins with. */
export interface PictureOutcome extends Outcome {
	/** What the ledger knows it by; missing where only an earlier run's clip names it. */
	key?: SubmitKey;
	/** The job that counts. */
	job?: string;
	/** deAPI's word for the state of that job; `error` also where its picture cannot be used. */
	status?: string;
	/** What deAPI says that the job costs, once it is done. */
	price?: Price | undefined;
}

/** What came of a film, which is one item. */
export interface FilmOutcome {
	clips: ClipOutcome[];
	/** What was put into 'Existing Clips', and not used because it is of another sound. */
	foreign: ReadonlyArray<{ clip: number; request_id: string }>;
}

/** What came of an item that failed. */
export interface ItemOutcome extends Outcome {
	item: number;
	cause: Failure;
	/** The job that counts. */
	job: PaidJob | undefined;
	/** Submits whose outcome is not known, besides the one that the cause is about. */
	doubts: Array<{ clip?: number | undefined; doubt: Doubt }>;
	/** What an earlier try has brought where no job is made. */
	answer: IDataObject | undefined;
	/** Clips of an earlier try, where this one has not come as far as their plan. */
	clips: IDataObject[];
	/** Where it has come as far as the plan of its clips. */
	film: FilmOutcome | undefined;
}

const films = new PerRun(() => new Map<number, FilmOutcome>());

/** Says which clips an item has from now on; none where the work on it begins anew. */
export function keepFilm(
	{ run, item, pass }: Pick<Call, 'run' | 'item' | 'pass'>,
	film?: FilmOutcome,
): void {
	// What a pass knows that n8n has left may be out of date.
	if (pass.isAbandoned) return;
	if (film === undefined) films.of(run).delete(item);
	else films.of(run).set(item, film);
}

/**
 * All that is known of an item that failed, over all its tries.
 *
 * @param call of any item of its run
 * @param item the item
 * @param cause what went wrong now
 */
export function outcomeOf(
	{ run, context }: Pick<Call, 'run' | 'context'>,
	item: number,
	cause: Failure,
): ItemOutcome {
	const entries = ledgerOf(run).of(item);
	const film = films.of(run).get(item);
	const ids = [...entries.flatMap(({ request_ids }) => request_ids), ...idsOf(film?.clips ?? [])];
	const known = { item, cause, film, jobs: [...new Set(ids)], answer: undefined, clips: [] };
	if (film !== undefined) {
		const doubts = doubtsOf(entries, ownEntries(run, submitsOf(film.clips).keys));
		return { ...known, job: undefined, doubts, submitted: submittedOf(film.clips) };
	}
	const { job, submitted } = cause.facts;
	if (job !== undefined) return { ...known, job, doubts: [], submitted: 'yes' };
	if (submitted === 'unknown') return { ...known, job, doubts: [], submitted };
	const doubts = doubtsOf(entries);
	if (doubts.length > 0) return { ...known, job, doubts, submitted: 'unknown' };
	const isFilm = entries.some(({ clip }) => clip !== undefined);
	const id = isFilm ? undefined : jobOf(entries, nodeSum({ context }))?.request_id;
	const paid: PaidJob | undefined = id === undefined ? undefined : { id, state: 'running' };
	const answer = entries.map((entry) => entry.answer).findLast((each) => each !== undefined);
	const isPaid = paid ?? answer ?? (isFilm && ids.length > 0 ? ids : undefined);
	return {
		...known,
		job: paid,
		clips: isFilm ? clipsOf(entries, nodeSum({ context })) : [],
		doubts,
		answer: paid === undefined ? answer : undefined,
		submitted: isPaid === undefined ? (submitted ?? 'no') : 'yes',
	};
}

/** Of what was made before the node was edited, only its IDs are told. */
function jobOf(entries: Entry[], node: string) {
	const same = entries.filter(({ purpose }) => purpose === undefined || purpose.node === node);
	return same.flatMap((entry) => entry.job ?? []).at(-1);
}

/** What was sent for a clip that lets it be put into 'Existing Clips'. */
const PLACE = [
	...['start_seconds', 'seconds', 'frames', 'frames_asked', 'cut', 'scene'],
	...['prompt', 'model', 'seed', 'sound_id'],
];

/** The clips of an item as far as the ledger knows their places; of several for one place the latest comes first. */
function clipsOf(entries: Entry[], node: string): IDataObject[] {
	const own = entries.filter(({ purpose }) => purpose?.node === node);
	const pictures = new Map(
		own.flatMap(({ clip, part, job }) =>
			part === 'picture' && job ? [[clip, { picture_request_id: job.request_id }]] : [],
		),
	);
	return own
		.flatMap(({ clip, part, job }) => {
			if (job?.seconds === undefined || part !== undefined) return [];
			const facts = PLACE.flatMap((name) => (job[name] === undefined ? [] : [[name, job[name]]]));
			const made = { request_id: job.request_id, ...pictures.get(clip) };
			return [{ clip, ...made, ...Object.fromEntries(facts) }];
		})
		.reverse()
		.sort((a, b) => Number(a.clip) - Number(b.clip));
}

const idsOf = (clips: ClipOutcome[]) => submitsOf(clips).jobs;

/** All that clips were submitted for, their pictures too: what the ledger knows them by, and their jobs. */
export function submitsOf(clips: ClipOutcome[]): { keys: SubmitKey[]; jobs: string[] } {
	return {
		keys: clips.flatMap(({ key, picture }) => [key, ...(picture?.key ? [picture.key] : [])]),
		jobs: clips.flatMap(({ jobs, picture }) => [...(picture?.jobs ?? []), ...jobs]),
	};
}

const ownEntries = (run: NodeRun, keys: SubmitKey[]) =>
	new Set(keys.map((key) => ledgerOf(run).get(key)));

function doubtsOf(entries: Entry[], own = new Set<Entry | undefined>()): ItemOutcome['doubts'] {
	return entries.flatMap((entry) =>
		entry.unclear === undefined || own.has(entry)
			? []
			: [{ clip: entry.clip, doubt: entry.unclear }],
	);
}

function submittedOf(clips: ClipOutcome[]): Submitted {
	const all = clips.flatMap(({ job, submitted, picture }) => [
		{ job, submitted },
		...(picture === undefined ? [] : [picture]),
	]);
	if (all.some(({ job, submitted }) => job === undefined && submitted === 'unknown')) {
		return 'unknown';
	}
	return all.some(({ job }) => job !== undefined) ? 'yes' : 'no';
}

/**
 * The jobs and doubts of an item that came of another request than the one that it makes now.
 *
 * @param keys its submits; what is known of them is not told here
 * @param named request IDs that it names itself
 */
export function earlierOf(
	{ run, item }: Pick<Call, 'run' | 'item'>,
	keys: SubmitKey[],
	named: string[],
): Pick<ItemOutcome, 'jobs' | 'doubts'> {
	const entries = ledgerOf(run).of(item);
	const jobs = entries
		.flatMap(({ request_ids }) => request_ids)
		.filter((id) => !named.includes(id));
	return { jobs, doubts: doubtsOf(entries, ownEntries(run, keys)) };
}

/** deAPI's word for the state of a clip's job, or of its picture where that ended it, or ours. */
export function statusOf({ job, status, submitted, picture }: ClipOutcome): string {
	if (job !== undefined) return status ?? 'pending';
	if (isFailed(picture?.status)) return 'error';
	return [submitted, picture?.submitted].includes('unknown') ? 'unknown' : 'not submitted';
}

/** A clip as items state it: where it lies in the film, and its jobs. */
export function clipFacts(outcome: ClipOutcome): IDataObject {
	const { clip, place, job, jobs, prompt, model, seed, sound_id, result_url, picture } = outcome;
	// Jobs that it was made after: each may have been charged.
	const earlier = [...(picture?.jobs ?? []), ...jobs].filter(
		(id) => id !== job && id !== picture?.job,
	);
	const facts = {
		...{ clip, request_id: job, picture_request_id: picture?.job },
		earlier_request_ids: earlier.length > 0 ? earlier : undefined,
		// One that is still to be made may get another seed.
		...{ ...place, ...(job === undefined ? { model } : { prompt, model, seed }) },
		...{ sound_id, result_url: textOf(result_url) },
	};
	return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
