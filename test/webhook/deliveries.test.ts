import type { IDataObject } from 'n8n-workflow';
import { claimDelivery, storeClaims } from '../../nodes/Deapi/webhook/deliveries';

/** deAPI repeats a delivery for 23 hours; a day covers that. */
const DAY_MS = 86_400_000;

const MOST = 1000;

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
		expect(claimDelivery(trigger, 'a', {}, NOW + DAY_MS)).toBe(false);
		expect(claimDelivery(trigger, 'a', {}, NOW + DAY_MS + 1)).toBe(true);
	});

	test('are at most 1,000, and the oldest go first', () => {
		for (let index = 0; index <= MOST; index++) {
			expect(claimDelivery(trigger, `id-${index}`, {}, NOW + index)).toBe(true);
		}
		const stored: IDataObject = {};
		storeClaims(trigger, stored);
		expect(stored.deliveries).toHaveLength(MOST);
		expect(claimDelivery(trigger, 'id-1', {}, NOW + MOST)).toBe(false);
		expect(claimDelivery(trigger, 'id-0', {}, NOW + MOST)).toBe(true);
	});

	test('are dropped by their age, in whatever order they came: another process may have older ones', () => {
		const old = { deliveries: [`${NOW_S - 20} older`, `${NOW_S - 10} old`] };
		for (let index = 0; index < MOST - 2; index++) {
			claimDelivery(trigger, `id-${index}`, {}, NOW + index);
		}
		expect(claimDelivery(trigger, 'new', old, NOW + MOST)).toBe(true);
		const stored: IDataObject = {};
		storeClaims(trigger, stored);
		expect(stored.deliveries).toHaveLength(MOST);
		expect(stored.deliveries).not.toContain(`${NOW_S - 20} older`);
		expect(stored.deliveries).toContain(`${NOW_S - 10} old`);
		expect(stored.deliveries).toContain(`${NOW_S} id-0`);
	});

	test('outlive a restart in the static data, with their times', () => {
		const stored: IDataObject = {};
		claimDelivery(trigger, 'a b', {}, NOW);
		claimDelivery(trigger, '__proto__', {}, NOW + 60_000);
		storeClaims(trigger, stored);
		const restarted = `${trigger}/restarted`;
		const later = NOW + DAY_MS;
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

	test('are not put back to what an older copy of the static data says', () => {
		const stored: IDataObject = { deliveries: [`${NOW_S - DAY_MS / 1000 - 1} a`] };
		expect(claimDelivery(trigger, 'a', stored, NOW)).toBe(true);
		expect(claimDelivery(trigger, 'a', stored, NOW + 1)).toBe(false);
	});

	test('from the future are dropped: they would never end, and push out true ones', () => {
		const year = 365 * 24 * 60 * 60;
		const deliveries = [
			...Array.from({ length: MOST }, (_, index) => `${NOW_S + year} future-${index}`),
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

	test('of a clock that goes five minutes fast count, and keep their time', () => {
		const now = NOW_S * 1000;
		const stored: IDataObject = { deliveries: [`${NOW_S + 300} a`, `${NOW_S + 301} b`] };
		expect(claimDelivery(trigger, 'a', stored, now)).toBe(false);
		expect(claimDelivery(trigger, 'b', stored, now)).toBe(true);
		storeClaims(trigger, stored);
		expect(stored.deliveries).toEqual([`${NOW_S + 300} a`, `${NOW_S} b`]);
	});

	test('hold, and end, where the clock is put back', () => {
		const wrong = NOW + 1000 * DAY_MS;
		for (let index = 0; index < MOST; index++) {
			claimDelivery(trigger, `early-${index}`, {}, wrong);
		}
		expect(claimDelivery(trigger, 'early-999', {}, NOW)).toBe(false);
		expect(claimDelivery(trigger, 'late', {}, NOW + 1)).toBe(true);
		expect(claimDelivery(trigger, 'late', {}, NOW + 2)).toBe(false);
		expect(claimDelivery(trigger, 'early-999', {}, NOW + DAY_MS + 1)).toBe(true);
	});

	test('are given whatever lies in the static data', () => {
		const stored = [null, 'x', 7, {}, [null, 7, 'x', {}, 'x y', '1e3 z']];
		for (const [index, deliveries] of stored.entries()) {
			expect(claimDelivery(trigger, `new-${index}`, { deliveries }, NOW)).toBe(true);
		}
	});

	test.each([`x ${NOW_S} a`, ` ${NOW_S} a`, `-${NOW_S} a`, `${NOW_S}.5 a`, `${NOW_S}  a`])(
		'are not read from what is no claim: "%s"',
		(entry) => {
			expect(claimDelivery(trigger, 'a', { deliveries: [entry] }, NOW)).toBe(true);
		},
	);
});
