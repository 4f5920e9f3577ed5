/** A film that could not be made, in words. */
import type { IDataObject } from 'n8n-workflow';
import { quote } from '../../basics/quote';
import type { Failure } from '../../engine/failure';
import { isFailed } from '../../service/jobs';
import type { ClipOutcome, FilmOutcome, ItemOutcome } from './outcome';
import { clipFacts, statusOf } from './outcome';
import type { ItemReport } from './sentences';
import {
	causeTexts,
	doubtTexts,
	earlierFacts,
	earlierTexts,
	fitting,
	idText,
	joined,
} from './sentences';

/**
 * A film that could not be made: what happened to which clip, and how to pay only for what is missing.
 *
 * @param earlier jobs of the item that no clip names
 */
export function filmReport(
	{ cause: whole, item, jobs, submitted, doubts }: ItemOutcome,
	{ clips, foreign }: FilmOutcome,
	earlier: string[],
): ItemReport {
	const failed = clips.filter((clip) => clip.cause !== undefined);
	const [first] = failed;
	const cause = first?.cause ?? whole;
	const isUnsent = first !== undefined && first.job === undefined;
	const isOfPicture = cause.facts.job !== undefined;
	const isUnsaid = isUnsent && !isOfPicture && cause.facts.submitted === undefined;
	const place = `${failed.length === 1 ? 'Clip' : 'Clips'} ${fitting(failed.map(({ clip }) => String(clip)))} of ${clips.length}: `;
	return {
		...{ item, status: cause.facts.status, submitted, cause: cause.cause },
		message: `${first === undefined ? '' : place}${cause.message}${idText(cause.facts.job)}`,
		description: joined([
			...causeTexts(cause, first === undefined ? 'item' : 'clip'),
			...(isUnsaid ? ['Nothing was submitted for this clip.'] : []),
			...(isUnsent && isOfPicture ? ['This clip itself was not submitted.'] : []),
			`The clips: ${fitting(
				clips.map((clip) => clipText(clip, cause)),
				'; ',
			)}.`,
			...nextSteps(clips),
			...earlierTexts(earlier),
			...doubtTexts(doubts),
			...foreignTexts(foreign),
		]),
		details: {
			// What a job says of itself stands with its clip; what a refusal says is the film's.
			...(first === undefined || (isUnsent && !isOfPicture) ? cause.facts.details : {}),
			...earlierFacts({ jobs: earlier, doubts }),
			...foreignFacts(foreign),
			clips: clips.map((clip) => ({ ...clipFacts(clip), status: statusOf(clip) })),
		},
		named: jobs,
	};
}

/** A clip's jobs and state, and what is wrong with it where another clip's reason leads the message. */
function clipText(outcome: ClipOutcome, leading: Failure): string {
	const { clip, job, jobs, cause, picture } = outcome;
	const reason = cause === undefined || cause === leading ? '' : ` (${cause.message})`;
	const pictures = picture?.jobs ?? [];
	const made = pictures.length === 0 ? '' : ` (picture ${pictures.join(', ')})`;
	const ids = jobs.length === 0 ? '' : ` ${jobs.join(', ')}`;
	const status = statusOf(outcome);
	// A status that is its picture's says nothing of a job of its own.
	const state = job === undefined && isFailed(status) ? 'not submitted' : status;
	return `clip ${clip}${ids}${made}: ${quote(state, 50)}${reason}`;
}

function nextSteps(clips: ClipOutcome[]): string[] {
	const statuses = clips.map(statusOf);
	const isPaid = clips.some(({ job, picture }) => (job ?? picture?.job) !== undefined);
	const isGone = clips.some(({ cause }) => cause?.facts.job?.state === 'gone');
	const links = isGone ? '' : " Without 'Download Result' the item gives the links to them.";
	const ready = `All clips are done and paid for: with the details' clips in 'Existing Clips' none is paid for again.${links}`;
	const missing =
		"To pay only for what is missing, run the item again with the details' clips in 'Existing Clips'.";
	const unknown =
		"A clip whose state is unknown has no request ID, so another run would submit it again: look for its job in the dashboard first, and enter the job's ID as the clip's request_id where there is one.";
	// What is asked of deAPI again may be there then; what it has no more never is.
	const lost = clips.filter(
		({ job, status, cause }) => job !== undefined && !isFailed(status) && isLost(cause),
	);
	const none =
		'None of the clips can be used, so that run makes all of them, each as a new paid job.';
	return [
		...(isPaid ? [statuses.every((status) => status === 'done') ? ready : missing] : []),
		...(isPaid && statuses.every(isFailed) ? [none] : []),
		...lostTexts(lost),
		...(statuses.includes('unknown') ? [unknown] : []),
	];
}

/** deAPI does not know the job, or its result cannot be fetched. */
function isLost(cause: Failure | undefined): boolean {
	const { status, job } = cause?.facts ?? {};
	return status === 404 || job?.state === 'done' || job?.state === 'gone';
}

/** How to have clips made anew that are paid for, and cannot be had. */
function lostTexts(lost: ClipOutcome[]): string[] {
	if (lost.length === 0) return [];
	const numbers = fitting(lost.map(({ clip }) => String(clip)));
	return [
		lost.length === 1
			? `If clip ${numbers} cannot be had then either, remove its request_id there: it is made again in a new execution, as a new paid job.`
			: `If clips ${numbers} cannot be had then either, remove their request_id there: they are made again in a new execution, each as a new paid job.`,
	];
}

/** What an item says of existing clips that it has not used. */
export function foreignFacts(foreign: FilmOutcome['foreign']): IDataObject {
	if (foreign.length === 0) return {};
	return { clips_of_another_sound: foreign.map(({ clip, request_id }) => ({ clip, request_id })) };
}

function foreignTexts(foreign: FilmOutcome['foreign']): string[] {
	if (foreign.length === 0) return [];
	const clips = fitting(foreign.map(({ clip, request_id }) => `clip ${clip} (${request_id})`));
	return [`Of 'Existing Clips' these belong to another sound and were not used: ${clips}.`];
}
