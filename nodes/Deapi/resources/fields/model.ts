import type { INodeProperties } from 'n8n-workflow';
import type { List } from '../../engine/operation';

/** How an operation lets the user choose its model. */
export interface ModelChoice {
	/** The slug that the field starts with, and the name that the list has for it. */
	slug: string;
	name: string;
	/** The list of models; the operation declares it as well. */
	list: List;
	/** deAPI's name of the field. */
	property?: string;
	description: string;
}

/** The model picker: a list of the account's models, or a slug. */
export function modelField({ property = 'model', ...choice }: ModelChoice): INodeProperties {
	return listField({ ...choice, displayName: 'Model', field: 'model', property });
}

/** A field whose value is one of a list, or an ID. */
export interface ListChoice extends Omit<ModelChoice, 'property'> {
	displayName: string;
	/** The parameter's name. */
	field: string;
	/** deAPI's name of the field. */
	property: string;
}

/** A field that offers a list, or takes an ID. */
export function listField(choice: ListChoice): INodeProperties {
	const { displayName, field, slug, name, list, property, description } = choice;
	return {
		displayName,
		name: field,
		type: 'resourceLocator',
		// As n8n writes it after it has read the list, so that reading it changes nothing.
		default: { mode: 'list', value: slug, cachedResultName: name, cachedResultUrl: '' },
		required: true,
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
				placeholder: `e.g. ${slug}`,
			},
		],
		routing: { send: { type: 'body', property } },
	};
}
