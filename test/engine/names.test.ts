/** What messages and items are made of: labels where names meet, texts of causes, facts without holes. */
import type { INode, INodeProperties } from 'n8n-workflow';
import type { Call } from '../../nodes/Deapi/engine/call';
import { labelsOf } from '../../nodes/Deapi/engine/labels';
import { toNoAnswer } from '../../nodes/Deapi/engine/networkFaults';
import { failedItem, toNodeError } from '../../nodes/Deapi/engine/nodeErrors';

describe('where two fields have the same name', () => {
	const field = (name: string, displayName: string, more: object = {}): INodeProperties => ({
		name,
		displayName,
		type: 'string',
		default: '',
		...more,
	});
	const sentAs = (property: string) => ({ routing: { send: { property } } });

	test.each<[string, INodeProperties[], object]>([
		['the first is meant', [field('a', 'First'), field('a', 'Second')], { a: 'First' }],
		[
			'the one that is named so is meant, and not one that is sent so later',
			[field('a', 'First'), field('b', 'Second', sentAs('a'))],
			{ a: 'First', b: 'Second' },
		],
		[
			'the one outside of a collection is meant',
			[field('a', 'First'), field('more', 'More', { options: [field('a', 'Inner')] })],
			{ a: 'First', more: 'More' },
		],
		[
			'a choice of a field is no field',
			[field('model', 'Model', { options: [{ name: 'a', value: 'a' }] }), field('a', 'First')],
			{ model: 'Model', a: 'First' },
		],
		[
			'a field that is not sent by itself has one name',
			[field('a', 'First', { routing: { request: {} } }), field('b', 'Second', { routing: {} })],
			{ a: 'First', b: 'Second' },
		],
	])('%s', (_what, fields, expected) => {
		expect([...labelsOf(fields)]).toEqual(Object.entries(expected));
	});
});

test('the last cause that says something gives the reason', () => {
	const cause = { code: 'X', cause: { code: 'Y', message: 7 } };
	expect(toNoAnswer({ message: 'It went wrong', cause }).reason).toBe('It went wrong');
});

describe('a fact that is not known', () => {
	const node = { name: 'deAPI', type: 'x', onError: 'continueRegularOutput' } as INode;
	const failure = { message: 'It broke', description: 'Why.' };

	test('is no field of an error', () => {
		expect(toNodeError(node, failure).context.facts).toStrictEqual({});
	});

	test('is no field of the item that stands for a failed one', () => {
		const call = { context: { getNode: () => node }, item: 0 } as unknown as Call;
		expect(failedItem(call, failure, toNodeError(node, failure)).json).toStrictEqual({
			error: 'It broke',
			message: 'Why.',
			details: {},
		});
	});
});
