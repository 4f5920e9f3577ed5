/** Generates scenarios: most requests go well, and everything that can go wrong does so now and then. */
import fc from 'fast-check';
import { PLAYED } from '../run/operations';
import type {
	AccountPlan,
	Act,
	CallPlan,
	Ending,
	ExecutionPlan,
	ItemPlan,
	JobPlan,
	Scenario,
	ServicePlan,
	TriggerPlan,
} from './scenario';
import {
	ENDINGS,
	FILE_ACTS,
	FILES,
	JOB_ENDS,
	READ_ACTS,
	RESTARTS,
	SIGNATURES,
	SUBMIT_ACTS,
} from './scenario';
import {
	film,
	latePass,
	overlap,
	secondTry,
	sharedRead,
	withFilm,
	withLatePass,
	withOperations,
	withOverlap,
	withSecondTry,
	withSharedRead,
} from './shapes';

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
	rises: fc.boolean(),
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
	operation: fc.constant('audioToVideo' as const),
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
	film: mostly([0, 2, 3, 4, 5], 8),
	pictures: fc.boolean(),
	usesExisting: fc.boolean(),
	ending: seldom(ending, 3),
	retriesFromStore: mostly([0, 1, 2], 7),
	edits: fc.boolean(),
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

export const scenarios: fc.Arbitrary<Scenario> = fc
	.tuple(
		anyScenario,
		seldom(overlap, 1),
		seldom(secondTry, 1),
		seldom(film, 1),
		seldom(fc.array(fc.constantFrom(...PLAYED), { minLength: 3, maxLength: 3 }), 3),
		fc.integer({ min: 0, max: 39 }),
		sharedRead,
		latePass,
	)
	.map(([scenario, overlapping, repeated, filmed, operations, rare, shared, late]) => {
		const others = operations === null ? scenario : withOperations(scenario, operations);
		if (rare === 39) return withSharedRead(others, shared);
		if (rare === 38) return withLatePass(others, late);
		if (overlapping !== null) return withOverlap(others, overlapping);
		if (repeated !== null) return withSecondTry(others, repeated);
		return filmed === null ? others : withFilm(others, filmed);
	});
