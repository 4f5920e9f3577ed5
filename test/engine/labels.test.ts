/** Messages call a field as the panel does. */
import type { INodeProperties } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { labelOf, labelsOf } from '../../nodes/Deapi/engine/labels';
import { Deapi } from '../support/deapi';

const { properties } = new DeapiNode().description;

/** The fields of Generate From Audio, those in its options included. */
function panelFields(): INodeProperties[] {
	const own = properties.filter(({ displayOptions }) =>
		displayOptions?.show?.operation?.includes('generateFromAudio'),
	);
	const inner = own.flatMap(({ options = [] }) =>
		options.filter((option): option is INodeProperties => 'type' in option),
	);
	return [...own, ...inner];
}

/** The label that the panel shows for a parameter. */
function panelLabel(parameter: string): string {
	const found = panelFields().find(({ name }) => name === parameter);
	if (found === undefined) throw new Error(`The panel has no ${parameter}`);
	return found.displayName;
}

test('each field that deAPI refuses is called by its label in the panel', async () => {
	const labels: { [deapiField: string]: string } = {
		audio: panelLabel('binaryPropertyName'),
		first_frame_image: panelLabel('firstFrameBinaryProperty'),
		last_frame_image: panelLabel('lastFrameBinaryProperty'),
		webhook_secret: panelLabel('webhookUrl'),
	};
	for (const { displayName, routing } of panelFields()) {
		const field = routing?.send?.property;
		if (field !== undefined) labels[field] = displayName;
	}
	expect(Object.keys(labels).length).toBeGreaterThan(12);
	const errors = Object.fromEntries(Object.keys(labels).map((field) => [field, ['No.']]));
	const deapi = await Deapi.open();
	deapi.fake.faults.add({
		route: 'submit',
		fault: { type: 'status', status: 422, body: { message: 'No.', errors } },
	});
	const { stop } = await deapi.run();
	expect(stop.description.split('\n')).toEqual(
		Object.values(labels).map((label, index, all) =>
			index < all.length - 1
				? `'${label}': No.`
				: `'${label}': No. Nothing was submitted for this item.`,
		),
	);
});

describe('labels', () => {
	const labels = labelsOf(
		[
			{
				displayName: 'Width',
				name: 'width',
				type: 'number',
				default: 1,
				routing: { send: { type: 'body', property: 'px_width' } },
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: [{ displayName: 'Steps', name: 'steps', type: 'number', default: 1 }],
			},
		],
		{ file: 'width', lost: 'nowhere' },
	);

	test.each([
		['a parameter', 'width', "'Width'"],
		["the service's name of it", 'px_width', "'Width'"],
		['an option', 'steps', "'Steps'"],
		['a name that no routing gives', 'file', "'Width'"],
		['one of a list of files', 'file.0', "'Width'"],
		['a name without a parameter', 'lost', "'lost'"],
		['a name that nobody knows', 'new_field', "'new_field'"],
	])('of %s', (_what, field, label) => {
		expect(labelOf(labels, field)).toBe(label);
	});
});
