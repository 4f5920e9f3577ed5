/** Which run an item belongs to: how many items n8n starts, whether in groups, and when it has ended. */
import type { IExecutePaginationFunctions } from 'n8n-workflow';
import { Pass } from '../../nodes/Deapi/engine/pass';
import { nodeRunOf } from '../../nodes/Deapi/engine/run';

/** n8n's context of one item, with the execution data and what else the test says. */
function contextOf({
	data = { main: [[{ json: {} }, { json: {} }]] } as object,
	batching = {} as unknown,
	executeOnce = false,
	caller = 'Node',
	onExecutionFinish = undefined as unknown,
}): IExecutePaginationFunctions {
	const context: unknown = {
		getNode: () => ({ name: 'Node', executeOnce }),
		getExecuteData: () => ({ node: { name: caller }, data }),
		getInputData: () => ({ json: {} }),
		getNodeParameter: () => batching,
		onExecutionFinish,
	};
	return context as IExecutePaginationFunctions;
}

test.each<[object, number]>([
	[{}, 2],
	[{ executeOnce: true }, 1],
	[{ data: { main: [[]] } }, 0],
	[{ data: { ai_tool: [[{ json: {} }, { json: {} }, { json: {} }]] } }, 3],
	[{ data: { main: [null] } }, 1],
	[{ data: {} }, 1],
	[{ caller: 'Agent' }, 1],
])('with %j n8n starts %d items', (given, size) => {
	expect(nodeRunOf(contextOf(given)).size).toBe(size);
});

describe('later items start after earlier ones', () => {
	const every = (batchInterval: unknown) => ({ batch: { batchSize: 1, batchInterval } });

	test.each<[unknown, string, boolean]>([
		[every(100), 'Node', true],
		[every('100'), 'Node', true],
		[every(0), 'Node', false],
		[every(undefined), 'Node', false],
		[{ batch: 7 }, 'Node', false],
		[7, 'Node', false],
		[every(100), 'Agent', false],
		[{}, 'Agent', false],
	])('with the batching %j, called by %s: %s', (batching, caller, isStaggered) => {
		expect(nodeRunOf(contextOf({ batching, caller })).isStaggered).toBe(isStaggered);
	});
});

test('what is under way when its execution ends is left, where the engine tells', () => {
	let end = () => {};
	const onExecutionFinish = (listener: () => void) => (end = listener);
	const pass = nodeRunOf(contextOf({ onExecutionFinish })).enter(0);
	expect(pass.isAbandoned).toBe(false);
	end();
	expect(pass.isAbandoned).toBe(true);
});

test('a new pass takes the service for one that can be reached', () => {
	expect(new Pass(1).isUnreachable).toBe(false);
});
