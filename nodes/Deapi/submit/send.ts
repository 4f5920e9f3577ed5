/**
 * One submit: the one request that costs money.
 *
 * What must not regress, and why: deAPI knows no idempotency key. A submit is sent again only when it
 * surely was not accepted: after a 429, or when no connection was made. After a timeout, a cut connection
 * or a 5xx it is not. A request ID, wherever it stands, is a job.
 */
import type { IDataObject } from 'n8n-workflow';
import { clock } from '../basics/clock';
import { pause } from '../basics/pause';
import { isObject } from '../basics/values';
import type { Call } from '../engine/call';
import type { FailureFacts } from '../engine/failure';
import { Failure } from '../engine/failure';
import { CANCELED_REASON } from '../engine/networkFaults';
import { asFailure } from '../engine/nodeErrors';
import { withOtherKinds } from '../prepare/media';
import type { PreparedRequest } from '../prepare/request';
import { Account } from '../service/account';
import { DASHBOARD, describeAnswer, describeNoAnswer } from '../service/answers';
import type { Endpoint } from '../service/endpoints';
import { LONGEST_ID } from '../service/jobs';
import { readRateLimit } from '../service/rateLimit';
import type { Answer } from '../service/transport';
import { callDeapi } from '../service/transport';
import { buildBody } from './form';
import type { Try } from './lane/lane';
import { announceDoubt, announceJob } from './announce';
import type { Ledger, SubmitKey } from './ledger';
import { readPace } from './lane/pace';

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
	/** How the log calls it, e.g. `clip 3 of 18`. */
	name?: string | undefined;
	/** For an endpoint that makes no job: what its answer brings; undefined where that is not in it. */
	readAnswer?: ((body: IDataObject) => IDataObject | undefined) | undefined;
}

/**
 * Sends a submit once; only a connection that nobody took is tried again. What came of it stands in the
 * ledger then.
 *
 * @returns what the account's headers say of the next submits, or the rate limit that refused this one
 * @throws {Failure} where it was not sent, was refused, or may have been accepted without an ID
 */
export async function send(call: Call, ledger: Ledger, submit: Submit): Promise<Try<'settled'>> {
	const { signal, cancelSignal } = call;
	for (let tries = 0; ; tries++) {
		if (signal.aborted) throw NOT_SENT;
		// Read now: while the item waited, the credential may have been changed or deleted.
		const stored = await accountOf(call);
		const request = await submit.request();
		const account = request.needsV2 === true ? stored.onV2() : stored;
		const breaking = new AbortController();
		const body = await buildBody(request, () => breaking.abort()).catch((error: unknown) => {
			throw call.isCanceled ? NOT_SENT : asFailure(error);
		});
		if (signal.aborted) {
			body.close();
			throw NOT_SENT;
		}
		// The pass may stop meanwhile; what is under way is seen to its end, for the sake of its ID.
		const ends = cancelSignal ? [cancelSignal, breaking.signal] : [breaking.signal];
		const caller = call.until(AbortSignal.any(ends));
		ledger.depart(submit.key, unclearFacts(submit, STILL_UNDER_WAY));
		const answer = await callDeapi(caller, account, {
			method: 'POST',
			endpoint: submit.endpoint,
			body: body.content,
			headers: body.headers,
			deadline: Math.max(DEADLINE_MS, call.settings.timeout ?? 0),
		});
		ledger.land(submit.key);
		body.close();
		if (answer.answered) return toOutcome(call, account, ledger, submit, request, answer);
		body.hangUp();
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
			throw notSubmitted(describeNoAnswer(answer));
		}
	}
}

async function accountOf(call: Call): Promise<Account> {
	try {
		return await Account.of(call.context);
	} catch (error) {
		throw notSubmitted(asFailure(error));
	}
}

function toOutcome(
	call: Call,
	account: Account,
	ledger: Ledger,
	submit: Submit,
	{ sent, files }: PreparedRequest,
	answer: Answer,
): Try<'settled'> {
	const { key, name, readAnswer } = submit;
	const { status, headers } = answer;
	const pace = readPace(headers, clock.now());
	const brought = status === 200 ? readAnswer?.(answer.body) : undefined;
	if (brought !== undefined) {
		ledger.keepAnswer(key, brought);
		return { done: 'settled', pace };
	}
	const requestId = findRequestId(answer);
	if (requestId !== undefined) {
		ledger.accept(key, { request_id: requestId, ...sent });
		const what = name === undefined ? '' : ` (${name})`;
		announceJob(call, { requestId, what }, { ...key });
		return { done: 'settled', pace };
	}
	if (status === 429) return { limited: readRateLimit(headers, clock.now()) };
	const isRefused = status >= 300 && status < 500;
	if (isRefused) {
		throw notSubmitted(withOtherKinds(describeAnswer(answer, askedBy(call, account)), files));
	}
	const happened =
		status < 300
			? `deAPI took the request but gave no ${readAnswer === undefined ? 'request ID' : 'result'}`
			: `deAPI answered with status ${status}`;
	throw doubt(call, ledger, submit, happened, status);
}

/** What `describeAnswer` has to know of a call. */
function askedBy(call: Call, account: Account) {
	return {
		account,
		label: (field: string) => call.label(field),
		timezone: call.context.getTimezone(),
	};
}

/** A request ID, wherever the answer has it: in `data`, beside it, deeper, as a number, under any status. */
function findRequestId({ body }: Answer): string | undefined {
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
	return undefined;
}

/** An answer to a submit has a handful of values. */
const MOST_PLACES = 100;

/** An item that was not sent, because the execution was canceled or the node stops. */
export const NOT_SENT = new Failure({
	message: 'The execution was canceled before this item was sent',
	description: 'Nothing was sent for this item.',
	submitted: 'no',
});

/** Adds to a failure that its item was not sent. */
export function notSubmitted(failure: Failure): Failure {
	const { description } = failure.facts;
	return failure.with({
		description: `${description} Nothing was submitted for this item.`,
		submitted: 'no',
	});
}

/**
 * Turns an unclear outcome of a submit into a message that keeps the user from paying twice, and
 * remembers it, so that Retry On Fail does not send the item again either.
 *
 * @param happened what was seen, as the start of a sentence
 */
function doubt(
	call: Call,
	ledger: Ledger,
	submit: Submit,
	happened: string,
	status?: number,
): Failure {
	const facts = unclearFacts(submit, happened, status);
	ledger.doubt(submit.key, facts);
	announceDoubt(call, facts.message, { ...submit.key });
	return new Failure(facts);
}

function unclearFacts(
	{ readAnswer }: Pick<Submit, 'readAnswer'>,
	happened: string,
	status?: number,
): FailureFacts {
	const makesJob = readAnswer === undefined;
	const lookAt = makesJob
		? `Look for it in the job history of the deAPI dashboard (${DASHBOARD}) or compare`
		: 'Compare';
	return {
		...(status === undefined ? {} : { status }),
		message: `${happened}, so ${makesJob ? 'the job may exist and may' : 'it may'} have been charged`,
		description: `It was not sent again, because deAPI would charge ${makesJob ? 'for a second job' : 'a second time'}. ${lookAt} the balance (resource 'Account', operation 'Get Balance') before you run this item again.`,
		submitted: 'unknown',
	};
}
