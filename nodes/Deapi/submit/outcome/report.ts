/**
 * What became of the money, in words: for an item, a clip, a film, a run that stops, a canceled one. The
 * only place that says so.
 *
 * Invariants, and why:
 * - Every request ID that is known is in the details: each may have been charged. The text names as
 *   many as fit, and says how many more there are.
 * - Nothing is called unsent that may have been sent.
 */
import type { INodeExecutionData } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import type { Failure, Report } from '../../engine/failure';
import type { Entry } from '../ledger';
import { ledgerOf } from '../ledger';
import { filmReport } from './filmReport';
import type { ItemOutcome } from './outcome';
import { earlierOf, outcomeOf, submitsOf } from './outcome';
import type { ItemReport } from './sentences';
import {
	causeTexts,
	doubtTexts,
	earlierTexts,
	fitting,
	idText,
	jobTexts,
	joined,
	readJobTexts,
} from './sentences';

type CallOfRun = Pick<Call, 'run' | 'item' | 'context'>;

/** What a failed item says. */
export function itemReport(call: CallOfRun, failure: Failure): Report {
	return reportOf(call, failure);
}

function reportOf(call: CallOfRun, failure: Failure): ItemReport {
	const outcome = outcomeOf(call, failure.facts.item ?? call.item, failure);
	const { film, item } = outcome;
	if (film === undefined) return reportOfItem(outcome);
	const { keys, jobs } = submitsOf(film.clips);
	return filmReport(outcome, film, earlierOf({ run: call.run, item }, keys, jobs).jobs);
}

function reportOfItem({
	cause,
	job,
	jobs,
	submitted,
	doubts,
	answer,
	clips,
	item,
}: ItemOutcome): ItemReport {
	const others = jobs.filter((id) => id !== job?.id);
	const isUnsaid = submitted === 'no' && cause.facts.submitted === undefined;
	return {
		...{ item, status: cause.facts.status, request_id: job?.id, submitted, cause: cause.cause },
		message: `${cause.message}${idText(job)}`,
		description: joined([
			...causeTexts(cause, 'item'),
			...jobTexts(job),
			...doubtTexts(doubts),
			...(answer === undefined
				? []
				: ['An earlier try of this item succeeded; its result is in the details.']),
			...(isUnsaid ? ['Nothing was submitted for this item.'] : []),
			...earlierTexts(others),
			...(clips.length === 0 ? [] : [CLIPS_ARE_KNOWN]),
		]),
		details: {
			...cause.facts.details,
			...answer,
			...(others.length > 0 ? { request_ids: jobs } : {}),
			...(clips.length === 0 ? {} : { clips }),
		},
		named: jobs,
	};
}

const CLIPS_ARE_KNOWN =
	"Clips that can be used again are in the details: with these in 'Existing Clips' none of them is paid for again.";

/** The report of one job, where nothing else can have been paid for. */
export function jobReport({ facts, message, cause }: Failure): Report {
	const { job, description, status, details } = facts;
	const isKnown = job !== undefined && job.state !== 'missing';
	return {
		...{ status, request_id: job?.id, submitted: isKnown ? 'yes' : undefined, details, cause },
		message: `${message}${idText(job)}`,
		description: joined([description, ...readJobTexts(job)]),
	};
}

/** A run that stops: n8n drops the items that went well, so all jobs are named, and all doubts. */
export function stopReport(call: CallOfRun, failure: Failure): Report {
	const report = reportOf(call, failure);
	const entries = ledgerOf(call.run).all;
	const jobs = entries.flatMap((entry) =>
		entry.request_ids.map((id) => ({ id, place: placeOf(entry), facts: keyFacts(entry) })),
	);
	const isOnlyJob = jobs.length === 1 && jobs[0]?.id === report.request_id;
	const unnamed = jobs.filter(({ id }) => !report.named.includes(id));
	const also = unnamed.length < jobs.length ? 'also ' : '';
	const unclear = entries.filter((entry) => entry.unclear !== undefined);
	const isOnlyDoubt =
		unclear.length === 1 && report.submitted === 'unknown' && unclear[0]?.item === report.item;
	const answered = entries.filter(({ answer }) => answer !== undefined);
	const places = (some: Entry[]) => fitting(some.map(placeOf));
	return {
		...report,
		description: joined([
			report.description,
			...(unnamed.length === 0
				? []
				: [
						`The node has ${also}submitted these jobs; fetch them with the resource 'Job', operation 'Get': ${fitting(unnamed.map(({ id, place }) => `${id} ${place}`))}.`,
					]),
			...(unclear.length === 0 || isOnlyDoubt
				? []
				: [`The outcome is not known, so a job may exist, for ${places(unclear)}.`]),
			...(answered.length === 0
				? []
				: [`What deAPI answered for ${places(answered)} is in the details.`]),
		]),
		details: {
			...report.details,
			...(jobs.length === 0 || isOnlyJob
				? {}
				: { submitted_jobs: jobs.map(({ id, facts }) => ({ ...facts, request_id: id })) }),
			...(unclear.length === 0 ? {} : { unclear_items: unclear.map(keyFacts) }),
			...(answered.length === 0
				? {}
				: { answers: answered.map((entry) => ({ ...keyFacts(entry), ...entry.answer })) }),
		},
	};
}

/**
 * What an item gives out when its execution was canceled: n8n keeps nothing of a node that throws then,
 * and a paid job or answer must not be lost.
 */
export function canceledItem(call: CallOfRun, failure: Failure): INodeExecutionData {
	const { submitted, message, description, details } = reportOf(call, failure);
	const entries = ledgerOf(call.run).of(call.item);
	const ids = entries.flatMap(({ request_ids }) => request_ids);
	const [only] = ids;
	return {
		json: {
			...(ids.length === 1 ? { request_id: only } : {}),
			...(ids.length > 1 ? { request_ids: ids } : {}),
			...(details.clips === undefined ? {} : { clips: details.clips }),
			...entries.find(({ answer }) => answer !== undefined)?.answer,
			...{ submitted, message, description },
		},
		pairedItem: { item: call.item },
	};
}

const placeOf = ({ item, clip, part }: Entry) => {
	if (clip === undefined) return `[item ${item}]`;
	return `[item ${item}, ${part === undefined ? '' : `${part} of `}clip ${clip}]`;
};

const keyFacts = ({ item, clip, part }: Entry): Pick<Entry, 'item' | 'clip' | 'part'> => ({
	item,
	...(clip === undefined ? {} : { clip }),
	...(part === undefined ? {} : { part }),
});
