import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Call } from '../engine/call';
import { asFailure } from '../engine/nodeErrors';
import type { List, Operation } from '../engine/operation';
import { declareOperation } from '../engine/operation';
import type { EarlierModels } from '../prepare/checks/model';
import type { PreparedRequest } from '../prepare/request';
import { describeFailedJob, isRetryable } from '../result/failedJob';
import { toJobItem } from '../result/jobItem';
import { readResultOptions } from '../result/options';
import { waitForEnd } from '../result/wait';
import { Account } from '../service/account';
import type { Endpoint } from '../service/endpoints';
import { urlExpression } from '../service/endpoints';
import { isFailed } from '../service/jobs';
import { costOf, priceFacts, priceOfJob } from '../service/price';
import { allChecked } from './checked';
import type { SubmitKey, SubmittedJob } from './ledger';
import { isSettled, ledgerOf } from './ledger';
import { earlierOf, keepFilm } from './outcome/outcome';
import { canceledItem, itemReport, stopReport } from './outcome/report';
import { earlierFacts } from './outcome/sentences';
import { readMaxPrice, refuseAbove, wholePriceOf } from './priceCap';
import { nodeSum, purposeOf } from './purpose';
import type { Submit } from './send';
import { submitJob, submitOnce } from './submit';

/** An operation that makes a job, and costs money. */
export interface SubmitDeclaration {
	/** The operation's value in saved workflows, e.g. `generateFromAudio`. */
	name: string;
	displayName: string;
	action: string;
	description: string;
	endpoint: Endpoint;
	/** What the job makes, as messages call it, e.g. `the video`. */
	product: string;
	fields: INodeProperties[];
	/** deAPI's names of fields that no routing names, by the parameter whose label messages use. */
	aliases?: { [deapiField: string]: string };
	/**
	 * Checks one item before anything is sent; throws a `Failure` that names all that is not in order.
	 *
	 * @param earlier the model of what the item has already from the same endpoint
	 */
	prepare(call: Call, account: Account, earlier: EarlierModels): Promise<PreparedRequest>;
	/** Whether a finished job without a file is a failure; text jobs have none. */
	hasFile?: boolean;
	/** How the result's file is called, without its ending, where the request does not say. */
	fileName?: string;
	/**
	 * For an operation that makes no job but answers at once: the item's JSON from the answer's body,
	 * undefined where it is not in it.
	 */
	readAnswer?(body: IDataObject): IDataObject | undefined;
	/** The lists that its fields offer. */
	lists?: List[];
}

/** Declares an operation that makes a job: checked, priced, submitted once, and waited for if wanted. */
export function submitOperation(declaration: SubmitDeclaration): Operation {
	return paidOperation(declaration, async (call) => await submitAndFinish(call, declaration));
}

/**
 * Declares an operation that costs money, whatever it does: whoever reads what became of an item learns
 * what became of the money.
 *
 * @param work does one item
 */
export function paidOperation(
	{ name, displayName, action, description, endpoint, fields, aliases, lists }: SubmitDeclaration,
	work: (call: Call) => Promise<INodeExecutionData[]>,
): Operation {
	return declareOperation({
		name,
		displayName,
		action,
		description,
		request: { method: 'POST', url: urlExpression(endpoint) },
		fields,
		// deAPI may refuse the secret that goes with the URL; it is in the credential.
		aliases: { webhook_secret: 'webhookUrl', ...aliases },
		lists,
		work: async (call) => {
			// What an earlier pass knows of the item's clips is told by the ledger.
			keepFilm(call, undefined);
			return await work(call);
		},
		atFail: itemReport,
		atStop: stopReport,
		atCancel: canceledItem,
	});
}

/** Does one item of an operation that makes a job, from its parameters to its output. */
export async function submitAndFinish(
	call: Call,
	declaration: SubmitDeclaration,
): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const { key, request, ...price } = await findOrPrepare(call, account, declaration);
	await allChecked(call);
	const ledger = ledgerOf(call.run);
	const submit: Submit = {
		...{ key, ...price },
		endpoint: declaration.endpoint,
		readAnswer: declaration.readAnswer?.bind(declaration),
		request: async () => await Promise.resolve(request ?? neverNeeded()),
	};
	const pairedItem = { item: call.item };
	const turn = { order: call.item, signal: call.signal };
	if (declaration.readAnswer !== undefined) {
		const { answer } = await submitOnce(call, account, ledger, submit, turn);
		return [{ json: { ...answer, ...earlierFacts(earlierOf(call, [key], [])) }, pairedItem }];
	}
	const accepted = await submitJob(call, account, ledger, submit, turn);
	const earlier = earlierOf(call, [key], [accepted.request_id]);
	const job = { ...accepted, ...earlierFacts(earlier) };
	if (!readResultOptions(call, waitsByDefault(declaration)).waits) {
		return [{ json: job, pairedItem }];
	}
	// While the item waited for its turn, the credential may have been changed.
	const { sentWith = account } = submit;
	// What only v2 could be asked for, only v2 tells of.
	const asked = request?.needsV2 === true ? sentWith.onV2() : sentWith;
	return [await finish(call, asked, declaration, key, job, request?.fileName)];
}

/** What the operation's own field says: a workflow need not hold what is the default. */
function waitsByDefault({ fields }: SubmitDeclaration): boolean {
	return fields.some((field) => field.name === 'waitForCompletion' && field.default === true);
}

/** What an item is for. */
interface Order extends Pick<Submit, 'key' | 'cost' | 'check'> {
	/** Missing where the item is in no state to be sent again, and need not be. */
	request?: PreparedRequest | undefined;
}

/**
 * Finds out what an item is for, and with that whether there is a job for it already; without, it is priced.
 */
async function findOrPrepare(
	call: Call,
	account: Account,
	{ prepare, endpoint }: SubmitDeclaration,
): Promise<Order> {
	const { item } = call;
	const ledger = ledgerOf(call.run);
	// An earlier version of this package did not keep what a job was for.
	if (isSettled(ledger.get({ item }))) return { key: { item } };
	let maxPrice: number | undefined;
	const found = await prepareFor().catch((error: unknown) => {
		// Its file may be gone, or deAPI not to be reached: what is paid for is not lost by that.
		const purpose = ledger.unedited(item, nodeSum(call));
		if (purpose === undefined) throw asFailure(error);
		return { key: { item, purpose }, request: undefined };
	});
	const { key, request } = found;
	if (request === undefined || isSettled(ledger.get(key))) return found;
	return { key, ...(await priced(call, account, endpoint, request, maxPrice)) };

	async function prepareFor() {
		maxPrice = readMaxPrice(call);
		const prepared = await prepare(call, account, { paid: ledger.modelOf(item, endpoint.v2) });
		return { key: { item, purpose: await purposeOf(call, endpoint, prepared) }, request: prepared };
	}
}

/** The request with its price, where 'Max Price' has that asked for. */
async function priced(
	call: Call,
	account: Account,
	endpoint: Endpoint,
	request: PreparedRequest,
	maxPrice: number | undefined,
): Promise<Omit<Order, 'key'>> {
	if (maxPrice === undefined) return { request };
	const price = await wholePriceOf(call, account, endpoint, request);
	const check = () => refuseAbove(call, maxPrice, price, 1);
	check();
	const sent = { ...request.sent, ...priceFacts(price) };
	return { request: { ...request, sent }, cost: price.amount, check };
}

async function finish(
	call: Call,
	account: Account,
	{ product, hasFile = true, fileName: usualName }: SubmitDeclaration,
	key: SubmitKey,
	job: SubmittedJob,
	fileName = usualName,
): Promise<INodeExecutionData> {
	const { request_id: requestId, ...submitted } = job;
	const options = readResultOptions(call);
	const ended = await waitForEnd(call, account, requestId, { ...options, product });
	const cost = costOf(ended);
	if (cost !== undefined) ledgerOf(call.run).charge(key, requestId, cost);
	if (isFailed(ended.status)) {
		// deAPI says that the same request may succeed now: Retry On Fail may then send it again.
		if (isRetryable(ended)) ledgerOf(call.run).release(key);
		throw describeFailedJob(ended, requestId, product);
	}
	const ours = priceOfJob(ended) === undefined ? submitted : withoutPrice(submitted);
	return await toJobItem(call, account, requestId, ended, ours, {
		...options,
		product,
		fileName,
		needsFile: hasFile,
		isVideo: product === 'the video',
	});
}

/** What the job itself says of its price counts more than what was asked for before. */
function withoutPrice(facts: IDataObject): IDataObject {
	const { price: _price, currency: _currency, price_is_estimated: _flag, ...others } = facts;
	return others;
}

/** An item that has a job already is never sent: its request is not made either. */
function neverNeeded(): never {
	throw new Error('An item with a job was to be sent again');
}
