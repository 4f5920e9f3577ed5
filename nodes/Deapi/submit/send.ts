/**
 * One submit: the one request that costs money.
 *
 * Invariant: deAPI knows no idempotency key. A submit is sent again only when deAPI
 * certainly did not accept it: after a 429, or when no connection was made. After a timeout, a cut connection
 * or a 5xx it is not. A request ID, wherever it stands, is a job.
 */
import type { IDataObject } from 'n8n-workflow';
import { clock } from '../basics/clock';
import { pause } from '../basics/pause';
import { isObject } from '../basics/values';
import type { Call } from '../engine/call';
import type { Failure } from '../engine/failure';
import { CANCELED } from '../engine/failure';
import { CANCELED_REASON } from '../engine/networkFaults';
import { asFailure } from '../engine/nodeErrors';
import type { PreparedRequest } from '../prepare/request';
import { Account } from '../service/account';
import { describeAnswer, describeNoAnswer } from '../service/answers';
import type { Endpoint } from '../service/endpoints';
import { LONGEST_ID } from '../service/jobs';
import type { Headers } from '../service/rateLimit';
import { readRateLimit } from '../service/rateLimit';
import type { Answer } from '../service/transport';
import { callDeapi } from '../service/transport';
import { buildBody } from './form';
import type { Try } from './lane/lane';
import { announceDoubt, announceJob } from './announce';
import type { Doubt, Ledger, SubmitKey } from './ledger';
import { readPace } from './lane/pace';
import { doubtFailure } from './outcome/sentences';

/** Pauses between tries to connect, in milliseconds; nobody was there, so nothing was sent. */
const CONNECT_PAUSES_MS = [1000, 3000];
/** A submit may take so long altogether, in milliseconds: 20 MB over a slow line. */
const DEADLINE_MS = 600_000;

/** Said by a later run of an upload whose end no run has seen. */
const STILL_UNDER_WAY = 'The execution ended while the upload was under way';

/** A submit on its way. */
export interface Submit {
	key: SubmitKey;
	endpoint: Endpoint;
	/** Made when it is the submit's turn: a piece of a song need not lie in memory before. */
	request(): Promise<PreparedRequest>;
	/** What it costs, in USD, where that was asked for. */
	cost?: number | undefined;
	/** Throws where it must not be sent any more, though it is its turn. */
	check?(): void;
	/** How the log calls it, e.g. `clip 3 of 18`. */
	name?: string | undefined;
	/** Whether others of its pass go on where it is refused, or what came of it is not known. */
	isByItself?: boolean;
	/** The account that it was sent with, which has its job; missing before. */
	sentWith?: Account;
	/** For an endpoint that makes no job: what its answer brings; undefined where that is not in it. */
	readAnswer?: ((body: IDataObject) => IDataObject | undefined) | undefined;
}

/**
 * Sends a submit once; only a connection that nobody took is tried again. What came of it is in the
 * ledger then.
 *
 * @returns what the account's headers say of the next submits, or the rate limit that refused this one
 * @throws {Failure} where it was not sent, was refused, or may have been accepted without an ID
 */
export async function send(call: Call, ledger: Ledger, submit: Submit): Promise<Try<'settled'>> {
	const { signal, cancelSignal } = call;
	for (let tries = 0; ; tries++) {
		if (signal.aborted) throw CANCELED;
		// Read now: while the item waited, the credential may have been changed or deleted.
		const stored = await Account.of(call.context);
		submit.check?.();
		const request = await submit.request();
		const account = request.needsV2 === true ? stored.onV2() : stored;
		const breaking = new AbortController();
		const body = await buildBody(request, () => breaking.abort()).catch((error: unknown) => {
			throw call.isCanceled ? CANCELED : asFailure(error);
		});
		if (signal.aborted) {
			body.close();
			throw CANCELED;
		}
		// The pass may stop meanwhile; what is under way is seen to its end, for the sake of its ID.
		const ends = cancelSignal ? [cancelSignal, breaking.signal] : [breaking.signal];
		const caller = call.until(AbortSignal.any(ends));
		ledger.markInFlight(submit.key, doubtOf(submit, STILL_UNDER_WAY));
		const answer = await callDeapi(caller, account, {
			method: 'POST',
			endpoint: submit.endpoint,
			body: body.content,
			headers: body.headers,
			deadline: Math.max(DEADLINE_MS, call.settings.timeout ?? 0),
		});
		ledger.settle(submit.key);
		submit.sentWith = stored;
		body.close();
		if (answer.answered) return toOutcome(call, account, ledger, submit, request, answer);
		body.hangUp();
		// An answer that broke off may have brought it before.
		const requestId = findRequestId({}, answer.received);
		if (requestId !== undefined) return accept(call, ledger, submit, request, requestId);
		const broken = body.broken();
		if (broken) throw broken;
		if (!answer.neverSent) {
			const reason = call.isCanceled ? CANCELED_REASON : answer.reason;
			throw doubt(call, ledger, submit, `The upload got no answer (${reason})`);
		}
		const wait = call.pass.isUnreachable ? undefined : CONNECT_PAUSES_MS[tries];
		const isWorthIt = answer.mayRetry && wait !== undefined;
		if (!isWorthIt || !(await pause(wait, signal))) {
			call.pass.isUnreachable = true;
			throw describeNoAnswer(answer);
		}
	}
}

function toOutcome(
	call: Call,
	account: Account,
	ledger: Ledger,
	submit: Submit,
	request: PreparedRequest,
	answer: Answer,
): Try<'settled'> {
	const { readAnswer } = submit;
	const { status, headers } = answer;
	const isTaken = status >= 200 && status < 300;
	const brought = isTaken ? readAnswer?.(answer.body) : undefined;
	if (brought !== undefined) {
		ledger.keepAnswer(submit.key, { ...brought, ...request.sent }, submit.cost);
		return { done: 'settled', pace: readPace(headers, clock.now()) };
	}
	const requestId = findRequestId(answer.body, answer.text);
	if (requestId !== undefined) return accept(call, ledger, submit, request, requestId, headers);
	if (status === 429) return { limited: readRateLimit(headers, clock.now()) };
	const isRefused = status >= 300 && status < 500;
	if (isRefused) throw causeOf(describeAnswer(answer, askedBy(call, account)), request.unread);
	const happened = isTaken
		? `deAPI took the request but gave no ${readAnswer === undefined ? 'request ID' : 'result'}`
		: `deAPI answered with status ${status}`;
	throw doubt(call, ledger, submit, happened, status);
}

/** There is a job: from here on its ID is known, whatever happens. */
function accept(
	call: Call,
	ledger: Ledger,
	{ key, name, cost }: Submit,
	{ sent }: PreparedRequest,
	requestId: string,
	headers: Headers = {},
): Try<'settled'> {
	ledger.accept(key, { request_id: requestId, ...sent }, cost);
	const what = name === undefined ? '' : ` (${name})`;
	announceJob(call, { requestId, what }, { ...key });
	return { done: 'settled', pace: readPace(headers, clock.now()) };
}

/**
 * A number of frames that the node has chosen without the model's limits is nothing that the user could mend:
 * what kept it from reading them is said.
 */
function causeOf(refusal: Failure, unread: Failure | undefined): Failure {
	const { errors } = refusal.facts.details ?? {};
	if (unread === undefined || !isObject(errors) || !('frames' in errors)) return refusal;
	const { message, description } = unread.facts;
	return refusal.with({
		message: `${message}, so the model's limits are not known, and deAPI refused the length of the video`,
		description: `${description} deAPI says: ${refusal.facts.description}`,
	});
}

/** What `describeAnswer` has to know of a call. */
function askedBy(call: Call, account: Account) {
	return {
		account,
		label: (field: string) => call.label(field),
		timezone: call.context.getTimezone(),
	};
}

/**
 * A request ID, wherever the answer has it: in `data`, beside it, deeper, as a number, under any status.
 *
 * @param text an answer that is no JSON object, or only a part of one: a warning in front of it, a cut
 */
function findRequestId(body: IDataObject, text = ''): string | undefined {
	const places: unknown[] = [body.data, body];
	for (let index = 0; index < Math.min(places.length, MOST_PLACES); index++) {
		const place = places[index];
		if (!isObject(place)) {
			if (Array.isArray(place)) places.push(...place.slice(0, MOST_PLACES));
			continue;
		}
		const { request_id: id } = place;
		if (Number.isFinite(id)) return String(id);
		if (typeof id === 'string' && id.trim() !== '' && id.length <= LONGEST_ID) return id.trim();
		places.push(...Object.values(place).slice(0, MOST_PLACES));
	}
	return ID_IN_TEXT.exec(text)?.[1];
}

/** Whole: behind it stands what ends it, however often a program has put JSON into JSON. */
const ID_IN_TEXT = new RegExp(
	`\\\\?"request_id\\\\?"\\s*:\\s*\\\\?"?([\\w.:-]{1,${LONGEST_ID}})(?:\\\\?"|\\s*[,}])`,
);

/** An answer to a submit has a handful of values. */
const MOST_PLACES = 100;

/**
 * Remembers that nobody knows the outcome of a submit, so that Retry On Fail does not send the item again
 * either.
 */
function doubt(
	call: Call,
	ledger: Ledger,
	submit: Submit,
	happened: string,
	status?: number,
): Failure {
	const unclear = doubtOf(submit, happened, status);
	ledger.doubt(submit.key, unclear);
	const failure = doubtFailure(unclear);
	announceDoubt(call, failure.message, { ...submit.key });
	return failure;
}

function doubtOf(
	{ readAnswer, cost }: Pick<Submit, 'readAnswer' | 'cost'>,
	happened: string,
	status?: number,
): Doubt {
	const makesJob = readAnswer === undefined;
	return {
		...{ happened, makesJob },
		...(status === undefined ? {} : { status }),
		...(cost === undefined ? {} : { cost }),
	};
}
