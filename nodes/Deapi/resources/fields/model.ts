import type { INodeProperties } from 'n8n-workflow';
import type { List } from '../../engine/operation';
import { AUTOMATIC, usualModel } from '../../prepare/checks/model';

/** How an operation lets the user choose its model. */
export interface ModelChoice {
	/** What its models can do: inference types, separated by commas. */
	types: string;
	/** The list of models; the operation declares it as well. */
	list: List;
	/** deAPI's name of the field. */
	property?: string;
	description: string;
}

/**
 * The model picker: a list of the account's models, or a slug. It starts with 'Automatic': a model that a
 * workflow names may be switched off one day.
 */
export function modelField({ types, property = 'model', ...choice }: ModelChoice): INodeProperties {
	return listField({
		...choice,
		displayName: 'Model',
		field: 'model',
		slug: AUTOMATIC.value,
		name: AUTOMATIC.name,
		example: usualModel(types) || "the model's slug",
		property,
	});
}

/** A field whose value is one of a list, or an ID. */
export interface ListChoice {
	displayName: string;
	/** The parameter's name. */
	field: string;
	/** The value that the field starts with, and the name that the list has for it. */
	slug: string;
	name: string;
	/** What to enter as ID, where it is not the value that the field starts with. */
	example?: string;
	/** The list; the operation declares it as well. */
	list: List;
	/** deAPI's name of the field; none where its value is read from the parameters. */
	property?: string;
	description: string;
}

/** A field that offers a list, or takes an ID. */
export function listField(choice: ListChoice): INodeProperties {
	const { displayName, field, slug, name, example = slug, list, property, description } = choice;
	return {
		displayName,
		name: field,
		type: 'resourceLocator',
		// As n8n writes it after it has read the list, so that reading it changes nothing.
		default: { mode: 'list', value: slug, cachedResultName: name, cachedResultUrl: '' },
		// n8n empties the field where another credential is chosen; what is empty is the node's choice then.
		required: slug !== AUTOMATIC.value,
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select a ${field}...`,
				typeOptions: { searchListMethod: list.name, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${example}`,
			},
		],
		...(property === undefined ? {} : { routing: { send: { type: 'body', property } } }),
	};
}
