import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { listOf } from '../basics/values';
import type { Call } from '../engine/call';
import type { Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { List, Operation } from '../engine/operation';
import { declareOperation } from '../engine/operation';
import type { PreparedRequest } from '../prepare/request';
import { toJobItem } from '../result/jobItem';
import { readResultOptions } from '../result/options';
import { describeFailedJob, isRetryable, withPaidJob } from '../result/paidJob';
import { waitForEnd } from '../result/wait';
import { Account } from '../service/account';
import type { Endpoint } from '../service/endpoints';
import { allItemsResolve } from './ahead';
import type { Entry } from './ledger';
import { ledgerOf } from './ledger';
import { priceOf, readMaxPrice, refuseAbove } from './priceCap';
import { canceledItem, withJobsOf } from './stop';
import type { Submit } from './send';
import { NOT_SENT, notSubmitted } from './send';
import { settle, submitJob } from './submit';

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
	/** Checks one item before anything is sent; throws a `Failure` that names all that is not in order. */
	prepare(call: Call, account: Account): Promise<PreparedRequest>;
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
	/** Another way to do an item, where its parameters ask for one; a song as several clips. */
	instead?(call: Call, account: Account): Promise<INodeExecutionData[] | undefined>;
}

/** Declares an operation that makes a job: checked, priced, submitted once, and waited for if wanted. */
export function submitOperation(declaration: SubmitDeclaration): Operation {
	const { name, displayName, action, description, fields, aliases, lists } = declaration;
	return declareOperation({
		name,
		displayName,
		action,
		description,
		fields,
		// deAPI may refuse the secret that goes with the URL; it stands in the credential.
		aliases: { webhook_secret: 'webhookUrl', ...aliases },
		lists,
		atStop: withJobsOf,
		atCancel: canceledItem,
		work: async (call) => {
			try {
				return await submitAndFinish(call, declaration);
			} catch (error) {
				const failure = asFailure(error);
				throw call.isCanceled ? failure : withHistory(call, withKnown(call, failure));
			}
		},
	});
}

async function submitAndFinish(
	call: Call,
	declaration: SubmitDeclaration,
): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const other = await declaration.instead?.(call, account);
	if (other !== undefined) return other;

	const ledger = ledgerOf(call.run);
	const key = { item: call.item };
	const known = ledger.get(key);
	const isNew = known?.job === undefined && known?.answer === undefined && !known?.unclear;
	const request = isNew ? await prepareAndPrice(call, account, declaration) : undefined;
	await allChecked(call);
	const submit: Submit = {
		key,
		endpoint: declaration.endpoint,
		readAnswer: declaration.readAnswer?.bind(declaration),
		request: async () => await Promise.resolve(request ?? neverNeeded()),
	};
	const pairedItem = { item: call.item };
	const turn = { order: call.item, signal: call.signal, unsent: NOT_SENT };
	if (declaration.readAnswer !== undefined) {
		const { answer } = await settle(call, account, ledger, submit, turn);
		return [{ json: { ...answer }, pairedItem }];
	}
	const job = await submitJob(call, account, ledger, submit, turn);
	if (!readResultOptions(call, waitsByDefault(declaration)).waits) {
		return [{ json: job, pairedItem }];
	}
	return [await finish(call, account, declaration, job, request?.fileName)];
}

/** What the operation's own field says: a workflow need not hold what is the default. */
function waitsByDefault({ fields }: SubmitDeclaration): boolean {
	return fields.some((field) => field.name === 'waitForCompletion' && field.default === true);
}

async function prepareAndPrice(
	call: Call,
	account: Account,
	{ prepare, endpoint }: SubmitDeclaration,
): Promise<PreparedRequest> {
	const maxPrice = readMaxPrice(call);
	const request = await prepare(call, account);
	if (maxPrice !== undefined) {
		refuseAbove(call, maxPrice, await priceOf(call, account, endpoint, request), 1);
	}
	return request;
}

/**
 * Says that the item is in order and, where On Error is Stop, waits for the others: n8n throws away the
 * output of all items when one fails, so nothing is sent before every item has been checked.
 *
 * @throws {Failure} where the pass has stopped, or a later item's expression cannot be resolved
 */
export async function allChecked(call: Call): Promise<void> {
	call.pass.check(call.item);
	if (call.continues) return;
	// With Batching later items start only after earlier ones: what can be seen of them has to do.
	if (call.run.isStaggered) allItemsResolve(call);
	else await call.pass.allChecked();
	if (call.pass.stoppedBy !== undefined) throw call.pass.stoppedBy;
}

async function finish(
	call: Call,
	account: Account,
	{ product, hasFile = true, fileName: usualName }: SubmitDeclaration,
	job: { request_id: string },
	fileName = usualName,
): Promise<INodeExecutionData> {
	const { request_id: requestId, ...ours } = job;
	const wish = readResultOptions(call);
	const ended = await waitForEnd(call, account, requestId, { ...wish, product }).catch(
		(error: unknown) => {
			throw withPaidJob(asFailure(error), requestId);
		},
	);
	if (ended.status === 'error') {
		// deAPI says that the same request may succeed now: Retry On Fail may then send it again.
		if (isRetryable(ended)) ledgerOf(call.run).release({ item: call.item });
		throw describeFailedJob(ended, requestId, product);
	}
	return await toJobItem(call, account, requestId, ended, ours, {
		...wish,
		product,
		fileName,
		needsFile: hasFile,
	});
}

/**
 * Holds what an item says against what is known of it: an earlier pass may have sent it, and this one
 * has not come so far.
 */
function withKnown(call: Call, failure: Failure): Failure {
	const { item = call.item, request_id, submitted, description, details } = failure.facts;
	if (item !== call.item) return failure;
	const entries = ledgerOf(call.run).of(call.item);
	// A film names its clips itself, unless it did not come as far as its plan this time.
	const isFilm = entries.some(({ clip }) => clip !== undefined);
	if (isFilm) return details?.clips === undefined ? withClipsOf(entries, failure) : failure;
	if (request_id !== undefined || submitted === 'unknown') return failure;
	const [entry] = entries;
	if (entry?.unclear !== undefined) {
		const before = `An earlier try: ${entry.unclear.message}.`;
		return failure.with({ description: `${description} ${before}`, submitted: 'unknown' });
	}
	if (entry?.job !== undefined) return withPaidJob(failure, entry.job.request_id);
	if (entry?.answer !== undefined) return withAnswer(failure, entry.answer);
	return submitted === undefined ? notSubmitted(failure) : failure;
}

/** An earlier try has brought what was asked for; it has been charged. */
function withAnswer(failure: Failure, answer: IDataObject): Failure {
	const { description, details } = failure.facts;
	return failure.with({
		description: `${description} An earlier try of this item has brought its result; it is in the details.`,
		submitted: 'yes',
		details: { ...details, ...answer },
	});
}

/** Every clip that an earlier try has sent was a job, or may have been one. */
function withClipsOf(entries: Entry[], failure: Failure): Failure {
	const { description, details, submitted } = failure.facts;
	const ids = entries.flatMap(({ request_ids }) => request_ids);
	const unclear = entries.flatMap(({ clip, unclear: facts }) => (facts ? [String(clip)] : []));
	const jobs = ids.length > 0 ? ` Jobs of this item from earlier tries: ${ids.join(', ')}.` : '';
	const doubts =
		unclear.length > 0
			? ` A job may exist for ${unclear.length > 1 ? 'clips' : 'clip'} ${listOf(unclear)}.`
			: '';
	return failure.with({
		description: `${description}${jobs}${doubts}`,
		submitted: unclear.length > 0 ? 'unknown' : ids.length > 0 ? 'yes' : (submitted ?? 'no'),
		details: { ...details, ...(ids.length > 0 ? { request_ids: ids } : {}) },
	});
}

/** Names the IDs of an item's earlier tries, whatever ended this one: each was a job, and may have been charged. */
function withHistory(call: Call, failure: Failure): Failure {
	const { request_id, item = call.item, description } = failure.facts;
	const ids = ledgerOf(call.run).get({ item: call.item })?.request_ids ?? [];
	const earlier = ids.filter((id) => id !== request_id);
	if (item !== call.item || earlier.length === 0) return failure;
	return failure.with({
		description: `${description} Earlier tries of this item: ${earlier.join(', ')}.`,
		details: { ...failure.facts.details, request_ids: ids },
	});
}

/** An item that has a job already is never sent: its request is not made either. */
function neverNeeded(): never {
	throw new Error('An item with a job was to be sent again');
}
