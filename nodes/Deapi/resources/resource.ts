import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { List, Operation } from '../engine/operation';

/** A resource with its operations, ready for the node's description. */
export interface Resource {
	option: INodePropertyOptions;
	properties: INodeProperties[];
	lists: List[];
}

/**
 * Puts operations under a resource: the field that chooses one, and each one's fields, shown for it only.
 *
 * @param name the resource's value in saved workflows
 * @param operations in the order in which the panel lists them; the first is the default
 */
export function resource(name: string, displayName: string, operations: Operation[]): Resource {
	const choice: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [name] } },
		default: '',
		options: operations.map(({ option }) => option),
	};
	const fields = operations.flatMap(({ option, fields: own }) =>
		own.map((field) => shownFor(field, name, option.value)),
	);
	const first = operations[0]?.option.value ?? '';
	return {
		option: { name: displayName, value: name },
		properties: [{ ...choice, default: first }, ...fields],
		lists: operations.flatMap(({ lists }) => lists),
	};
}

/** The lists that the fields of all resources offer, as n8n looks for them: by name. */
export function listSearchOf(resources: Resource[]): { [name: string]: List['search'] } {
	const lists = resources.flatMap((each) => each.lists);
	return Object.fromEntries(lists.map(({ name, search }) => [name, search]));
}

function shownFor(
	field: INodeProperties,
	resourceName: string,
	operationName: INodePropertyOptions['value'],
): INodeProperties {
	const { show, ...others } = field.displayOptions ?? {};
	return {
		...field,
		displayOptions: {
			...others,
			show: { resource: [resourceName], operation: [operationName], ...show },
		},
	};
}
