import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { shown } from '../basics/quote';
import { isObject, isYes, numberOf } from '../basics/values';
import type { Caller } from '../engine/call';
import { Failure } from '../engine/failure';
import type { Account } from './account';
import { describeAnswer, describeNoAnswer } from './answers';
import type { Endpoint } from './endpoints';
import { priceEndpoint } from './endpoints';
import type { Job } from './jobs';
import { callDeapi } from './transport';

/** How long the question may take, in milliseconds: without and with files. */
const DEADLINE_MS = 30_000;
export const DEADLINE_WITH_FILES_MS = 600_000;

/** What something costs. */
export interface Price {
	/** USD. */
	amount: number;
	/** Whether deAPI calls it an estimate: the job may then cost more, or less. */
	isEstimated: boolean;
}

/** Nobody means more by a price, in USD. */
export const LARGEST_USD = 1e6;

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== '';

function noPrice(given: unknown): Failure {
	return new Failure({
		status: 200,
		message: `deAPI gave no price: its answer has ${shown(given)} in place of an amount`,
		description: "Nothing was sent. Try again later; if that does not help, tell deAPI's support.",
		submitted: 'no',
	});
}

/**
 * Amounts in USD as messages show them: to the hundredth of a cent, and with more digits where two of them
 * would look the same, or one would be shown as 0.
 */
export function usdTexts(amounts: number[]): string[] {
	for (let digits = 4; ; digits++) {
		const texts = amounts.map((amount) => String(Number(amount.toFixed(digits))));
		const isHidden = texts.some((text, index) => text === '0' && amounts[index] !== 0);
		const isTold = !isHidden && new Set(texts).size === new Set(amounts).size;
		if (isTold || digits === MOST_DIGITS) {
			return amounts.map((amount) => plainText(amount, digits));
		}
	}
}

/** More digits than this are what computers make of sums. */
const MOST_DIGITS = 12;

/** Without an exponent, and without zeros at the end. */
function plainText(amount: number, digits: number): string {
	return amount.toFixed(digits).replace(/\.?0+$/, '');
}

/** The price of several things together. */
export function sumOf(prices: Price[]): Price {
	const total = prices.reduce((sum, { amount }) => sum + amount, 0);
	return {
		// Sums of binary fractions have a tail that nobody charges.
		amount: Math.round(total * 1e9) / 1e9,
		isEstimated: prices.some(({ isEstimated }) => isEstimated),
	};
}

/** A price as items and details state it. */
export function priceFacts({ amount, isEstimated }: Price): IDataObject {
	return { price: amount, currency: 'USD', ...estimateFact(isEstimated) };
}

/** What is beside a price that is an estimate. */
export function estimateFact(isEstimated: boolean): { price_is_estimated?: true } {
	return isEstimated ? { price_is_estimated: true } : {};
}

/**
 * What deAPI says that a job costs.
 *
 * Source: deAPI's specification: a job's `price`, where present, is `{ amount, is_estimated }` or null.
 */
export function priceOfJob({ price }: Job): Price | undefined {
	const { amount: given, is_estimated } = isObject(price) ? price : { amount: price };
	const amount = numberOf(given);
	return amount === undefined ? undefined : { amount, isEstimated: isYes(is_estimated) };
}

/** What a job that has ended has cost, in USD: nothing where deAPI says that the charge was returned. */
export function costOf(job: Job): number | undefined {
	return job.refunded === true ? 0 : priceOfJob(job)?.amount;
}

/**
 * Asks what a job would cost.
 *
 * @param endpoint the one that makes the job
 * @param body the values that the price depends on, and no others
 * @param deadline milliseconds until the question is given up
 * @returns the price, and what else deAPI's answer says
 * @throws {Failure} where there is no price to be had
 */
export async function askPrice(
	caller: Caller,
	account: Account,
	endpoint: Endpoint,
	body: IHttpRequestOptions['body'],
	headers: IDataObject = {},
	deadline = DEADLINE_MS,
): Promise<{ price: Price; others: IDataObject }> {
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
	const { price, is_estimated, ...others } = data;
	const amount = numberOf(price);
	const isPrice = amount !== undefined && amount >= 0 && amount <= LARGEST_USD;
	const isAnswer = answer.status === 200 && (isPrice || isGiven(price));
	if (!isAnswer) throw describeAnswer(answer, { account, label: caller.label });
	if (!isPrice) throw noPrice(price);
	return { price: { amount, isEstimated: isYes(is_estimated) }, others };
}
