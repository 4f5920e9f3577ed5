import type { ExecutionPlan, ItemPlan, Scenario, ServicePlan } from './scenario';

/** An item with a song in which nothing is wrong. */
export const SONG: ItemPlan = { account: 0, file: 'song', flaw: 'none', picture: false };

/** A run of one song by hand, in which nothing is asked for, but for the changes. */
export function execution(changes: Partial<ExecutionPlan>): ExecutionPlan {
	return {
		operation: 'audioToVideo',
		startsAt: 0,
		items: [SONG],
		fromUrl: false,
		onError: 'stopWorkflow',
		batching: null,
		retry: null,
		executeOnce: false,
		waits: false,
		downloads: false,
		timeout: 60,
		pollInterval: 5,
		rateLimitRetries: 5,
		maxPrice: 0,
		webhook: false,
		matchesSound: false,
		film: 0,
		pictures: false,
		usesExisting: false,
		ending: null,
		retriesFromStore: 0,
		edits: false,
		...changes,
	};
}

/** One account without limits and a service that does all well, but for the changes. */
export function scenario(executions: ExecutionPlan[], service: Partial<ServicePlan>): Scenario {
	return {
		timeOfDay: 0,
		onDisk: false,
		accounts: [
			{ host: 0, version: 'v1', perMinute: 0, perDay: 0, tells: false, price: 0.1, rises: false },
		],
		executions,
		trigger: null,
		service: {
			submits: [],
			statuses: [],
			models: [],
			prices: [],
			downloads: [],
			sounds: [],
			jobs: [],
			...service,
		},
	};
}
