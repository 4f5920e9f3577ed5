/** Shapes of scenarios that hardly ever come up by chance alone: each makes a scenario one of its kind. */
import fc from 'fast-check';
import { operationNamed, PLAYED } from '../run/operations';
import type {
	ExecutionPlan,
	ItemPlan,
	JobPlan,
	OperationName,
	Scenario,
	ServicePlan,
} from './scenario';

const QUICK = { after: 10, variant: 0, makesJob: true };
const ACCEPT = { ...QUICK, does: 'accept' } as const;

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
interface SecondTry {
	maxTries: number;
	/** From one try to the next, and until the job has failed, in milliseconds. */
	wait: number;
	takes: number;
	maxPrice: number;
}

export const secondTry: fc.Arbitrary<SecondTry> = fc.record({
	maxTries: fc.integer({ min: 2, max: 4 }),
	wait: fc.nat(5000),
	takes: fc.nat(120_000),
	maxPrice: fc.constantFrom(0, 0.3),
});

/** Makes the first execution one that can make its job again; few by chance alone are undisturbed enough. */
export function withSecondTry(
	scenario: Scenario,
	{ maxTries, wait, takes, maxPrice }: SecondTry,
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
				maxPrice,
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
	operation: fc.constantFrom(...PLAYED),
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

/** One film, undisturbed enough to come to its end, or near it. */
interface Film {
	clips: number;
	pictures: boolean;
	/** What goes wrong, besides its jobs. */
	trouble: keyof ServicePlan | 'limits';
	/** How one of its jobs ends, all others being done; `any` for jobs as they come. */
	oneJob: JobPlan['end'] | 'any';
	/** Which one. */
	at: number;
	usesExisting: boolean;
	maxPrice: number;
	fromUrl: boolean;
	/** Whether its sound is another one in the second try, after a job that failed. */
	changes: boolean;
	edits: boolean;
	ends: boolean;
}

export const film: fc.Arbitrary<Film> = fc.record({
	clips: fc.constantFrom(2, 3, 2, 3, 4, 5),
	pictures: fc.constantFrom(true, true, false),
	trouble: fc.constantFrom(
		...(['jobs', 'submits', 'statuses', 'models', 'prices', 'downloads', 'limits'] as const),
	),
	oneJob: fc.constantFrom(
		...(['done', 'any', 'failed', 'failedForGood', 'offLength', 'noLink'] as const),
	),
	at: fc.nat(5),
	usesExisting: fc.boolean(),
	maxPrice: fc.constantFrom(0, 0, 0.3, 0.5, 1.5),
	fromUrl: fc.constantFrom(false, false, true),
	changes: fc.constantFrom(false, false, true),
	edits: fc.constantFrom(false, false, true),
	ends: fc.constantFrom(false, false, false, true),
});

/** Makes the scenario one of a film; by chance alone hardly any is joined in the end. */
export function withFilm(
	scenario: Scenario,
	{ clips, trouble, oneJob, at, changes, edits, ends, ...others }: Film,
): Scenario {
	const { first, item } = partsOf(scenario);
	const { service, accounts } = scenario;
	const onlyIn = <T>(kind: Film['trouble'], list: T[]) => (trouble === kind ? list : []);
	const unlimited = { perMinute: 0, perDay: 0 };
	const done: JobPlan = { end: 'done', takes: 10_000, refunded: false };
	const end = changes && others.fromUrl ? 'failed' : oneJob;
	const oneBad = [
		...Array.from({ length: at }, () => done),
		{ ...done, end: end === 'any' ? 'done' : end },
	];
	const sounds = (['give', 'other', 'give'] as const).map((does) => ({ ...QUICK, does }));
	return {
		...scenario,
		onDisk: scenario.onDisk || changes,
		accounts: accounts.map((each) => (trouble === 'limits' ? each : { ...each, ...unlimited })),
		executions: [
			{
				...first,
				...others,
				operation: 'audioToVideo',
				items: [{ ...item, picture: false, file: changes ? 'changes' : 'song' }],
				film: clips,
				...{ batching: null, executeOnce: false, webhook: false },
				...{ waits: true, downloads: true, timeout: 300 },
				ending: ends ? first.ending : null,
				...(changes ? { retry: first.retry ?? { maxTries: 3, wait: 1000 } } : {}),
				...(edits ? { edits, retriesFromStore: Math.max(1, first.retriesFromStore) } : {}),
			},
		],
		service: {
			submits: onlyIn('submits', service.submits),
			statuses: onlyIn('statuses', service.statuses),
			models: onlyIn('models', service.models),
			prices: onlyIn('prices', service.prices),
			downloads: onlyIn('downloads', service.downloads),
			sounds: changes ? sounds : service.sounds,
			jobs: end === 'any' ? service.jobs : oneBad,
		},
	};
}

/** Has executions do something else than to make a video from a sound. */
export function withOperations(scenario: Scenario, operations: OperationName[]): Scenario {
	return {
		...scenario,
		executions: scenario.executions.map((plan, index) => {
			const operation = operations[index] ?? plan.operation;
			if (operation === 'audioToVideo') return plan;
			const takesUrl = operationNamed(operation).takesUrl;
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
