import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { List, Operation } from '../engine/operation';

/** A resource with its operations, ready for the node's description. */
export interface Resource {
	option: INodePropertyOptions;
	/** In the order in which the panel lists them; the first is the default. */
	operations: Operation[];
}

/**
 * Puts operations under a resource.
 *
 * @param name the resource's value in saved workflows
 * @param operations in the order in which the panel lists them; the first is the default
 */
export function resource(name: string, displayName: string, operations: Operation[]): Resource {
	return { option: { name: displayName, value: name }, operations };
}

/**
 * The lists that the fields of all resources offer, as n8n looks for them: by name.
 *
 * @throws {Error} where two lists have one name
 */
export function listSearchOf(resources: Resource[]): { [name: string]: List['search'] } {
	const found: { [name: string]: List['search'] } = {};
	for (const { name, search } of resources.flatMap(({ operations }) =>
		operations.flatMap(({ lists }) => lists),
	)) {
		if ((found[name] ?? search) !== search) throw new Error(`Two lists have the name ${name}`);
		found[name] = search;
	}
	return found;
}

/** One operation of one resource, with its own fields. */
interface Place {
	resource: INodePropertyOptions['value'];
	operation: INodePropertyOptions['value'];
	/** By their text, which tells one from the other. */
	fields: Map<string, INodeProperties>;
}

/** A field of the list, and the operations that it is shown for. */
interface Shared {
	field: INodeProperties;
	places: Place[];
	/** What is before it in one of them. */
	before: Set<Shared>;
}

/**
 * What the panel shows below the resource: its operation, and each operation's fields in the operation's own
 * order. n8n works through the whole list for every item, so a field that is the same in several operations
 * is there once.
 *
 * @throws {Error} where operations have the same fields in different orders
 */
export function propertiesOf(resources: Resource[]): INodeProperties[] {
	const places = resources.flatMap(({ option, operations }) =>
		operations.map((each): Place => ({
			resource: option.value,
			operation: each.option.value,
			fields: new Map(each.fields.map((field) => [JSON.stringify(field), field])),
		})),
	);
	const shared = new Map<string, Shared>();
	for (const place of places) {
		let last: Shared | undefined;
		for (const [text, field] of place.fields) {
			const key = keyOf(text, place, places);
			const entry = shared.get(key) ?? { field, places: [], before: new Set<Shared>() };
			shared.set(key, entry);
			entry.places.push(place);
			if (last !== undefined) entry.before.add(last);
			last = entry;
		}
	}
	return [...resources.map(choiceOf), ...inOrder([...shared.values()]).map(shownAt)];
}

/**
 * What fields of several operations have in common that are one. n8n knows no pairs, only a list of resources
 * and a list of operations: where that would show a field in an operation without it, each resource has one
 * of its own.
 */
function keyOf(text: string, { resource: own }: Place, places: Place[]): string {
	const sharers = places.filter(({ fields }) => fields.has(text));
	const fits = places.every(
		(place) =>
			place.fields.has(text) ||
			!sharers.some((each) => each.resource === place.resource) ||
			!sharers.some((each) => each.operation === place.operation),
	);
	return fits ? text : `${own} ${text}`;
}

/** An order that is each operation's own; where it leaves a choice, what was named first comes first. */
function inOrder(entries: Shared[]): Shared[] {
	const placed = new Set<Shared>();
	while (placed.size < entries.length) {
		const next = entries.find(
			(entry) => !placed.has(entry) && [...entry.before].every((each) => placed.has(each)),
		);
		if (next === undefined) {
			const left = entries.filter((entry) => !placed.has(entry));
			throw new Error(`No order is that of all: ${left.map(({ field }) => field.name).join(', ')}`);
		}
		placed.add(next);
	}
	return [...placed];
}

function choiceOf({ option, operations }: Resource): INodeProperties {
	const choice: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [option.value] } },
		default: '',
		options: operations.map((each) => each.option),
	};
	return { ...choice, default: operations[0]?.option.value ?? '' };
}

function shownAt({ field, places }: Shared): INodeProperties {
	const { show, ...others } = field.displayOptions ?? {};
	const valuesOf = (name: 'resource' | 'operation') => [
		...new Set(places.map((place) => place[name])),
	];
	return {
		...field,
		displayOptions: {
			...others,
			show: { resource: valuesOf('resource'), operation: valuesOf('operation'), ...show },
		},
	};
}
