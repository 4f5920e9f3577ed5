/**
 * Remembers which deliveries have started a workflow: deAPI may send the same one several times.
 *
 * Invariants, and why:
 * - A claim is taken without any `await` between the look and the entry: of a hundred copies that
 *   arrive together exactly one may win.
 * - The process's memory is what decides. n8n's static data only carries the claims over a restart: each
 *   webhook call works on a copy of its own, and the last one to be saved wins. So all claims of the
 *   process are written every time, not only the new one.
 * - Both are bounded. 24 hours cover deAPI's schedule of repetitions (10 attempts within 23 hours).
 */
import type { IDataObject } from 'n8n-workflow';

/** How long a claim is kept, in milliseconds. */
const CLAIM_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** How far the clocks of n8n's processes may be apart, in milliseconds. */
const CLOCK_SKEW_MS = 300_000;

/** How many claims one trigger keeps. */
const MAX_CLAIMS = 1000;

interface Claim {
	/** Milliseconds since 1970. */
	time: number;
	/** As it is written: all claims are, with each delivery. */
	entry: string;
}

/** The claims by delivery, by trigger. */
const claims = new Map<string, Map<string, Claim>>();

function claimsOf(trigger: string): Map<string, Claim> {
	const own = claims.get(trigger) ?? new Map<string, Claim>();
	claims.set(trigger, own);
	return own;
}

/**
 * Claims a delivery.
 *
 * @param trigger the trigger node: several may get the same delivery
 * @param delivery the delivery's key
 * @param stored the trigger's static data
 * @param now milliseconds since 1970
 * @returns whether it is new; false means that somebody else has it
 */
export function claimDelivery(
	trigger: string,
	delivery: string,
	stored: IDataObject,
	now: number,
): boolean {
	const own = claimsOf(trigger);
	takeOver(own, stored, now);
	redate(own, now);
	forgetOld(own, now);
	forgetSurplus(own);
	if (own.has(delivery)) return false;
	own.set(delivery, claimOf(delivery, now));
	forgetSurplus(own);
	return true;
}

/**
 * Writes a trigger's claims to its static data.
 *
 * @param stored the trigger's static data; n8n saves it when the webhook call has been handled, which
 * is before the execution begins
 */
export function storeClaims(trigger: string, stored: IDataObject): void {
	// Texts and not objects: n8n wraps each object in a proxy of its own whenever it loads them.
	stored.deliveries = [...claimsOf(trigger).values()].map(({ entry }) => entry);
}

function claimOf(delivery: string, time: number): Claim {
	return { time, entry: `${Math.floor(time / 1000)} ${delivery}` };
}

/** Takes the claims from the static data that this process does not know; nearly always it knows all. */
function takeOver(own: Map<string, Claim>, { deliveries }: IDataObject, now: number): void {
	if (!Array.isArray(deliveries)) return;
	for (const value of deliveries) {
		const entry = typeof value === 'string' ? value : '';
		const delivery = entry.slice(entry.indexOf(' ') + 1);
		if (own.has(delivery)) continue;
		const [, seconds] = /^(\d+) ./s.exec(entry) ?? [];
		const time = Number(seconds) * 1000;
		// One from the future would never end, and push out those that come.
		if (time <= now + CLOCK_SKEW_MS) own.set(delivery, claimOf(delivery, time));
	}
}

/** After the clock was put back, the claims that this process has taken itself are as new as can be. */
function redate(own: Map<string, Claim>, now: number): void {
	for (const [delivery, { time }] of own) {
		if (time > now + CLOCK_SKEW_MS) own.set(delivery, claimOf(delivery, now));
	}
}

function forgetOld(own: Map<string, Claim>, now: number): void {
	for (const [delivery, { time }] of own) {
		if (now - time > CLAIM_LIFETIME_MS) own.delete(delivery);
	}
}

function forgetSurplus(own: Map<string, Claim>): void {
	for (let surplus = own.size - MAX_CLAIMS; surplus > 0; surplus--) own.delete(oldestOf(own));
}

/** The delivery whose claim is the oldest: another process may have older ones than those in front. */
function oldestOf(own: Map<string, Claim>): string {
	let oldest = '';
	let since = Infinity;
	for (const [delivery, { time }] of own) {
		if (time < since) [oldest, since] = [delivery, time];
	}
	return oldest;
}
