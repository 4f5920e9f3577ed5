import type { INodeProperties } from 'n8n-workflow';

/** How an operation lets the user choose its model. */
export interface ModelChoice {
	/** The slug that the field starts with, and the name that the list has for it. */
	slug: string;
	name: string;
	/** The method that lists the models. */
	listedBy: string;
	/** deAPI's name of the field. */
	property?: string;
	description: string;
}

/** The model picker: a list of the account's models, or a slug. */
export function modelField(choice: ModelChoice): INodeProperties {
	const { slug, name, listedBy, property = 'model', description } = choice;
	return {
		displayName: 'Model',
		name: 'model',
		type: 'resourceLocator',
		default: { mode: 'list', value: slug, cachedResultName: name },
		required: true,
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a model...',
				typeOptions: { searchListMethod: listedBy, searchable: true },
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
