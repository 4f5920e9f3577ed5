import type { ILoadOptionsFunctions, INodeListSearchItems } from 'n8n-workflow';
import { isObject, textOf } from '../../basics/values';
import { callerOf } from '../../engine/call';
import { plainReport } from '../../engine/failure';
import { asFailure, toNodeError } from '../../engine/nodeErrors';
import { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { readModels } from '../../service/models';

/** An entry of a list: what it shows, in parts, and what it stands for. */
export interface Entry {
	words: Array<string | undefined>;
	value: string;
}

/**
 * The entries that fit what the user searches for, by their names and their values.
 *
 * @param kept an entry that keeps its name in the whole list
 */
export function entriesOf(
	entries: Entry[],
	filter = '',
	kept?: INodeListSearchItems,
): INodeListSearchItems[] {
	const wanted = filter.trim().toLowerCase();
	const nameOf = ({ words, value }: Entry) =>
		wanted === '' && value === kept?.value
			? kept.name
			: words.filter((word) => word !== undefined && word !== '').join(' · ');
	return entries
		.map((entry) => ({ name: nameOf(entry), value: entry.value }))
		.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
}

/**
 * What a field shows, for a node with several lists. With another credential n8n's editor reads all lists
 * anew. The first list that gives the chosen entry another name changes its field, and with that n8n takes
 * the other lists for out of date and empties their fields. So the chosen entry keeps its name.
 */
export function shownIn(
	context: ILoadOptionsFunctions,
	field: string,
): INodeListSearchItems | undefined {
	const chosen: unknown = context.getCurrentNodeParameter(field);
	if (!isObject(chosen) || chosen.mode !== 'list') return undefined;
	const [value, name] = [textOf(chosen.value), textOf(chosen.cachedResultName)];
	return value === undefined || name === undefined ? undefined : { value, name };
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
		throw toNodeError(context.getNode(), {
			...plainReport(failure),
			message: `The list of ${what} could not be read: ${message}`,
			description: `${description} Meanwhile choose 'By ID' and enter ${id}.`,
		});
	}
}
