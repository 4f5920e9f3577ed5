import type { IDataObject } from 'n8n-workflow';
import { isObject, numberOf, textOf } from '../basics/values';
import type { Doubt, Entry } from './ledger';
import { isPurpose } from './purpose';

/**
 * An entry of the ledger as n8n has stored it: by this version of the package or another, or spoilt.
 *
 * @returns what of it can be read; undefined where it is none
 */
export function toEntry(value: unknown): Entry | undefined {
	if (!isObject(value) || typeof value.item !== 'number') return undefined;
	const { item, clip, part, purpose, request_ids, costs, job, answer, unclear } = value;
	const ids = Array.isArray(request_ids) ? request_ids : [];
	const requestId = isObject(job) ? textOf(job.request_id) : undefined;
	return {
		item,
		...(typeof clip === 'number' ? { clip } : {}),
		...(part === 'picture' ? { part } : {}),
		...(isPurpose(purpose) ? { purpose } : {}),
		request_ids: ids.filter((id): id is string => typeof id === 'string'),
		...(isObject(costs) ? { costs: toCosts(costs) } : {}),
		...(isObject(job) && requestId !== undefined ? { job: { ...job, request_id: requestId } } : {}),
		...(isObject(answer) ? { answer } : {}),
		...(isObject(unclear) ? { unclear: toDoubt(unclear) } : {}),
	};
}

function toCosts(costs: IDataObject): NonNullable<Entry['costs']> {
	return Object.fromEntries(
		Object.entries(costs).flatMap(([id, cost]) =>
			typeof cost === 'number' ? [[id, cost] as const] : [],
		),
	);
}

function toDoubt({ happened, makesJob, status, cost }: IDataObject): Doubt {
	const code = numberOf(status);
	const amount = numberOf(cost);
	return {
		happened: textOf(happened) ?? 'An upload got no clear answer',
		makesJob: makesJob !== false,
		...(code === undefined ? {} : { status: code }),
		...(amount === undefined ? {} : { cost: amount }),
	};
}
