/** An operation as n8n calls it: what is given out in place of what went wrong, and what the call knows. */
import type { IExecutePaginationFunctions } from 'n8n-workflow';
import { Call, callerOf, type RoutingRequest } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { Declaration } from '../../nodes/Deapi/engine/operation';
import { declareOperation } from '../../nodes/Deapi/engine/operation';
import { Deapi } from '../support/deapi';
import { inNode, PROBE } from '../support/probe';

const BROKEN = new Failure({ message: 'It broke', description: 'Why.' });
const ANOTHER = new Failure({ message: 'Another broke', description: 'Why.', item: 0 });
const CANCEL_ITEM = { json: { instead: true } };

/** The request that n8n puts together from the fields' routing. */
const requestWith = (options: object): RoutingRequest =>
	({ options: { url: '', ...options } }) as RoutingRequest;

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
	const handler = option.routing?.operations?.pagination as (
		this: IExecutePaginationFunctions,
		request: RoutingRequest,
	) => Promise<unknown>;
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
