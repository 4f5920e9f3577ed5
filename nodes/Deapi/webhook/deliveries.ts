/**
 * Remembers which deliveries have started a workflow: deAPI may send the same one several times.
 *
 * What must not regress, and why:
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

/** Times of the claims in milliseconds since 1970 by delivery, oldest first, by trigger. */
const claims = new Map<string, Map<string, number>>();

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
	const own = claims.get(trigger) ?? new Map<string, number>();
	claims.set(trigger, own);
	for (const [key, time] of readClaims(stored)) {
		// One from the future would never end, and push out those that come.
		if (!own.has(key) && time <= now + CLOCK_SKEW_MS) own.set(key, time);
	}
	redate(own, now);
	forgetOld(own, now);
	forgetSurplus(own);
	if (own.has(delivery)) return false;
	own.set(delivery, now);
	forgetSurplus(own);
	return true;
}

/**
 * Writes a trigger's claims to its static data.
 *
 * @param stored the trigger's static data; n8n saves it when the webhook call has been worked off, which
 * is before the execution begins
 */
export function storeClaims(trigger: string, stored: IDataObject): void {
	const own = claims.get(trigger) ?? new Map<string, number>();
	// Texts and not objects: n8n wraps each object in a proxy of its own whenever it loads them.
	stored.deliveries = [...own].map(([key, time]) => `${Math.floor(time / 1000)} ${key}`);
}

function readClaims({ deliveries }: IDataObject): Array<[string, number]> {
	if (!Array.isArray(deliveries)) return [];
	const entries: Array<[string, number]> = [];
	for (const entry of deliveries) {
		const [, seconds, key] = /^(\d+) (.+)$/s.exec(String(entry)) ?? [];
		if (seconds !== undefined && key !== undefined) entries.push([key, Number(seconds) * 1000]);
	}
	return entries;
}

/** After the clock was put back, the claims that this process has taken itself are as new as can be. */
function redate(own: Map<string, number>, now: number): void {
	for (const [key, time] of own) {
		if (time > now + CLOCK_SKEW_MS) own.set(key, now);
	}
}

function forgetOld(own: Map<string, number>, now: number): void {
	for (const [key, time] of own) {
		if (now - time > CLAIM_LIFETIME_MS) own.delete(key);
	}
}

function forgetSurplus(own: Map<string, number>): void {
	const surplus = own.size - MAX_CLAIMS;
	if (surplus <= 0) return;
	const oldestFirst = [...own].sort(([, a], [, b]) => a - b);
	for (const [key] of oldestFirst.slice(0, surplus)) own.delete(key);
}
