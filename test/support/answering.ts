/** deAPI by hand: the test is what n8n's request helper gives back, and sees what it was asked. */
import type { IDataObject, IHttpRequestOptions, ILoadOptionsFunctions } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { useClock } from '../../nodes/Deapi/basics/clock';
import type { Caller, RequestSettings } from '../../nodes/Deapi/engine/call';
import { callerOf } from '../../nodes/Deapi/engine/call';
import { Account } from '../../nodes/Deapi/service/account';
import { closeAfterTest } from './deapi';

/** What n8n's helper gives for an answer of any status. */
export interface HandMade {
	statusCode?: number;
	headers?: IDataObject;
	body: unknown;
}

/** A request as n8n's helper gets it. */
export type Asked = IHttpRequestOptions & { abortSignal: AbortSignal };

/** An answer whose body is JSON. */
export const json = (body: object, statusCode = 200): HandMade => ({
	statusCode,
	body: JSON.stringify(body),
});

/**
 * A caller whose requests the test answers.
 *
 * @param answer gets the request, its number counted from 1, and the context that n8n's helper is called on
 * @returns the caller, and all that was asked
 */
export function answering(
	answer: (
		asked: Asked,
		count: number,
		context: ILoadOptionsFunctions,
	) => HandMade | Promise<HandMade>,
	{ signal, settings = {} }: { signal?: AbortSignal; settings?: RequestSettings } = {},
): { caller: Caller; asked: Asked[] } {
	const asked: Asked[] = [];
	const context: unknown = {
		helpers: {
			async httpRequestWithAuthentication(
				this: ILoadOptionsFunctions,
				_type: string,
				options: Asked,
			) {
				asked.push(options);
				return { statusCode: 200, headers: {}, ...(await answer(options, asked.length, this)) };
			},
		},
	};
	return { caller: { ...callerOf(context as ILoadOptionsFunctions, signal), settings }, asked };
}

/** An account that no other test has. */
export function accountOf(changes: IDataObject = {}): Account {
	return new Account({ apiKey: `key-${randomUUID()}`, apiVersion: 'v1', ...changes });
}

/** An answer that never comes: the request ends with its signal, as n8n's does. */
export const never = async ({ abortSignal }: Asked): Promise<never> =>
	await new Promise((_resolve, reject) => {
		abortSignal.addEventListener('abort', () => reject(new Error('Given up')));
	});

/** All that can happen without time going by has happened. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/**
 * Lets the package's time stand still until the test is over.
 *
 * @returns puts the time forward; those wake whose wait is over
 */
export function standingClock(): (ms: number) => Promise<void> {
	let now = 1e12;
	let waits: Array<{ until: number; wake: () => void }> = [];
	const restore = useClock({
		now: () => now,
		sleep: async (ms) => {
			await new Promise<void>((wake) => waits.push({ until: now + ms, wake }));
		},
	});
	closeAfterTest(async () => {
		restore();
		await Promise.resolve();
	});
	return async (ms) => {
		const end = now + ms;
		for (;;) {
			await settled();
			const next = Math.min(...waits.map(({ until }) => until));
			if (next > end) break;
			now = next;
			const due = waits.filter(({ until }) => until <= now);
			waits = waits.filter((wait) => !due.includes(wait));
			for (const { wake } of due) wake();
		}
		now = end;
	};
}
