/** The lane by itself: the test gives the answers, and sees what is sent, and in which order. */
import { useClock } from '../../../nodes/Deapi/basics/clock';
import { Lane, LaneExit, type Try } from '../../../nodes/Deapi/submit/lane/lane';
import { settled } from '../../support/answering';

const MINUTE = 60_000;
const PACE = { remaining: 99, limit: 100, day: undefined };

/** Milliseconds since 1970; the time stands still, unless a test puts it forward. */
let now = 1e12;
let waits: Array<{ ms: number; until: number; wake: () => void }> = [];
let restore = () => {};

beforeEach(() => {
	waits = [];
	restore = useClock({
		now: () => now,
		sleep: async (ms) => {
			if (ms === 0) await new Promise(setImmediate);
			else await new Promise<void>((wake) => waits.push({ ms, until: now + ms, wake }));
		},
	});
});
afterEach(() => restore());

/** Puts the time forward; those wake whose wait is over. */
async function forward(ms: number): Promise<void> {
	now += ms;
	const due = waits.filter(({ until }) => until <= now);
	waits = waits.filter((wait) => !due.includes(wait));
	for (const { wake } of due) wake();
	await settled();
}

const minute = (ms = MINUTE): Try<string> => ({
	limited: { kind: 'minute', endsAt: now + ms },
});
const daily = (ms: number): Try<string> => ({ limited: { kind: 'daily', endsAt: now + ms } });
const done: Try<string> = { done: 'accepted', pace: PACE };

/** Items in a lane. */
class Items {
	/** What was sent, in order. */
	readonly sent: string[] = [];

	/** What came of the items that are through. */
	readonly outcomes: { [name: string]: unknown } = {};

	private readonly lane = new Lane();

	private readonly owners = new Map<string, object>();

	private readonly answers = new Map<string, (answer: Try<string>) => void>();

	private readonly signals = new Map<string, AbortController>();

	/** @param names the owner's letter and the item's number: `A1` */
	enter(...names: string[]): void {
		for (const name of names) void this.follow(name);
	}

	/** An item whose execution has been canceled before. */
	enterCanceled(name: string): void {
		this.controllerOf(name).abort();
		this.enter(name);
	}

	/** Takes an item out of the lane. */
	cancel(name: string): void {
		this.controllerOf(name).abort();
	}

	/** Answers an item that is under way. */
	async answer(name: string, answer: Try<string>): Promise<void> {
		this.answers.get(name)?.(answer);
		await settled();
	}

	/** One goes ahead and tells that there is room for all. */
	async goAhead(): Promise<void> {
		this.enter('A0');
		await settled();
		await this.answer('A0', done);
		this.sent.length = 0;
	}

	private controllerOf(name: string): AbortController {
		const controller = this.signals.get(name) ?? new AbortController();
		this.signals.set(name, controller);
		return controller;
	}

	private async follow(name: string): Promise<void> {
		const [letter = '', ...number] = name;
		const owner = this.owners.get(letter) ?? {};
		this.owners.set(letter, owner);
		const place = { owner, order: Number(number.join('')), maxRefusals: 5 };
		const { signal } = this.controllerOf(name);
		const attempt = async () => {
			this.sent.push(name);
			return await new Promise<Try<string>>((resolve) => this.answers.set(name, resolve));
		};
		this.outcomes[name] = await this.lane
			.submit({ ...place, signal }, attempt)
			.catch((error: unknown) => (error instanceof LaneExit ? error.exit : error));
	}
}

test('an item that a limit has refused is sent again when it ends, and then is through', async () => {
	const items = new Items();
	items.enter('A1');
	await settled();
	await items.answer('A1', minute());
	expect(items.outcomes).toEqual({});
	await forward(MINUTE - 1);
	items.enter('B1');
	await settled();
	expect(items.sent).toEqual(['A1']);
	await forward(1);
	expect(items.sent).toEqual(['A1', 'A1']);
	await items.answer('A1', done);
	expect(items.outcomes).toEqual({ A1: 'accepted' });
});

test('an owner whose items are all under way holds up nobody', async () => {
	const items = new Items();
	await items.goAhead();
	items.enter('B1', 'C1', 'C2');
	await settled();
	expect(items.sent).toEqual(['B1', 'C1', 'C2']);
});

test('items that come in one moment are sent in their order, whichever is first', async () => {
	const items = new Items();
	await items.goAhead();
	items.enter('A2', 'A3', 'A1');
	await settled();
	expect(items.sent).toEqual(['A1', 'A2', 'A3']);
});

test.each<[string, string[], string[]]>([
	['those of one owner in their order', ['A3', 'A2', 'A1'], ['A1', 'A2', 'A3']],
	['those of one owner in their order', ['A1', 'A2', 'A3'], ['A1', 'A2', 'A3']],
	['those of others in the order of refusal', ['B2', 'A3', 'A1'], ['B2', 'A1', 'A3']],
	['those of others in the order of refusal', ['A3', 'B2', 'A1'], ['A1', 'A3', 'B2']],
])('refused items go before all others, %s: %s', async (_what, refused, order) => {
	const items = new Items();
	await items.goAhead();
	items.enter(...[...refused].sort(), 'A8', 'A9');
	await settled();
	expect([...items.sent].sort()).toEqual([...refused].sort());
	items.sent.length = 0;
	for (const name of refused) await items.answer(name, minute());
	await forward(MINUTE);
	// One at a time, until as many have passed as the lane is wide.
	for (const name of order) {
		expect(items.sent.at(-1)).toBe(name);
		await items.answer(name, done);
	}
	expect(items.sent).toEqual([...order, 'A8', 'A9']);
});

describe('an item whose execution is canceled', () => {
	test('is not sent where that was before', async () => {
		const items = new Items();
		items.enterCanceled('A1');
		await settled();
		expect(items.outcomes).toEqual({ A1: { reason: 'left' } });
		expect(items.sent).toEqual([]);
	});

	test('leaves while it waits for its turn; the others of its owner stay', async () => {
		const items = new Items();
		items.enter('A1', 'A2', 'A3');
		await settled();
		items.cancel('A2');
		await settled();
		expect(items.outcomes).toEqual({ A2: { reason: 'left' } });
		await items.answer('A1', done);
		expect(items.sent).toEqual(['A1', 'A3']);
	});

	test('leaves while a limit holds it back; the others that were refused stay', async () => {
		const items = new Items();
		await items.goAhead();
		items.enter('A1', 'A2');
		await settled();
		await items.answer('A1', minute());
		await items.answer('A2', minute());
		items.sent.length = 0;
		items.cancel('A1');
		await settled();
		expect(items.outcomes).toMatchObject({ A1: { reason: 'left' } });
		await forward(MINUTE);
		expect(items.sent).toEqual(['A2']);
		await items.answer('A2', done);
		expect(items.sent).toEqual(['A2']);
	});

	test('is not sent again after a refusal that came later', async () => {
		const items = new Items();
		items.enter('A1');
		await settled();
		items.cancel('A1');
		await settled();
		expect(items.outcomes).toEqual({});
		await items.answer('A1', minute());
		expect(items.outcomes).toEqual({ A1: { reason: 'left' } });
	});
});

describe("the day's end", () => {
	const QUARTER = 15 * MINUTE;

	/** A lane that has met a daily limit. */
	async function afterDaily(ms: number): Promise<Items> {
		const items = new Items();
		items.enter('A1');
		await settled();
		await items.answer('A1', daily(ms));
		expect(items.outcomes).toMatchObject({ A1: { reason: 'daily' } });
		items.sent.length = 0;
		return items;
	}

	test('is believed for a quarter of an hour; then one item asks again', async () => {
		const items = await afterDaily(20 * QUARTER);
		await forward(QUARTER - 1);
		items.enter('A2');
		await settled();
		expect(items.outcomes).toMatchObject({ A2: { reason: 'daily' } });
		await forward(1);
		items.enter('A3', 'A4');
		await settled();
		expect(items.sent).toEqual(['A3']);
	});

	test('may be in the answer of the last one that was taken: the others are not sent', async () => {
		const items = new Items();
		items.enter('A1', 'A2');
		await settled();
		const day = { kind: 'daily', endsAt: now + QUARTER } as const;
		await items.answer('A1', { done: 'accepted', pace: { ...PACE, day } });
		expect(items.outcomes).toMatchObject({ A1: 'accepted', A2: { reason: 'daily', limit: day } });
		expect(items.sent).toEqual(['A1']);
	});

	test('is not believed any longer than it lasts', async () => {
		const items = await afterDaily(QUARTER / 3);
		await forward(QUARTER / 3 - 1);
		items.enter('A2');
		await settled();
		expect(items.outcomes).toMatchObject({ A2: { reason: 'daily' } });
		await forward(1);
		items.enter('A3');
		await settled();
		expect(items.sent).toEqual(['A3']);
	});
});

test('one timer runs for all that wait, and ends within a second of the last one', async () => {
	const items = new Items();
	items.enter('A1');
	await settled();
	await items.answer('A1', minute());
	items.enter('A2');
	await settled();
	items.enter('A3');
	await settled();
	expect(waits).toHaveLength(1);
	for (const name of ['A1', 'A2', 'A3']) items.cancel(name);
	await forward(1000);
	expect(waits).toEqual([]);
});

test('no timer keeps running for a limit that nobody waits for', async () => {
	const items = new Items();
	items.enter('A1');
	await settled();
	await items.answer('A1', { done: 'accepted', pace: { ...PACE, remaining: 0 } });
	expect(items.outcomes).toEqual({ A1: 'accepted' });
	expect(waits).toEqual([]);
	// It is remembered all the same.
	items.enter('A2');
	await forward(MINUTE - 1);
	expect(items.sent).toEqual(['A1']);
	await forward(1);
	expect(items.sent).toEqual(['A1', 'A2']);
});
