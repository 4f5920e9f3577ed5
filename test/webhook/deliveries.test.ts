import type { IDataObject } from 'n8n-workflow';
import {
	CLAIM_LIFETIME_MS,
	claimDelivery,
	MAX_CLAIMS,
	storeClaims,
} from '../../nodes/Deapi/webhook/deliveries';

const NOW = 1_760_000_000_700;
const NOW_S = 1_760_000_000;

describe('claims on deliveries', () => {
	let trigger = '';
	let count = 0;
	beforeEach(() => {
		trigger = `claims/${++count}`;
	});
	/** Static data as it comes back from the database. */
	const saved = (stored: IDataObject) => JSON.parse(JSON.stringify(stored)) as IDataObject;

	test('are given once, for each trigger', () => {
		expect(claimDelivery(trigger, 'a', {}, NOW)).toBe(true);
		expect(claimDelivery(trigger, 'a', {}, NOW + 1)).toBe(false);
		expect(claimDelivery(trigger, 'b', {}, NOW)).toBe(true);
		expect(claimDelivery(`${trigger}/other`, 'a', {}, NOW)).toBe(true);
	});

	test('end after 24 hours', () => {
		claimDelivery(trigger, 'a', {}, NOW);
		expect(claimDelivery(trigger, 'a', {}, NOW + CLAIM_LIFETIME_MS)).toBe(false);
		expect(claimDelivery(trigger, 'a', {}, NOW + CLAIM_LIFETIME_MS + 1)).toBe(true);
	});

	test('are at most 1,000, and the oldest go first', () => {
		for (let index = 0; index <= MAX_CLAIMS; index++) {
			expect(claimDelivery(trigger, `id-${index}`, {}, NOW + index)).toBe(true);
		}
		const stored: IDataObject = {};
		storeClaims(trigger, stored);
		expect(stored.deliveries).toHaveLength(MAX_CLAIMS);
		expect(claimDelivery(trigger, 'id-1', {}, NOW + MAX_CLAIMS)).toBe(false);
		expect(claimDelivery(trigger, 'id-0', {}, NOW + MAX_CLAIMS)).toBe(true);
	});

	test('outlive a restart in the static data, with their times', () => {
		const stored: IDataObject = {};
		claimDelivery(trigger, 'a b', {}, NOW);
		claimDelivery(trigger, '__proto__', {}, NOW + 60_000);
		storeClaims(trigger, stored);
		const restarted = `${trigger}/restarted`;
		const later = NOW + CLAIM_LIFETIME_MS;
		expect(claimDelivery(restarted, 'a b', saved(stored), NOW + 1000)).toBe(false);
		expect(claimDelivery(restarted, '__proto__', saved(stored), NOW + 1000)).toBe(false);
		expect(claimDelivery(restarted, 'a b', saved(stored), later + 1)).toBe(true);
		expect(claimDelivery(restarted, '__proto__', saved(stored), later + 1)).toBe(false);
	});

	test('are all written, also those that another call has taken meanwhile', () => {
		const [first, second]: IDataObject[] = [{}, {}];
		claimDelivery(trigger, 'a', first ?? {}, NOW);
		claimDelivery(trigger, 'b', second ?? {}, NOW);
		storeClaims(trigger, first ?? {});
		expect(first?.deliveries).toEqual([`${NOW_S} a`, `${NOW_S} b`]);
	});

	test('from the future are dropped: they would never end, and push out true ones', () => {
		const year = 365 * 24 * 60 * 60;
		const deliveries = [
			...Array.from({ length: MAX_CLAIMS }, (_, index) => `${NOW_S + year} future-${index}`),
			`${'9'.repeat(400)} never`,
			`${NOW_S + 200} of a clock that goes a little fast`,
		];
		const stored = { deliveries };
		expect(claimDelivery(trigger, 'future-1', stored, NOW)).toBe(true);
		expect(claimDelivery(trigger, 'never', stored, NOW)).toBe(true);
		expect(claimDelivery(trigger, 'future-1', stored, NOW)).toBe(false);
		expect(claimDelivery(trigger, 'of a clock that goes a little fast', stored, NOW)).toBe(false);
		storeClaims(trigger, stored);
		expect(stored.deliveries).toEqual([
			`${NOW_S + 200} of a clock that goes a little fast`,
			`${NOW_S} future-1`,
			`${NOW_S} never`,
		]);
	});

	test('hold, and end, where the clock is put back', () => {
		const wrong = NOW + 1000 * CLAIM_LIFETIME_MS;
		for (let index = 0; index < MAX_CLAIMS; index++) {
			claimDelivery(trigger, `early-${index}`, {}, wrong);
		}
		expect(claimDelivery(trigger, 'early-999', {}, NOW)).toBe(false);
		expect(claimDelivery(trigger, 'late', {}, NOW + 1)).toBe(true);
		expect(claimDelivery(trigger, 'late', {}, NOW + 2)).toBe(false);
		expect(claimDelivery(trigger, 'early-999', {}, NOW + CLAIM_LIFETIME_MS + 1)).toBe(true);
	});

	test('are given whatever lies in the static data', () => {
		const stored = [null, 'x', 7, {}, [null, 7, 'x', {}, 'x y', '1e3 z']];
		for (const [index, deliveries] of stored.entries()) {
			expect(claimDelivery(trigger, `new-${index}`, { deliveries }, NOW)).toBe(true);
		}
	});
});
