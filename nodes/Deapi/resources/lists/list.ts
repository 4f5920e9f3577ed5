import type { ILoadOptionsFunctions, INodeListSearchItems } from 'n8n-workflow';
import { callerOf } from '../../engine/call';
import { asFailure, toNodeError } from '../../engine/nodeErrors';
import { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { readModels } from '../../service/models';

/** An entry of a list: what it shows, in parts, and what it stands for. */
export interface Entry {
	words: Array<string | undefined>;
	value: string;
}

/** The entries that fit what the user searches for, by their names and their values. */
export function entriesOf(entries: Entry[], filter = ''): INodeListSearchItems[] {
	const wanted = filter.trim().toLowerCase();
	return entries
		.map(({ words, value }) => ({
			name: words.filter((word) => word !== undefined && word !== '').join(' · '),
			value,
		}))
		.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
}

/**
 * Reads the account's models for a list.
 *
 * @param types inference types, separated by commas
 * @param what what is listed, e.g. `voices`
 * @param id what the user can enter in place of an entry
 * @throws n8n's error, which says why there is no list, and how to go on
 */
export async function readForPicker(
	context: ILoadOptionsFunctions,
	types: string,
	what: string,
	id: string,
): Promise<Model[]> {
	try {
		const account = await Account.of(context);
		return await readModels(callerOf(context), account, types);
	} catch (error) {
		const failure = asFailure(error);
		const { message, description } = failure.facts;
		throw toNodeError(
			context.getNode(),
			failure.with({
				message: `The list of ${what} could not be read: ${message}`,
				description: `${description} Meanwhile choose 'By ID' and enter ${id}.`,
			}),
		);
	}
}
