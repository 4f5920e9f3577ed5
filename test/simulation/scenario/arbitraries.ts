/** Generates scenarios: most requests go well, and everything that can go wrong does so now and then. */
import fc from 'fast-check';
import { OPERATION } from '../run/operations';
import type {
	AccountPlan,
	Act,
	CallPlan,
	Ending,
	ExecutionPlan,
	ItemPlan,
	JobPlan,
	OperationName,
	Scenario,
	ServicePlan,
	TriggerPlan,
} from './scenario';
import {
	ENDINGS,
	FILE_ACTS,
	FILES,
	JOB_ENDS,
	OPERATIONS,
	READ_ACTS,
	RESTARTS,
	SIGNATURES,
	SUBMIT_ACTS,
} from './scenario';

/** One of a list, the first of them by far the most likely, and what a failing seed shrinks to. */
function mostly<T>(values: readonly T[], weight: number): fc.Arbitrary<T> {
	const [first, ...others] = values;
	if (first === undefined) throw new Error('There is nothing to choose from');
	if (others.length === 0) return fc.constant(first);
	return fc.oneof(
		{ weight, arbitrary: fc.constant(first) },
		{ weight: 10 - weight, arbitrary: fc.constantFrom(...others) },
	);
}

/** Milliseconds, from at once to longer than any limit; short ones are common. */
const delay = fc.oneof(
	{ weight: 5, arbitrary: fc.nat(3000) },
	{ weight: 2, arbitrary: fc.nat(40_000) },
);

/**
 * What happens to requests. A scenario knows only some kinds of trouble: where all of them occur, one
 * hides the other.
 *
 * @param kinds the first is the one that goes well
 */
function acts<Kind extends string>(
	[good, ...troubles]: readonly [Kind, ...Kind[]],
	most: number,
): fc.Arbitrary<Act<Kind>[]> {
	const act = fc.record({
		pick: fc.nat(999),
		after: delay,
		variant: fc.nat(11),
		makesJob: fc.boolean(),
	});
	return fc.tuple(fc.subarray(troubles), fc.array(act, { maxLength: most })).map(([known, list]) =>
		list.map(({ pick, ...others }) => ({
			does: pick < 400 ? good : (known[pick % known.length] ?? good),
			...others,
		})),
	);
}

const job: fc.Arbitrary<JobPlan> = fc.record({
	end: mostly(JOB_ENDS, 6),
	takes: fc.oneof(fc.nat(20_000), fc.nat(120_000)),
	refunded: fc.boolean(),
});

const account: fc.Arbitrary<AccountPlan> = fc.record({
	host: fc.constantFrom(0 as const, 1 as const),
	version: fc.constantFrom('v1' as const, 'v2' as const),
	perMinute: mostly([0, 1, 2, 5], 6),
	perDay: mostly([0, 1, 2, 3, 5], 8),
	tells: fc.boolean(),
	price: fc.constantFrom(0.1, 0.5),
});

const item: fc.Arbitrary<ItemPlan> = fc.record({
	account: fc.nat(2),
	file: mostly(FILES, 7),
	flaw: mostly(['none', 'noPrompt', 'expression', 'noAddress', 'proxy', 'tooWide'] as const, 7),
	picture: mostly([false, true], 8),
});

/** Items: with flaws now and then, as one of them is enough to keep all others from being sent. */
const items: fc.Arbitrary<ItemPlan[]> = fc
	.tuple(mostly([false, true], 8), fc.array(item, { minLength: 1, maxLength: 6 }))
	.map(([isFlawed, all]) =>
		isFlawed ? all : all.map((each) => ({ ...each, file: 'song', flaw: 'none' })),
	);

const ending: fc.Arbitrary<Ending> = fc.record({
	how: fc.constantFrom(...ENDINGS),
	atEvent: fc.nat(60),
	after: fc.oneof(fc.constant(0), fc.nat(30_000)),
});

/** Nothing in most cases. */
function seldom<T>(value: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | null> {
	return fc.oneof(
		{ weight: 10 - weight, arbitrary: fc.constant(null) },
		{ weight, arbitrary: value },
	);
}

const execution: fc.Arbitrary<ExecutionPlan> = fc.record({
	operation: fc.constant(OPERATIONS[0]),
	startsAt: fc.oneof(fc.constant(0), fc.nat(30_000)),
	items,
	fromUrl: mostly([false, true], 8),
	onError: fc.constantFrom(
		'stopWorkflow' as const,
		'continueRegularOutput' as const,
		'continueErrorOutput' as const,
	),
	batching: seldom(
		fc.record({
			size: fc.integer({ min: 1, max: 3 }),
			interval: fc.integer({ min: 1, max: 9000 }),
		}),
		2,
	),
	retry: seldom(fc.record({ maxTries: fc.integer({ min: 2, max: 4 }), wait: fc.nat(5000) }), 4),
	executeOnce: mostly([false, true], 9),
	waits: fc.boolean(),
	downloads: fc.boolean(),
	timeout: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(300)),
	pollInterval: fc.constantFrom(5, 1, 10, 30),
	rateLimitRetries: fc.constantFrom(5, 0, 1, 2),
	maxPrice: mostly([0, 0.3], 8),
	webhook: mostly([false, true], 8),
	matchesSound: mostly([false, true], 7),
	film: mostly([0, 2, 3, 4], 8),
	usesExisting: fc.boolean(),
	ending: seldom(ending, 3),
	retriesFromStore: mostly([0, 1, 2], 7),
});

const call: fc.Arbitrary<CallPlan> = fc.record({
	// deAPI repeats a delivery for 23 hours.
	at: fc.oneof(fc.nat(5000), fc.nat(400_000), fc.nat(23 * 60 * 60 * 1000)),
	delivery: fc.nat(3),
	event: mostly(['job.completed', 'job.failed', 'job.processing'] as const, 7),
	signature: mostly(SIGNATURES, 7),
	copies: mostly([1, 2, 3], 7),
	process: mostly([0 as const, 1 as const], 8),
	restart: mostly(RESTARTS, 8),
});

const trigger: fc.Arbitrary<TriggerPlan> = fc.record({
	account: fc.nat(2),
	acceptUnsigned: mostly([false, true], 7),
	downloads: fc.boolean(),
	simplify: fc.boolean(),
	hearsAll: fc.boolean(),
	saveTakes: fc.nat(300),
	calls: fc.array(call, { minLength: 1, maxLength: 8 }),
});

const service: fc.Arbitrary<ServicePlan> = fc.record({
	submits: acts(SUBMIT_ACTS, 12),
	statuses: acts(READ_ACTS, 20),
	models: acts(READ_ACTS, 3),
	prices: acts(READ_ACTS, 4),
	downloads: acts(FILE_ACTS, 8),
	sounds: acts(FILE_ACTS, 4),
	jobs: fc.array(job, { maxLength: 12 }),
});

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
	timeOfDay: fc.oneof(fc.nat(86_399), fc.integer({ min: 86_000, max: 86_399 })),
	onDisk: fc.boolean(),
	accounts: fc.array(account, { minLength: 1, maxLength: 3 }),
	executions: fc.array(execution, { minLength: 1, maxLength: 3 }),
	trigger: seldom(trigger, 3),
	service,
});

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

const overlap: fc.Arbitrary<Overlap> = fc.record({
	good: fc.integer({ min: 2, max: 4 }),
	interval: fc.integer({ min: 1, max: 3000 }),
	slow: fc.integer({ min: 1000, max: 20_000 }),
	wait: fc.nat(1000),
	flaw: fc.constantFrom('proxy' as const, 'expression' as const),
});

/** Makes the first execution one whose passes overlap: by chance alone hardly any has all that it takes. */
function withOverlap(scenario: Scenario, { good, interval, slow, wait, flaw }: Overlap): Scenario {
	const [first, ...others] = scenario.executions;
	const [model] = first?.items ?? [];
	if (first === undefined || model === undefined) return scenario;
	const item: ItemPlan = { ...model, file: 'song', flaw: 'none' };
	const accept = { does: 'accept', variant: 0, makesJob: true } as const;
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
			submits: [{ ...accept, after: 10 }, { ...accept, after: slow }, ...scenario.service.submits],
		},
	};
}

/** A job that the service calls retryable, as Retry On Fail sees it when nothing else goes wrong. */
const secondTry = fc.record({
	maxTries: fc.integer({ min: 2, max: 4 }),
	wait: fc.nat(5000),
	takes: fc.nat(120_000),
});

/** Makes the first execution one that can make its job again; few by chance alone are undisturbed enough. */
function withSecondTry(
	scenario: Scenario,
	{ maxTries, wait, takes }: { maxTries: number; wait: number; takes: number },
): Scenario {
	const [first] = scenario.executions;
	const [model] = first?.items ?? [];
	if (first === undefined || model === undefined) return scenario;
	return {
		...scenario,
		executions: [
			{
				...first,
				items: [{ ...model, file: 'song', flaw: 'none' }],
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

/** Has executions do something else than to make a video from a sound. */
function withOperations(scenario: Scenario, operations: OperationName[]): Scenario {
	return {
		...scenario,
		executions: scenario.executions.map((plan, index) => {
			const operation = operations[index] ?? plan.operation;
			if (operation === 'generateFromAudio') return plan;
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

export const scenarios: fc.Arbitrary<Scenario> = fc
	.tuple(
		anyScenario,
		seldom(overlap, 1),
		seldom(secondTry, 1),
		seldom(fc.array(fc.constantFrom(...OPERATIONS), { minLength: 3, maxLength: 3 }), 3),
	)
	.map(([scenario, overlapping, repeated, operations]) => {
		const others = operations === null ? scenario : withOperations(scenario, operations);
		if (overlapping !== null) return withOverlap(others, overlapping);
		return repeated === null ? others : withSecondTry(others, repeated);
	});
