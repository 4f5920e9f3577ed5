/** Shapes of scenarios that hardly ever come up by chance alone: each makes a scenario one of its kind. */
import fc from 'fast-check';
import { OPERATION } from '../run/operations';
import type { ExecutionPlan, ItemPlan, OperationName, Scenario } from './scenario';
import { OPERATIONS } from './scenario';

const ACCEPT = { does: 'accept', after: 10, variant: 0, makesJob: true } as const;

/** What a shape is made of: the first execution, the others, and an item of the first that is in order. */
function partsOf({ executions }: Scenario) {
	const [first, ...others] = executions;
	const [model] = first?.items ?? [];
	if (first === undefined || model === undefined)
		throw new Error('A scenario has an item at least');
	const item: ItemPlan = { ...model, file: 'song', flaw: 'none' };
	return { first, others, item };
}

/** A pass that ends while an upload of it is under way: n8n does not wait where a later item's credential is wrong. */
interface Overlap {
	/** How many items are in order. */
	good: number;
	/** From one batch to the next, in milliseconds. */
	interval: number;
	/** How long the second upload takes, in milliseconds. */
	slow: number;
	/** From one pass to the next, in milliseconds. */
	wait: number;
	/** What ends the pass. */
	flaw: ItemPlan['flaw'];
}

export const overlap: fc.Arbitrary<Overlap> = fc.record({
	good: fc.integer({ min: 2, max: 4 }),
	interval: fc.integer({ min: 1, max: 3000 }),
	slow: fc.integer({ min: 1000, max: 20_000 }),
	wait: fc.nat(1000),
	flaw: fc.constantFrom('proxy' as const, 'expression' as const),
});

/** Makes the first execution one whose passes overlap: by chance alone hardly any has all that it takes. */
export function withOverlap(
	scenario: Scenario,
	{ good, interval, slow, wait, flaw }: Overlap,
): Scenario {
	const { first, others, item } = partsOf(scenario);
	return {
		...scenario,
		executions: [
			{
				...first,
				items: [...Array.from({ length: good }, () => item), { ...item, flaw }],
				onError: 'stopWorkflow',
				batching: { size: 1, interval },
				retry: { maxTries: 3, wait },
				executeOnce: false,
				film: 0,
				ending: null,
			},
			...others,
		],
		service: {
			...scenario.service,
			submits: [ACCEPT, { ...ACCEPT, after: slow }, ...scenario.service.submits],
		},
	};
}

/** A job that the service calls retryable, as Retry On Fail sees it when nothing else goes wrong. */
export const secondTry = fc.record({
	maxTries: fc.integer({ min: 2, max: 4 }),
	wait: fc.nat(5000),
	takes: fc.nat(120_000),
});

/** Makes the first execution one that can make its job again; few by chance alone are undisturbed enough. */
export function withSecondTry(
	scenario: Scenario,
	{ maxTries, wait, takes }: { maxTries: number; wait: number; takes: number },
): Scenario {
	const { first, item } = partsOf(scenario);
	return {
		...scenario,
		executions: [
			{
				...first,
				items: [item],
				fromUrl: false,
				retry: { maxTries, wait },
				waits: true,
				timeout: 300,
				maxPrice: 0,
				film: 0,
				ending: null,
			},
		],
		service: {
			...scenario.service,
			statuses: [],
			models: [],
			jobs: [{ end: 'failed', takes, refunded: false }, ...scenario.service.jobs],
		},
	};
}

/** An execution that is canceled while it reads the list of models for another one too. */
interface SharedRead {
	/** How long the read takes, in milliseconds. */
	takes: number;
	/** How much of it has passed when the other one comes, and when the first is canceled; in thousandths. */
	comes: number;
	ends: number;
}

export const sharedRead: fc.Arbitrary<SharedRead> = fc.record({
	takes: fc.integer({ min: 100, max: 4000 }),
	comes: fc.nat(500),
	ends: fc.integer({ min: 501, max: 999 }),
});

/** Makes two executions share a read; by chance alone they hardly ever meet. */
export function withSharedRead(scenario: Scenario, { takes, comes, ends }: SharedRead): Scenario {
	const { first, item: good } = partsOf(scenario);
	const item: ItemPlan = { ...good, account: 0 };
	const after = Math.floor((takes * ends) / 1000);
	const canceled: ExecutionPlan = {
		...first,
		startsAt: 0,
		operation: 'audioToVideo',
		items: [item],
		fromUrl: false,
		film: 0,
		ending: { how: 'stop', atEvent: 1, after },
	};
	return {
		...scenario,
		executions: [
			canceled,
			{
				...canceled,
				startsAt: Math.floor((takes * comes) / 1000),
				items: [{ ...item, flaw: 'tooWide' }],
				ending: null,
			},
		],
		service: {
			...scenario.service,
			models: [{ does: 'answer', after: takes, variant: 0, makesJob: false }],
		},
	};
}

/** An execution that is canceled between two tries of Retry On Fail: n8n begins one more all the same. */
interface LatePass {
	operation: OperationName;
	/** Whether the first try ends before anything is sent, or at a refusal after an item that went well. */
	sends: boolean;
	/** From one try to the next, in milliseconds. */
	wait: number;
	/** When it is canceled, in thousandths of its waits. */
	ends: number;
}

export const latePass: fc.Arbitrary<LatePass> = fc.record({
	operation: fc.constantFrom(...OPERATIONS),
	sends: fc.boolean(),
	wait: fc.integer({ min: 1, max: 3000 }),
	ends: fc.integer({ min: 1, max: 999 }),
});

const TRIES = 4;

export function withLatePass(
	scenario: Scenario,
	{ operation, sends, wait, ends }: LatePass,
): Scenario {
	const { first, others, item } = partsOf(scenario);
	const plan: ExecutionPlan = {
		...first,
		startsAt: 0,
		items: [item, { ...item, flaw: sends ? 'none' : 'expression' }],
		onError: 'stopWorkflow',
		batching: null,
		retry: { maxTries: TRIES, wait },
		executeOnce: false,
		maxPrice: 0,
		ending: {
			how: 'stop',
			// A request is four events: the list of models, then the two submits.
			atEvent: sends ? 12 : 1,
			after: Math.floor((ends / 1000) * (sends ? 1 : TRIES - 1) * wait),
		},
	};
	const changed = sends
		? {
				executions: [plan],
				service: {
					...scenario.service,
					models: [],
					submits: [ACCEPT, { ...ACCEPT, does: 'refuse' as const }],
				},
			}
		: { executions: [plan, ...others] };
	return withOperations({ ...scenario, ...changed }, [operation]);
}

/** Has executions do something else than to make a video from a sound. */
export function withOperations(scenario: Scenario, operations: OperationName[]): Scenario {
	return {
		...scenario,
		executions: scenario.executions.map((plan, index) => {
			const operation = operations[index] ?? plan.operation;
			if (operation === 'audioToVideo') return plan;
			const takesUrl = OPERATION[operation].takesUrl === true;
			return {
				...plan,
				operation,
				fromUrl: plan.fromUrl && takesUrl,
				matchesSound: false,
				film: 0,
				items: plan.items.map((each) => ({ ...each, picture: false })),
			};
		}),
	};
}
