/** The sentences of which reports are made. */
import type { IDataObject } from 'n8n-workflow';
import { countText, listOf } from '../../basics/values';
import type { PaidJob, Report, Submitted } from '../../engine/failure';
import { Failure } from '../../engine/failure';
import { DASHBOARD } from '../../service/answers';
import type { Doubt } from '../ledger';
import type { ItemOutcome } from './outcome';

/** A report of an item, before other items come into it. */
export interface ItemReport extends Report {
	submitted: Submitted;
	details: IDataObject;
	/** All jobs that it has named, in its text or in its details. */
	named: string[];
}

/** How many jobs, clips or items a text lists; all of them lie in the details. */
const LISTED = 50;

/** An outcome that keeps the user from paying twice: nobody knows whether there is a job. */
export function doubtFailure({ happened, makesJob, status }: Doubt): Failure {
	const lookAt = makesJob
		? `Look for it in the job history of the deAPI dashboard (${DASHBOARD}) or compare`
		: 'Compare';
	return new Failure({
		...(status === undefined ? {} : { status }),
		message: `${happened}, so ${makesJob ? 'the job may exist and may' : 'it may'} have been charged`,
		description: `It was not sent again, because deAPI would charge ${makesJob ? 'for a second job' : 'a second time'}. ${lookAt} the balance (resource 'Account', operation 'Get Balance') before you send it again.`,
		submitted: 'unknown',
	});
}

/** What to do about a cause; a limit that ended the wait for a submit says so first. */
export function causeTexts(
	{ facts: { description, limit } }: Failure,
	subject: 'item' | 'clip',
): string[] {
	const { refusals } = limit ?? {};
	if (refusals === undefined) return [description];
	const tried = refusals > 1 ? [`It was refused ${countText(refusals, 'time')} in a row.`] : [];
	return [`This ${subject} was not submitted.`, ...tried, description];
}

export const idText = (job: PaidJob | undefined) =>
	job === undefined || job.state === 'missing' ? '' : ` (request ID ${job.id})`;

/** The way to a result that deAPI has lost, where asking again brings nothing. */
const ANEW =
	"If the resource 'Job', operation 'Get', does not find it later either, run the workflow in a new execution: that generates it again, as a new paid job. n8n's Retry asks for this one again.";

/** How to have a job that is paid for. */
export function jobTexts(job: PaidJob | undefined): string[] {
	const fetch =
		"fetch it with the resource 'Job', operation 'Get', instead of generating it again.";
	switch (job?.state) {
		case 'running':
			return [`The job ${job.id} was submitted and may still finish: ${fetch}`];
		case 'done':
			return [`The job ${job.id} is done: ${fetch}`];
		case 'gone':
			return [`The job ${job.id} is done, but deAPI does not give out its result. ${ANEW}`];
		case 'missing':
			return [ANEW];
		default:
			return [];
	}
}

/** The same where the job was read by its ID, and that is all that was done. */
export function readJobTexts(job: PaidJob | undefined): string[] {
	if (job?.state === 'missing') return [];
	return job?.state === 'gone'
		? [
				`The job ${job.id} is done, but deAPI does not give out its result. If that stays so, it has to be generated again, as a new paid job.`,
			]
		: jobTexts(job);
}

export function doubtTexts(doubts: ItemOutcome['doubts']): string[] {
	const clips = doubts.flatMap(({ clip }) => (clip === undefined ? [] : [String(clip)]));
	const others = doubts.filter(({ clip }) => clip === undefined);
	return [
		...others.map(({ doubt }) => `An earlier try: ${doubtFailure(doubt).message}.`),
		...(clips.length === 0
			? []
			: [`A job may exist for ${clips.length > 1 ? 'clips' : 'clip'} ${fitting(clips)}.`]),
	];
}

export const earlierTexts = (ids: string[]) =>
	ids.length === 0 ? [] : [`Earlier tries of this item: ${fitting(ids, ', ')}.`];

export const joined = (texts: string[]) => texts.filter((text) => text !== '').join(' ');

/** Lists what fits into a text, and says how many more the details have. */
export function fitting(texts: string[], separator?: string): string {
	const rest = texts.length - LISTED;
	const shown = rest > 0 ? [...texts.slice(0, LISTED), `${rest} more in the details`] : texts;
	if (separator === undefined) return listOf(shown);
	return rest > 0
		? `${shown.slice(0, -1).join(separator)}${separator}and ${shown.at(-1)}`
		: shown.join(separator);
}

/** What an item says of its earlier tries, whatever came of this one. */
export function earlierFacts({ jobs, doubts }: Pick<ItemOutcome, 'jobs' | 'doubts'>): IDataObject {
	const texts = doubts.map(({ clip, doubt }) => {
		const { message } = doubtFailure(doubt);
		return clip === undefined ? message : `Clip ${clip}: ${message}`;
	});
	return {
		...(jobs.length === 0 ? {} : { earlier_request_ids: jobs }),
		...(texts.length === 0 ? {} : { earlier_doubts: texts }),
	};
}
