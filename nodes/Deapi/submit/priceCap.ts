/**
 * 'Max Price': the most that one item may cost, all its jobs together.
 *
 * Invariants, and why:
 * - An option that is there and holds no amount is refused: it must not be read as "no limit".
 * - What the item's earlier jobs have cost counts, unless deAPI says that the charge was returned; what may
 *   have been charged counts too.
 * - Each pass of Retry On Fail asks for the price anew: it may have risen.
 * - What would go past the limit is not sent, also where that comes out only when it is the job's turn.
 */
import { clock } from '../basics/clock';
import { Gate } from '../basics/gate';
import { pause } from '../basics/pause';
import { shown } from '../basics/quote';
import { numberOf, textOf } from '../basics/values';
import type { Call } from '../engine/call';
import { CANCELED, Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { Pass } from '../engine/pass';
import { PerRun } from '../engine/run';
import type { PreparedRequest } from '../prepare/request';
import type { Account } from '../service/account';
import type { Endpoint } from '../service/endpoints';
import type { Price } from '../service/price';
import {
	askPrice,
	DEADLINE_WITH_FILES_MS,
	estimateFact,
	LARGEST_USD,
	sumOf,
	usdTexts,
} from '../service/price';
import { isWaitedFor, LIMIT_RETRIES } from '../service/rateLimit';
import { buildBody } from './form';
import { ledgerOf } from './ledger';

/** What jobs cost, asked once for each set of values in a pass. */
class Prices {
	private asked = new Map<string, Promise<Price>>();

	private pass: Pass | undefined;

	private readonly gate = new Gate({ all: 3 });

	async of(pass: Pass, values: string, ask: () => Promise<Price>): Promise<Price> {
		if (pass !== this.pass) this.asked = new Map();
		this.pass = pass;
		const known = this.asked.get(values);
		if (known !== undefined) return await known;
		const { asked } = this;
		const price = this.gate.pass(ask);
		asked.set(values, price);
		// What could not be asked is asked again by the next item.
		price.catch(() => asked.delete(values));
		return await price;
	}
}

const prices = new PerRun(() => new Prices());

const isNothing = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && !textOf(value));

/**
 * The user's limit for one item, in USD; undefined where there is none.
 *
 * @throws {Failure} where the option is there and holds no amount
 */
export function readMaxPrice(call: Call): number | undefined {
	const { maxPrice } = call.options;
	if (!call.hasOption('maxPrice')) return undefined;
	const limit = numberOf(maxPrice);
	if (limit === undefined || limit < 0 || limit > LARGEST_USD) {
		throw new Failure({
			message: `${call.label('maxPrice')} is ${isNothing(maxPrice) ? 'empty' : shown(maxPrice)}`,
			description:
				'Enter an amount in USD, or 0 for no limit. If it comes from an expression, check what that gives for this item. Nothing was sent.',
			submitted: 'no',
		});
	}
	return limit === 0 ? undefined : limit;
}

/**
 * Asks what a job would cost.
 *
 * @throws {Failure} where there is no price to be had
 */
export async function priceOf(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	request: Priced & Pick<PreparedRequest, 'needsV2'>,
): Promise<Price> {
	const asking = request.needsV2 === true ? account.onV2() : account;
	const values = JSON.stringify([
		asking.baseUrl,
		asking.apiKey,
		endpoint[asking.apiVersion],
		request.priced,
		// A file's content is nothing to compare by: each item asks with its own.
		request.pricedFiles === undefined ? [] : [call.item],
	]);
	const ofRun = prices.of(call.run);
	return await ofRun.of(call.pass, values, async () => await ask(call, asking, endpoint, request));
}

/**
 * Asks what a job would cost together with what is billed with it. That sum is an estimate: no page of deAPI's says
 * that the fee of a prompt enhanced on the way is the price of one that is enhanced by itself.
 *
 * @throws {Failure} where there is no price to be had
 */
export async function wholePriceOf(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	request: Priced & Pick<PreparedRequest, 'needsV2' | 'furtherPrice'>,
): Promise<Price> {
	const own = await priceOf(call, account, endpoint, request);
	const { furtherPrice: further } = request;
	if (further === undefined) return own;
	const asked = { ...further, pricedAs: 'multipart' as const, needsV2: true };
	const fee = await priceOf(call, account, further.endpoint, asked);
	return { ...sumOf([own, fee]), isEstimated: true };
}

/**
 * Stops an item that would cost more than the user allows, all its jobs together.
 *
 * @param price of the jobs that are to be sent
 * @param jobs how many these are
 * @throws {Failure} that says the amounts
 */
export function refuseAbove(call: Call, limit: number, price: Price, jobs: number): void {
	const { amount, isEstimated } = price;
	const { known, unknown } = ledgerOf(call.run).spentOn(call.item);
	// Of what is not known it is taken for granted that it cost what a job costs now.
	const spent = known + unknown * (amount / jobs);
	// Sums of binary fractions have a tail that nobody charges.
	if (amount + spent <= limit * (1 + 1e-9)) return;
	const [cost = '', before = '', most = ''] = usdTexts([amount, spent, limit]);
	const label = call.label('maxPrice');
	const what = jobs === 1 ? 'This job' : `These ${jobs} jobs`;
	const estimate = isEstimated ? " by deAPI's estimate" : '';
	const others = spent > 0 ? `, and the item's other jobs have cost ${before} USD` : '';
	throw new Failure({
		message: `${what} would cost ${cost} USD${estimate}${others}; ${label} is ${most} USD`,
		description: `Nothing${spent > 0 ? ' more' : ''} was sent. Raise ${label} under 'Options', or ask for something shorter, smaller or cheaper.`,
		submitted: 'no',
		details: {
			...{ price: amount, ...estimateFact(isEstimated) },
			...(spent > 0 ? { spent } : {}),
			max_price: limit,
		},
	});
}

/** What the question for the price is made of. */
type Priced = Pick<PreparedRequest, 'priced' | 'pricedAs' | 'pricedFiles'>;

async function ask(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	priced: Priced,
): Promise<Price> {
	for (let refusals = 1; ; refusals++) {
		try {
			return await askOnce(call, account, endpoint, priced);
		} catch (error) {
			const failure = asFailure(error);
			const { limit } = failure.facts;
			if (limit === undefined || !isWaitedFor(limit, refusals, LIMIT_RETRIES.check)) throw failure;
			if (!(await pause(limit.endsAt - clock.now(), call.signal))) throw CANCELED;
		}
	}
}

async function askOnce(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	{ priced, pricedAs = 'json', pricedFiles = [] }: Priced,
): Promise<Price> {
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
