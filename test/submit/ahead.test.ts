/** The expressions of all items are looked at before the first is sent. */
import type { NodeParameterValueType } from 'n8n-workflow';
import { Failure } from '../../nodes/Deapi/engine/failure';
import { allItemsResolve } from '../../nodes/Deapi/submit/checked';
import { Deapi } from '../support/deapi';
import { inNode } from '../support/probe';

/** n8n itself resolves them when an item starts; these break only afterwards. */
const LATER = Date.now() + 3_600_000;
const BROKEN = `={{ $now.toMillis() > ${LATER} ? $('Nowhere').first().json.x : 1 }}`;

async function look(given: NodeParameterValueType) {
	const deapi = await Deapi.open();
	return await inNode(
		deapi,
		async (call) => {
			const now = jest.spyOn(Date, 'now').mockReturnValue(LATER + 1);
			try {
				allItemsResolve(call);
				return await Promise.resolve('all in order');
			} catch (error) {
				if (error instanceof Failure) return { facts: error.facts, cause: error.cause };
				throw error;
			} finally {
				now.mockRestore();
			}
		},
		given,
	);
}

test.each<[string, NodeParameterValueType]>([
	['in a field', BROKEN],
	['in an option', { given: BROKEN }],
	['in a list of options', { list: [{ given: 'x' }, { given: BROKEN }] }],
	['in a list', ['x', BROKEN]],
])(
	'one that cannot be resolved %s is named, with its item and the reason',
	async (_where, given) => {
		expect(await look(given)).toEqual({
			facts: {
				message: "An expression of a later item cannot be resolved: Referenced node doesn't exist",
				description: `Nothing was sent. The expression is: ${BROKEN.slice(1)}`,
				item: 0,
				submitted: 'no',
			},
			cause: expect.objectContaining({ message: "Referenced node doesn't exist" }),
		});
	},
);

test.each<[string, NodeParameterValueType]>([
	['expressions that can be resolved', { given: '={{ $json.index }}', other: '={{ 1 + 1 }}' }],
	['a text that only looks like one', BROKEN.slice(1)],
	['values that are no text', { number: 7, nothing: null, list: [true] }],
])('%s do no harm', async (_what, given) => {
	expect(await look(given)).toBe('all in order');
});
