/** Looking at the expressions of all items costs little: a thousand items look once, not each at all. */
import { allItemsResolve } from '../../nodes/Deapi/submit/checked';
import { Deapi } from '../support/deapi';
import { inNode } from '../support/probe';

test('expressions only are resolved, and once for a run', async () => {
	const given = { text: 'plain', number: 7, list: ['={{ 1 + 1 }}', true], nothing: null };
	const looked = await inNode(
		await Deapi.open(),
		async (call) => {
			const resolve = jest.spyOn(call.context, 'evaluateExpression');
			allItemsResolve(call);
			const first = resolve.mock.calls.map(([expression, item]) => [expression, item]);
			allItemsResolve(call);
			return await Promise.resolve({ first, again: resolve.mock.calls.length - first.length });
		},
		given,
	);
	expect(looked).toEqual({ first: [['{{ 1 + 1 }}', 0]], again: 0 });
});
