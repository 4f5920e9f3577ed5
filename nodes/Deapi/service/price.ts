import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { isObject, numberOf } from '../basics/values';
import type { Caller } from '../engine/call';
import type { Account } from './account';
import { describeAnswer, describeNoAnswer } from './answers';
import type { Endpoint } from './endpoints';
import { priceEndpoint } from './endpoints';
import { callDeapi } from './transport';

/** How long the question may take, in milliseconds: without and with files. */
const DEADLINE_MS = 30_000;
export const DEADLINE_WITH_FILES_MS = 600_000;

/**
 * Asks what a job would cost.
 *
 * @param endpoint the one that makes the job
 * @param body the values that the price depends on, and no others
 * @param deadline milliseconds until the question is given up
 * @returns deAPI's answer, its `price` in USD as a number
 * @throws {Failure} where there is no price to be had
 */
export async function askPrice(
	caller: Caller,
	account: Account,
	endpoint: Endpoint,
	body: IHttpRequestOptions['body'],
	headers: IDataObject = {},
	deadline = DEADLINE_MS,
): Promise<IDataObject & { price: number }> {
	const answer = await callDeapi(caller, account, {
		method: 'POST',
		endpoint: priceEndpoint(endpoint),
		body,
		headers,
		deadline,
	});
	if (!answer.answered) throw describeNoAnswer(answer);
	// The price of a prompt lies beside `data`, not in it.
	const data = isObject(answer.body.data) ? answer.body.data : answer.body;
	const price = numberOf(data.price);
	if (answer.status !== 200 || price === undefined) {
		throw describeAnswer(answer, { account, label: caller.label });
	}
	return { ...data, price };
}
