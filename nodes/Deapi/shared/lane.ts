/**
 * The lane: all submits of one deAPI account in this process go through it, whichever workflow and
 * execution they come from.
 *
 * What must not regress, and why:
 * - n8n starts all items of a declarative node at once. At most `LANE_WIDTH` of them upload at a time,
 *   and a body is built only when it is an item's turn: memory must not grow with the items.
 * - A 429 with a minute limit is no failure but a pause: a Basic account may submit one job a minute.
 * - A daily limit ends the wait for everybody: nobody wants an execution that hangs until tomorrow.
 * - An item that fails or is cancelled gives its place free in every case.
 */
import { createHash } from 'crypto';
import type { RateLimit } from './errors';
import type { DeapiCredentials } from './types';
import { pause } from '../basics/pause';

/** Uploads in flight per account. */
export const LANE_WIDTH = 3;

/** What came of one attempt to submit. */
export type Attempt<T> = { done: T } | { limited: RateLimit };

/** Why a waiting item left the lane without its turn, or its last one. */
export type LaneExit =
	| { reason: 'refused'; limit: RateLimit; refusals: number }
	| { reason: 'daily'; limit: RateLimit }
	| { reason: 'left'; cause: unknown };

/** An item's place in the lane. */
interface Ticket {
	/** Whose item it is: executions take turns. */
	owner: object;
	/** The item's place among its owner's. */
	order: number;
	/** How often a rate limit has refused it in a row. */
	refusals: number;
	maxRefusals: number;
	/** Runs one attempt and settles the ticket, unless it was refused. */
	attempt(): Promise<RateLimit | undefined>;
	leave(exit: LaneExit): void;
}

/** Thrown to an item that left the lane without an outcome of its own. */
export class LaneExitError extends Error {
	constructor(readonly exit: LaneExit) {
		super(`Left the lane: ${exit.reason}`);
	}
}

export class Lane {
	/** Waiting items by owner, in order; the owners' order is the order of their turns. */
	private readonly waiting = new Map<object, Ticket[]>();

	/** Items that a rate limit refused: they go before all others, in their old order. */
	private refused: Ticket[] = [];

	private inFlight = 0;

	/** One after a refusal, until as many submits in a row have passed as the lane is wide. */
	private width = LANE_WIDTH;

	private passedInARow = 0;

	/** Until when a rate limit lasts, in milliseconds since 1970. */
	private pausedUntil = 0;

	private isPausing = false;

	/**
	 * Waits for the item's turn, runs the attempt, and again after each rate limit.
	 *
	 * @param owner the node run that the item belongs to
	 * @param order the item's index
	 * @param maxRefusals how often in a row a rate limit may refuse the item and it still is sent again
	 * @param attempt sends the item once
	 * @returns what the attempt brought
	 * @throws {LaneExitError} where a rate limit or `leave` ended the wait
	 * @throws whatever the attempt throws
	 */
	async submit<T>(
		owner: object,
		order: number,
		maxRefusals: number,
		attempt: () => Promise<Attempt<T>>,
	): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			this.enqueue({
				owner,
				order,
				refusals: 0,
				maxRefusals,
				leave: (exit) => reject(new LaneExitError(exit)),
				attempt: async () => {
					try {
						const outcome = await attempt();
						if ('limited' in outcome) return outcome.limited;
						resolve(outcome.done);
					} catch (error) {
						reject(error);
					}
					return undefined;
				},
			});
			this.advance();
		});
	}

	/**
	 * Takes all waiting items of one owner out of the lane; what is in flight goes on.
	 *
	 * @param cause what their `submit` rejects with, inside a `LaneExitError`
	 */
	leave(owner: object, cause: unknown): void {
		const own = (ticket: Ticket) => ticket.owner === owner;
		const leaving = [...this.refused.filter(own), ...(this.waiting.get(owner) ?? [])];
		this.refused = this.refused.filter((ticket) => !own(ticket));
		this.waiting.delete(owner);
		for (const ticket of leaving) ticket.leave({ reason: 'left', cause });
	}

	/** Whether nothing waits, nothing is in flight and no rate limit is to be remembered. */
	get isIdle(): boolean {
		return this.inFlight === 0 && !this.hasWaiting && Date.now() >= this.pausedUntil;
	}

	private get hasWaiting(): boolean {
		return this.waiting.size > 0 || this.refused.length > 0;
	}

	private enqueue(ticket: Ticket): void {
		const queue = this.waiting.get(ticket.owner) ?? [];
		// Items are checked at the same time and may arrive in any order; they leave in theirs.
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

	private advance(): void {
		if (Date.now() < this.pausedUntil) {
			void this.waitForLimit();
			return;
		}
		while (this.inFlight < this.width) {
			const ticket = this.next();
			if (ticket === undefined) return;
			void this.run(ticket);
		}
	}

	private async run(ticket: Ticket): Promise<void> {
		this.inFlight++;
		const limit = await ticket.attempt();
		this.inFlight--;
		if (limit === undefined) this.widen();
		else if (limit.kind === 'daily') this.endDay(ticket, limit);
		else this.holdBack(ticket, limit);
		this.advance();
	}

	private widen(): void {
		this.passedInARow++;
		if (this.passedInARow >= LANE_WIDTH) this.width = LANE_WIDTH;
	}

	private holdBack(ticket: Ticket, limit: RateLimit): void {
		this.width = 1;
		this.passedInARow = 0;
		this.pausedUntil = Math.max(this.pausedUntil, Date.now() + limit.retryAfter * 1000);
		ticket.refusals++;
		if (ticket.refusals > ticket.maxRefusals) {
			ticket.leave({ reason: 'refused', limit, refusals: ticket.refusals });
			return;
		}
		// Refused items of one owner keep their order; those of others stay in the order of refusal.
		const behind = this.refused.findIndex(
			({ owner, order }) => owner === ticket.owner && order > ticket.order,
		);
		this.refused.splice(behind < 0 ? this.refused.length : behind, 0, ticket);
	}

	private endDay(ticket: Ticket, limit: RateLimit): void {
		const all = [ticket, ...this.refused, ...[...this.waiting.values()].flat()];
		this.refused = [];
		this.waiting.clear();
		for (const each of all) each.leave({ reason: 'daily', limit });
	}

	private async waitForLimit(): Promise<void> {
		if (this.isPausing) return;
		this.isPausing = true;
		// Nobody left to wait for: the pause is remembered, but no timer keeps running for it.
		const isAbandoned = () => !this.hasWaiting;
		while (this.hasWaiting && Date.now() < this.pausedUntil) {
			await pause(this.pausedUntil - Date.now(), undefined, isAbandoned);
		}
		this.isPausing = false;
		if (this.hasWaiting) this.advance();
	}
}

const lanes = new Map<string, Lane>();

/**
 * The lane of an account. Lanes that nobody uses are dropped on the way.
 *
 * @param key from `accountKey`
 */
export function laneOf(key: string): Lane {
	for (const [other, lane] of lanes) {
		if (other !== key && lane.isIdle) lanes.delete(other);
	}
	const lane = lanes.get(key) ?? new Lane();
	lanes.set(key, lane);
	return lane;
}

/** Names an account without keeping its key. */
export function accountKey({ baseUrl, apiKey }: DeapiCredentials): string {
	return createHash('sha256').update(`${baseUrl}\n${apiKey}`).digest('hex');
}
