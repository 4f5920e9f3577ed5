/** The service's rate limits of submits. */
import type { OperationName } from '../scenario/scenario';
import type { Account } from './records';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export interface Limit {
	kind: 'minute' | 'daily';
	until: number;
	of: number;
}

/** The submits of the minute that runs: it begins with its first submit. */
function timesOf({ submits }: Account, operation: OperationName): number[] {
	return submits.flatMap((submit) => (submit.operation === operation ? [submit.at] : []));
}

function inMinute(submits: number[], now: number): number[] {
	let window: number[] = [];
	for (const time of submits) {
		const [first] = window;
		if (first === undefined || time - first >= MINUTE_MS) window = [time];
		else window.push(time);
	}
	const [first] = window;
	return first !== undefined && now - first < MINUTE_MS ? window : [];
}

function inDay(submits: number[], now: number): number[] {
	const today = Math.floor(now / DAY_MS);
	return submits.filter((time) => Math.floor(time / DAY_MS) === today);
}

/** What keeps an account from one more submit of an operation. */
export function limitOf(
	account: Account,
	operation: OperationName,
	now: number,
): Limit | undefined {
	const times = timesOf(account, operation);
	const { perMinute, perDay } = account.plan;
	if (perDay > 0 && inDay(times, now).length >= perDay) {
		return { kind: 'daily', until: (Math.floor(now / DAY_MS) + 1) * DAY_MS, of: perDay };
	}
	const window = inMinute(times, now);
	const [first] = window;
	if (perMinute > 0 && first !== undefined && window.length >= perMinute) {
		return { kind: 'minute', until: first + MINUTE_MS, of: perMinute };
	}
	return undefined;
}

/** The headers of a 429. */
export function limitHeaders({ kind, until, of }: Limit, now: number): { [name: string]: string } {
	return {
		'retry-after': String(Math.max(1, Math.ceil((until - now) / 1000))),
		'x-ratelimit-type': kind,
		[kind === 'daily' ? 'x-ratelimit-daily-limit' : 'x-ratelimit-limit']: String(of),
		[kind === 'daily' ? 'x-ratelimit-daily-remaining' : 'x-ratelimit-remaining']: '0',
	};
}

/** What the headers of an accepted submit tell. */
export function paceHeaders(
	account: Account,
	operation: OperationName,
	now: number,
): { [name: string]: string } {
	const times = timesOf(account, operation);
	const { perMinute, perDay, tells } = account.plan;
	if (!tells) return {};
	const headers: { [name: string]: string } = {};
	if (perMinute > 0) {
		headers['x-ratelimit-limit'] = String(perMinute);
		headers['x-ratelimit-remaining'] = String(Math.max(0, perMinute - inMinute(times, now).length));
	}
	if (perDay > 0) {
		headers['x-ratelimit-daily-limit'] = String(perDay);
		headers['x-ratelimit-daily-remaining'] = String(Math.max(0, perDay - inDay(times, now).length));
	}
	return headers;
}

/** What one of the odd limits says beyond doubt. */
export function clearLimit(
	variant: number,
	now: number,
): { kind: 'minute' | 'daily'; until: number } | undefined {
	const shape = variant % 12;
	if (shape === 0) return { kind: 'minute', until: now + MINUTE_MS };
	if (shape === 6) return { kind: 'minute', until: now + 2 * MINUTE_MS };
	if (shape === 8 || shape === 9) {
		return { kind: 'daily', until: (Math.floor(now / DAY_MS) + 1) * DAY_MS };
	}
	return undefined;
}

/** Limits as no honest service would tell them. */
export function oddLimitHeaders(variant: number, now: number): { [name: string]: string } {
	const date = new Date(now + 90_000).toUTCString();
	const tilMidnight = String(Math.ceil((DAY_MS - (now % DAY_MS)) / 1000));
	const shapes: Array<{ [name: string]: string }> = [
		{ 'retry-after': '60', 'x-ratelimit-type': 'minute' },
		{},
		{ 'retry-after': '1e15', 'x-ratelimit-type': 'minute' },
		{ 'retry-after': '-5' },
		{ 'retry-after': date },
		{ 'retry-after': '2592000', 'x-ratelimit-type': 'minute' },
		{ 'retry-after': '120' },
		{ 'retry-after': 'soon' },
		{ 'retry-after': tilMidnight, 'x-ratelimit-type': 'daily' },
		{ 'x-ratelimit-daily-remaining': '0' },
		{ 'retry-after': '0' },
		{ 'retry-after': '2' },
	];
	return shapes[variant % shapes.length] ?? {};
}
