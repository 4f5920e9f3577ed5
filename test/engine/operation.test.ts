/** An operation as n8n calls it: what is given out in place of what went wrong, and what the call knows. */
import type { IExecutePaginationFunctions } from 'n8n-workflow';
import { Call, callerOf, type RoutingRequest } from '../../nodes/Deapi/engine/call';
import { useClock } from '../../nodes/Deapi/basics/clock';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { Declaration } from '../../nodes/Deapi/engine/operation';
import { declareOperation } from '../../nodes/Deapi/engine/operation';
import { nodeRunOf } from '../../nodes/Deapi/engine/run';
import { HandClock } from '../basics/hand-clock';
import { Deapi } from '../support/deapi';
import { changed, inNode, PROBE } from '../support/probe';

const BROKEN = new Failure({ message: 'It broke', description: 'Why.' });
const ANOTHER = new Failure({ message: 'Another broke', description: 'Why.', item: 0 });
const CANCEL_ITEM = { json: { instead: true } };

/** The request that n8n puts together from the fields' routing. */
const requestWith = (options: object): RoutingRequest =>
	({ options: { url: '', ...options } }) as RoutingRequest;

type Handler = (this: IExecutePaginationFunctions, request: RoutingRequest) => Promise<unknown>;

/**
 * Runs an operation in a real node's context, and gives back what it gives out or throws.
 *
 * @param signal of the execution
 */
async function outcomeOf(
	changes: Partial<Declaration> & Pick<Declaration, 'work'>,
	{ signal = new AbortController().signal, continues = false } = {},
): Promise<unknown> {
	const { option } = declareOperation({ ...PROBE, ...changes });
	const handler = option.routing?.operations?.pagination as Handler;
	return await inNode(await Deapi.open(), async ({ context }) => {
		const own = Object.create(context, {
			getExecutionCancelSignal: { value: () => signal },
			continueOnFail: { value: () => continues },
		}) as IExecutePaginationFunctions;
		return await handler.call(own, requestWith({})).catch((error: unknown) => error);
	});
}

test('an operation that declares no lists has none', () => {
	const { lists } = declareOperation({ ...PROBE, work: async () => await Promise.resolve([]) });
	expect(lists).toEqual([]);
});

test('an operation declares its request, or none', () => {
	const work = async () => await Promise.resolve([]);
	const request = { method: 'GET', url: '/jobs' } as const;
	const routingOf = (changes: Partial<Declaration>) =>
		declareOperation({ ...PROBE, work, ...changes }).option.routing;
	const hook = { send: { paginate: true }, operations: { pagination: expect.any(Function) } };
	expect(routingOf({ request })).toStrictEqual({ request, ...hook });
	expect(routingOf({})).toStrictEqual(hook);
});

describe('an item that fails', () => {
	test('stops its node with what it says', async () => {
		const error = await outcomeOf({ work: async () => await Promise.reject(BROKEN) });
		expect(error).toMatchObject({ message: 'It broke', description: 'Why.' });
	});

	test.each([
		[BROKEN, 0],
		[BROKEN.with({ item: 4 }), 4],
	])('stops the pass as the item that it is about: %#', async (failure, item) => {
		const stopped: unknown[] = [];
		await outcomeOf({
			work: async ({ pass }) => {
				pass.signal.addEventListener('abort', () => stopped.push(pass.stoppedBy?.facts));
				return await Promise.reject(failure);
			},
		});
		expect(stopped).toEqual([{ ...failure.facts, item }]);
	});

	test('after another has stopped the node reports that one', async () => {
		const error = await outcomeOf({
			work: async ({ pass }) => {
				pass.stop(ANOTHER);
				return await Promise.reject(BROKEN);
			},
		});
		expect(error).toMatchObject({ message: 'Another broke' });
	});

	test('after n8n has left its pass gives out nothing', async () => {
		const outcome = await outcomeOf({
			work: async ({ pass }) => {
				pass.abandon(ANOTHER);
				return await Promise.reject(BROKEN);
			},
		});
		expect(outcome).toEqual([]);
	});
});

describe('where n8n starts no further item', () => {
	let time: HandClock;
	let restore: () => void;
	beforeEach(() => {
		time = new HandClock();
		restore = useClock(time);
	});
	afterEach(() => restore());

	/** An item that fails, of two of which the other never comes. */
	async function outcomeOfOne(isToldOfEnd: boolean, isWhole = false): Promise<unknown> {
		const { option } = declareOperation({
			...PROBE,
			work: async () => await Promise.reject(BROKEN),
		});
		const handler = option.routing?.operations?.pagination as Handler;
		return await inNode(await Deapi.open(), async ({ context }) => {
			const data = { ...context.getExecuteData(), data: { main: [[{}, {}]] } };
			const own = Object.create(context, {
				getExecuteData: { value: () => data },
				onExecutionFinish: { value: isToldOfEnd ? () => undefined : undefined },
				getExecutionCancelSignal: { value: undefined },
				continueOnFail: { value: () => false },
			}) as IExecutePaginationFunctions;
			const run = handler.call(own, requestWith({})).catch((error: unknown) => error);
			if (isWhole) nodeRunOf(own).enter(1);
			await time.pass(11_000);
			return await run;
		});
	}

	test('what fails stops the node where n8n would have told that it has left it', async () => {
		expect(await outcomeOfOne(true)).toMatchObject({ message: 'It broke [item 0]' });
	});

	test('it throws nothing that nobody hears where n8n does not tell', async () => {
		expect(await outcomeOfOne(false)).toEqual([]);
		expect(await outcomeOfOne(false, true)).toMatchObject({ message: 'It broke [item 0]' });
	});
});

describe('an execution that is canceled', () => {
	test.each([true, false])(
		'gets the item that stands for it, whether or not the node goes on: %s',
		async (continues) => {
			const said: unknown[] = [];
			const outcome = await outcomeOf(
				{
					work: async () => await Promise.reject(BROKEN),
					atCancel: (_call, failure) => {
						said.push(failure);
						return CANCEL_ITEM;
					},
				},
				{ signal: AbortSignal.abort(), continues },
			);
			expect(outcome).toEqual([CANCEL_ITEM]);
			expect(said).toEqual([BROKEN]);
		},
	);

	test('hears nothing of what has stopped another item before', async () => {
		const said: unknown[] = [];
		await outcomeOf(
			{
				work: async () => await Promise.reject(BROKEN.with({ item: 3 })),
				atCancel: (_call, failure) => {
					said.push(failure.facts);
					return CANCEL_ITEM;
				},
			},
			{ signal: AbortSignal.abort() },
		);
		expect(said).toEqual([
			{
				...{ message: 'The execution was canceled', submitted: 'no', isInterrupted: true },
				description: 'Nothing was sent for this item.',
			},
		]);
	});

	test('gets it at once, and not after what is on its way', async () => {
		const outcome = await outcomeOf(
			{
				work: async ({ pass }) => {
					void pass.whileWorking(async () => await new Promise(() => undefined));
					return await Promise.reject(BROKEN);
				},
				atCancel: () => CANCEL_ITEM,
			},
			{ signal: AbortSignal.abort() },
		);
		expect(outcome).toEqual([CANCEL_ITEM]);
	});

	test('gets it also where it is canceled while a failed item waits for others', async () => {
		const cancel = new AbortController();
		const outcome = await outcomeOf(
			{
				work: async ({ pass }) => {
					void pass.whileWorking(async () => {
						await new Promise(setImmediate);
						cancel.abort();
					});
					return await Promise.reject(BROKEN);
				},
				atCancel: () => CANCEL_ITEM,
			},
			{ signal: cancel.signal },
		);
		expect(outcome).toEqual([CANCEL_ITEM]);
	});
});

describe('a call', () => {
	/** The call that is made of n8n's request. */
	const callWith = async (options: object, cancelSignal?: AbortSignal) =>
		await inNode(await Deapi.open(), async ({ context, run, pass, signal }) => {
			const request = requestWith(options);
			return await Promise.resolve(
				new Call(context, request, new Map(), run, pass, signal, cancelSignal),
			);
		});

	test.each([
		[true, true],
		[false, undefined],
		['true', undefined],
		[undefined, undefined],
	])(
		'takes an untrusted certificate where the user said so, and nowhere else: %j',
		async (skipSslCertificateValidation, expected) => {
			const { settings } = await callWith({ skipSslCertificateValidation, timeout: 5 });
			expect(settings.skipSslCertificateValidation).toBe(expected);
			expect(settings.timeout).toBe(5);
		},
	);

	test.each([
		[5, 5],
		['30000', 30_000],
		[0, undefined],
		[-5, undefined],
		[NaN, undefined],
		['soon', undefined],
		[{}, undefined],
		[null, undefined],
	])('takes a time limit that is a number above 0, and no other: %j', async (timeout, expected) => {
		expect((await callWith({ timeout })).settings.timeout).toBe(expected);
	});

	test('knows an option that the user has added, whatever its expression gives', async () => {
		const known = await inNode(await Deapi.open(), async (call) => {
			const given = (own: object, stored: unknown) => {
				const { context } = call;
				const node = { ...context.getNode(), parameters: { options: stored } };
				const inner = Object.create(context, { getNode: { value: () => node } }) as object;
				return changed(call, { options: own, context: inner }).hasOption('steps');
			};
			return await Promise.resolve([
				given({ steps: 4 }, {}),
				given({}, { steps: '={{ $json.none }}' }),
				given({ other: 1 }, { other: 1 }),
				given({}, '={{ $json.options }}'),
			]);
		});
		expect(known).toEqual([true, true, false, false]);
	});

	test.each([
		[undefined, false],
		[new AbortController().signal, false],
		[AbortSignal.abort(), true],
	])('knows whether its execution is canceled: %#', async (signal, isCanceled) => {
		expect((await callWith({}, signal)).isCanceled).toBe(isCanceled);
	});
});

test('outside of an operation a field is called as it is named', () => {
	const context = {} as IExecutePaginationFunctions;
	const { signal } = new AbortController();
	const caller = callerOf(context, signal);
	expect(caller).toMatchObject({ settings: {} });
	expect([caller.context, caller.signal]).toEqual([context, signal]);
	expect(caller.label('width')).toBe("'width'");
});
