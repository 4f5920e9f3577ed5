import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { listOf } from '../basics/values';
import type { Call } from '../engine/call';
import type { Failure } from '../engine/failure';
import { ledgerOf } from './ledger';
import type { Entry } from './ledger';

/** How many jobs a message lists; all of them lie in the error's data. */
const LISTED = 50;

function placeOf({ item, clip }: Entry): string {
	return clip === undefined ? `[item ${item}]` : `[item ${item}, clip ${clip}]`;
}

/** Lists what fits into a message. */
function listed(texts: string[]): string {
	const rest = texts.length - LISTED;
	return listOf(rest > 0 ? [...texts.slice(0, LISTED), `${rest} more (see the details)`] : texts);
}

/**
 * Names all jobs of a run that stops, and all items whose outcome is not known: n8n drops the items that
 * went well.
 */
export function withJobsOf(call: Pick<Call, 'run' | 'item'>, failure: Failure): Failure {
	const entries = ledgerOf(call.run).all;
	const jobs = entries.flatMap((entry) =>
		entry.request_ids.map((request_id) => ({
			...keyFacts(entry),
			request_id,
			place: placeOf(entry),
		})),
	);
	const unclear = entries.filter((entry) => entry.unclear !== undefined);
	const { message, description, request_id, item, submitted, details } = failure.facts;
	const isOnlyJob = jobs.length === 1 && jobs[0]?.request_id === request_id;
	const isOnlyDoubt =
		unclear.length === 1 && submitted === 'unknown' && unclear[0]?.item === (item ?? call.item);
	const parts: string[] = [];
	const more: IDataObject = {};
	if (jobs.length > 0 && !isOnlyJob) {
		// A film's failure names its own clips already. A number may stand there for something else.
		const words = new Set(`${message} ${description}`.split(/[\s,;:.()[\]]+/));
		const isNamed = (id: string) => words.has(id) && !/^\d+$/.test(id);
		const unnamed = jobs.filter((job) => !isNamed(job.request_id));
		if (unnamed.length > 0) {
			const texts = unnamed.map((job) => `${job.request_id} ${job.place}`);
			parts.push(
				`The node has ${unnamed.length < jobs.length ? 'also ' : ''}submitted these jobs; fetch them with the resource 'Job', operation 'Get': ${listed(texts)}.`,
			);
		}
		more.submitted_jobs = jobs.map(({ place: _place, ...job }) => job);
	}
	if (unclear.length > 0 && !isOnlyDoubt) {
		parts.push(
			`The outcome is not known, so a job may exist, for ${listed(unclear.map(placeOf))}.`,
		);
	}
	if (unclear.length > 0) more.unclear_items = unclear.map(keyFacts);
	const answered = entries.filter(({ answer }) => answer !== undefined);
	if (answered.length > 0) {
		parts.push(`What deAPI answered for ${listed(answered.map(placeOf))} is in the details.`);
		more.answers = answered.map((entry) => ({ ...keyFacts(entry), ...entry.answer }));
	}
	if (Object.keys(more).length === 0) return failure;
	return failure.with({
		message,
		description: [description, ...parts].join(' '),
		details: { ...details, ...more },
	});
}

function keyFacts({ item, clip }: Entry): { item: number; clip?: number } {
	return clip === undefined ? { item } : { item, clip };
}

/**
 * What an item gives out when its execution was canceled: n8n keeps nothing of a node that throws then,
 * and a paid job or answer must not be lost.
 */
export function canceledItem(
	call: Pick<Call, 'run' | 'item'>,
	failure: Failure,
): INodeExecutionData {
	const entries = ledgerOf(call.run).of(call.item);
	const ids = entries.flatMap(({ request_ids }) => request_ids);
	const isUnclear = entries.some(({ unclear }) => unclear !== undefined);
	const answer = entries[0]?.answer;
	const isPaid = ids.length > 0 || answer !== undefined;
	const { clips } = failure.facts.details ?? {};
	const submitted = isUnclear ? 'unknown' : isPaid ? 'yes' : 'no';
	const [only] = ids;
	return {
		json: {
			...(ids.length === 1 ? { request_id: only } : {}),
			...(ids.length > 1 ? { request_ids: ids } : {}),
			...(clips === undefined ? {} : { clips }),
			...answer,
			submitted,
			message: failure.facts.message,
			description: failure.facts.description,
		},
		pairedItem: { item: call.item },
	};
}
