/**
 * The lane: all submits of one kind of one deAPI account in this process go through it, whichever
 * workflow and execution they come from.
 *
 * Invariants, and why:
 * - n8n starts all items of a declarative node at once. At most `LANE_WIDTH` of them upload at a time,
 *   and a body is built only when it is an item's turn: memory must not grow with the items.
 * - A 429 with a minute limit means to wait, not to fail: a Basic account may submit one job a minute.
 * - The headers of an accepted submit say how many more this minute takes. What would be refused is not
 *   uploaded.
 * - A daily limit ends the wait for everybody: nobody wants an execution that hangs until tomorrow.
 * - An item that fails or is canceled gives up its place in every case.
 */
import { clock } from '../../basics/clock';
import { pause } from '../../basics/pause';
import type { RateLimit } from '../../service/rateLimit';
import { isWaitedFor } from '../../service/rateLimit';
import type { Pace } from './pace';
import { Window } from './pace';

/** Uploads in flight per lane. */
export const LANE_WIDTH = 3;

/** A daily limit is believed for so long; then one item asks again: the account may have been upgraded. */
const BELIEVED_MS = 15 * 60_000;

/** What came of one try to submit. */
export type Try<T> = { done: T; pace?: Pace | undefined } | { limited: RateLimit };

/** Why a waiting item left the lane without its turn, or its last one. */
export type Exit =
	| { reason: 'refused'; limit: RateLimit; refusals: number }
	| { reason: 'daily'; limit: RateLimit }
	| { reason: 'left' };

/** Thrown to an item that left the lane without an outcome of its own. */
export class LaneExit extends Error {
	constructor(readonly exit: Exit) {
		super(`Left the lane: ${exit.reason}`);
	}
}

/** An item's place in the lane. */
export interface Place {
	/** Whose item it is: executions take turns. */
	owner: object;
	/** The item's place among its owner's. */
	order: number;
	/** How often in a row a rate limit may refuse the item and it still is sent again. */
	maxRefusals: number;
	/** Takes the item out of the lane; what is in flight goes on. */
	signal: AbortSignal;
}

interface Ticket extends Place {
	/** How often a rate limit has refused it in a row. */
	refusals: number;
	/** Runs one try and settles the ticket, unless it was refused. */
	run(): Promise<{ limited: RateLimit } | { pace?: Pace | undefined }>;
	leave(exit: Exit): void;
}

export class Lane {
	/** Waiting items by owner, in order; the owners' order is the order of their turns. */
	private readonly waiting = new Map<object, Ticket[]>();

	/** Items that a rate limit refused: they go before all others, in their old order. */
	private refused: Ticket[] = [];

	private isGathering = false;

	private inFlight = 0;

	/** One after a refusal, until as many submits in a row have passed as the lane is wide. */
	private width = LANE_WIDTH;

	private passedInARow = 0;

	/** Until when a rate limit lasts, in milliseconds since 1970. */
	private pausedUntil = 0;

	private readonly window = new Window();

	/** A daily limit that was met, and when. */
	private day: { limit: RateLimit; metAt: number } | undefined;

	private isPausing = false;

	/**
	 * Waits for the item's turn, runs the try, and again after each rate limit.
	 *
	 * @param attempt sends the item once
	 * @returns what the try brought
	 * @throws {LaneExit} where a rate limit or the place's signal ended the wait
	 * @throws whatever the try throws
	 */
	async submit<T>(place: Place, attempt: () => Promise<Try<T>>): Promise<T> {
		const { signal } = place;
		return await new Promise<T>((resolve, reject) => {
			const ticket: Ticket = {
				...place,
				refusals: 0,
				leave: (exit) => reject(new LaneExit(exit)),
				run: async () => {
					try {
						const outcome = await attempt();
						if ('limited' in outcome) return outcome;
						resolve(outcome.done);
						return { pace: outcome.pace };
					} catch (error) {
						reject(error instanceof Error ? error : new Error(String(error)));
						return {};
					}
				},
			};
			const limit = this.believedDay;
			if (signal.aborted) ticket.leave({ reason: 'left' });
			else if (limit) ticket.leave({ reason: 'daily', limit });
			else {
				signal.addEventListener('abort', () => this.takeOut(ticket), { once: true });
				this.enqueue(ticket);
				void this.advanceSoon();
			}
		});
	}

	private get believedDay(): RateLimit | undefined {
		const now = clock.now();
		const { limit, metAt } = this.day ?? {};
		const isBelieved = metAt !== undefined && now - metAt < BELIEVED_MS;
		return limit && isBelieved && now < limit.endsAt ? limit : undefined;
	}

	private get hasWaiting(): boolean {
		return this.refused.length > 0 || this.waiting.size > 0;
	}

	private takeOut(ticket: Ticket): void {
		const queue = this.waiting.get(ticket.owner) ?? [];
		const isWaiting = queue.includes(ticket) || this.refused.includes(ticket);
		this.refused = this.refused.filter((each) => each !== ticket);
		const rest = queue.filter((each) => each !== ticket);
		if (rest.length > 0) this.waiting.set(ticket.owner, rest);
		else this.waiting.delete(ticket.owner);
		if (isWaiting) ticket.leave({ reason: 'left' });
	}

	private enqueue(ticket: Ticket): void {
		const queue = this.waiting.get(ticket.owner) ?? [];
		// Items are checked at different speeds; they are sent in their order all the same, or as near
		// to it as those allow that have gone ahead.
		const behind = queue.findIndex(({ order }) => order > ticket.order);
		queue.splice(behind < 0 ? queue.length : behind, 0, ticket);
		this.waiting.set(ticket.owner, queue);
	}

	private next(): Ticket | undefined {
		const refused = this.refused.shift();
		if (refused) return refused;
		const [first] = this.waiting;
		if (first === undefined) return undefined;
		const [owner, queue] = first;
		const ticket = queue.shift();
		// Behind the others: executions take turns.
		this.waiting.delete(owner);
		if (queue.length > 0) this.waiting.set(owner, queue);
		return ticket;
	}

	/** Items of a run come in one moment, the last checked first: they are put in their order before. */
	private async advanceSoon(): Promise<void> {
		if (this.isGathering) return;
		this.isGathering = true;
		await clock.sleep(0);
		this.isGathering = false;
		this.advance();
	}

	private advance(): void {
		if (clock.now() < this.pausedUntil) {
			void this.waitForLimit();
			return;
		}
		while (this.inFlight < this.width && this.window.hasRoom(this.inFlight, clock.now())) {
			const ticket = this.next();
			if (ticket === undefined) return;
			void this.run(ticket);
		}
		if (this.inFlight > 0 || !this.hasWaiting) return;
		// Nobody is under way and none is left: the minute is used up.
		this.pausedUntil = Math.max(this.pausedUntil, this.window.endsAt);
		void this.waitForLimit();
	}

	private async run(ticket: Ticket): Promise<void> {
		this.inFlight++;
		const outcome = await ticket.run();
		this.inFlight--;
		if (!('limited' in outcome)) this.passed(outcome.pace);
		else if (outcome.limited.kind === 'daily') this.endDay(outcome.limited, ticket);
		else this.holdBack(ticket, outcome.limited);
		this.advance();
	}

	private passed(pace: Pace | undefined): void {
		this.passedInARow++;
		if (this.passedInARow >= LANE_WIDTH) this.width = LANE_WIDTH;
		if (pace === undefined) return;
		this.day = undefined;
		this.window.passed(pace, clock.now());
		if (pace.day) this.endDay(pace.day);
	}

	private holdBack(ticket: Ticket, limit: RateLimit): void {
		this.width = 1;
		this.passedInARow = 0;
		this.pausedUntil = Math.max(this.pausedUntil, limit.endsAt);
		this.window.forget();
		ticket.refusals++;
		// It was under way when another one met the day's end: it would only be refused again.
		const day = this.believedDay;
		if (ticket.signal.aborted) ticket.leave({ reason: 'left' });
		else if (day) ticket.leave({ reason: 'daily', limit: day });
		else if (!isWaitedFor(limit, ticket.refusals, ticket.maxRefusals)) {
			ticket.leave({ reason: 'refused', limit, refusals: ticket.refusals });
		} else {
			// Refused items of one owner keep their order; those of others stay in the order of refusal.
			const behind = this.refused.findIndex(
				({ owner, order }) => owner === ticket.owner && order > ticket.order,
			);
			this.refused.splice(behind < 0 ? this.refused.length : behind, 0, ticket);
		}
	}

	private endDay(limit: RateLimit, ticket?: Ticket): void {
		this.day = { limit, metAt: clock.now() };
		this.window.ask();
		const waiting = [...this.refused, ...[...this.waiting.values()].flat()];
		const all = ticket === undefined ? waiting : [ticket, ...waiting];
		this.refused = [];
		this.waiting.clear();
		for (const each of all) each.leave({ reason: 'daily', limit });
	}

	private async waitForLimit(): Promise<void> {
		if (this.isPausing) return;
		this.isPausing = true;
		// Nobody left to wait for: the pause is remembered, but no timer keeps running for it.
		while (this.hasWaiting && clock.now() < this.pausedUntil) {
			await pause(Math.min(this.pausedUntil - clock.now(), 1000));
		}
		this.isPausing = false;
		if (this.hasWaiting) this.advance();
	}
}
