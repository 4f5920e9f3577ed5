import { clock } from '../basics/clock';
import { Gate } from '../basics/gate';
import { pause } from '../basics/pause';
import { shown } from '../basics/quote';
import { numberOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { NodeRun } from '../engine/run';
import type { PreparedRequest } from '../prepare/request';
import type { Account } from '../service/account';
import type { Endpoint } from '../service/endpoints';
import { askPrice, DEADLINE_WITH_FILES_MS } from '../service/price';
import { CANCELED } from '../service/answers';
import { buildBody } from './form';

/** How often a question is put off by the limit per minute; a Basic account may ask 50 times a minute. */
const MAX_REFUSALS = 5;

/** What jobs cost, asked once for each set of values in a node run. */
class Prices {
	private readonly asked = new Map<string, Promise<number>>();

	private readonly gate = new Gate({ all: 3 });

	async of(values: string, ask: () => Promise<number>): Promise<number> {
		const known = this.asked.get(values);
		if (known !== undefined) return await known;
		const price = this.gate.pass(ask);
		this.asked.set(values, price);
		// What could not be asked is asked again by the next item.
		price.catch(() => this.asked.delete(values));
		return await price;
	}
}

const pricesByRun = new WeakMap<NodeRun, Prices>();

/** Nobody means more by a price of one item. */
const LARGEST_USD = 1e6;

/** The user's limit for one item, in USD; undefined where there is none. */
export function readMaxPrice(call: Call): number | undefined {
	const { maxPrice } = call.options;
	if (maxPrice === undefined || maxPrice === null || maxPrice === '') return undefined;
	const limit = numberOf(maxPrice);
	if (limit === undefined || limit < 0 || limit > LARGEST_USD) {
		throw new Failure({
			message: `${call.label('maxPrice')} is ${shown(maxPrice)}`,
			description: 'Enter an amount in USD, or 0 for no limit. Nothing was sent.',
			submitted: 'no',
		});
	}
	return limit === 0 ? undefined : limit;
}

/**
 * Stops an item that would cost more than the user allows, before anything is sent.
 *
 * @param request the job; those of a film cost by their own values
 * @param count how many such jobs the item makes
 * @returns the price of all of them in USD
 */
export async function priceOf(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	request: Priced & Pick<PreparedRequest, 'needsV2'>,
	count = 1,
): Promise<number> {
	const prices = pricesByRun.get(call.run) ?? new Prices();
	pricesByRun.set(call.run, prices);
	const asking = request.needsV2 === true ? account.onV2() : account;
	const key = JSON.stringify([
		asking.baseUrl,
		asking.apiKey,
		endpoint[asking.apiVersion],
		request.priced,
		// A file's content is nothing to compare by: each item asks with its own.
		request.pricedFiles === undefined ? [] : [call.item],
	]);
	return count * (await prices.of(key, async () => await ask(call, asking, endpoint, request)));
}

/** @throws {Failure} that says both numbers, where the price is above the limit */
export function refuseAbove(call: Call, limit: number, price: number, jobs: number): void {
	if (price <= limit + 1e-9) return;
	const of = jobs === 1 ? 'This job' : `These ${jobs} jobs`;
	throw new Failure({
		message: `${of} would cost ${dollars(price)} USD; ${call.label('maxPrice')} is ${dollars(limit)} USD`,
		description: `Nothing was sent. Raise ${call.label('maxPrice')} under 'Options', or choose a shorter, smaller or cheaper one.`,
		submitted: 'no',
		details: { price, max_price: limit },
	});
}

/** Dollars to the hundredth of a cent at most. */
function dollars(amount: number): string {
	return String(Math.round(amount * 10_000) / 10_000);
}

/** What the question for the price is made of. */
type Priced = Pick<PreparedRequest, 'priced' | 'pricedAs' | 'pricedFiles'>;

async function ask(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	priced: Priced,
): Promise<number> {
	for (let refusals = 0; ; refusals++) {
		try {
			return await askOnce(call, account, endpoint, priced);
		} catch (error) {
			const limit = error instanceof Failure ? error.facts.details : undefined;
			const isMinute = limit?.limit === 'minute' && refusals < MAX_REFUSALS;
			if (!isMinute) throw asFailure(error);
			const endsAt = Date.parse(String(limit.limit_ends_at));
			if (!(await pause(endsAt - clock.now(), call.signal))) throw CANCELED;
		}
	}
}

async function askOnce(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	{ priced, pricedAs = 'json', pricedFiles = [] }: Priced,
): Promise<number> {
	const breaking = new AbortController();
	const question = { encoding: pricedAs, body: priced, files: pricedFiles };
	const form = await buildBody(question, () => breaking.abort());
	const caller = call.until(AbortSignal.any([call.signal, breaking.signal]));
	const deadline = pricedFiles.length > 0 ? DEADLINE_WITH_FILES_MS : undefined;
	try {
		const { content, headers } = form;
		return (await askPrice(caller, account, endpoint, content, headers, deadline)).price;
	} catch (error) {
		form.hangUp();
		throw form.broken() ?? asFailure(error);
	} finally {
		form.close();
	}
}
