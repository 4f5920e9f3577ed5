import type { INodeProperties } from 'n8n-workflow';

/** Labels that users see in the panel, by the parameter's name and by the service's name of the field. */
export type Labels = ReadonlyMap<string, string>;

/**
 * Collects the labels of an operation's fields, those inside collections included.
 *
 * @param fields the operation's fields, as the node's description has them
 * @param aliases the service's names of fields that no routing names, by the parameter they come from
 */
export function labelsOf(
	fields: INodeProperties[],
	aliases: { [serviceField: string]: string } = {},
): Labels {
	const labels = new Map<string, string>();
	for (const field of fields) {
		const { name, displayName, routing, options = [] } = field;
		const isNew = (key: string) => !labels.has(key);
		if (isNew(name)) labels.set(name, displayName);
		const property = routing?.send?.property;
		if (property !== undefined && isNew(property)) labels.set(property, displayName);
		const inner = options.filter((option): option is INodeProperties => 'type' in option);
		for (const [key, label] of labelsOf(inner)) if (isNew(key)) labels.set(key, label);
	}
	for (const [field, parameter] of Object.entries(aliases)) {
		labels.set(field, labels.get(parameter) ?? field);
	}
	return labels;
}

/**
 * A field's label in single quotation marks; an unknown field as it is called.
 *
 * @param field a parameter's name, or the service's name of it; Laravel calls a file of a list `field.0`
 */
export function labelOf(labels: Labels, field: string): string {
	return `'${labels.get(field) ?? labels.get(field.split('.')[0] ?? '') ?? field}'`;
}
