import { clock } from '../basics/clock';
import { numberOf } from '../basics/values';
import type { Call } from '../engine/call';
import { CANCELED, Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { Account } from '../service/account';
import { Shared } from '../service/account';
import { describeRateLimit, LIMIT_RETRIES } from '../service/rateLimit';
import type { Exit } from './lane/lane';
import { Lane, LaneExit } from './lane/lane';
import type { Entry, Ledger, SubmittedJob } from './ledger';
import { doubtFailure } from './outcome/sentences';
import type { Submit } from './send';
import { send } from './send';

/** By v2's path of the endpoint: deAPI counts each kind of job on its own. */
const lanes = new Shared(() => new Map<string, Lane>());

function laneOf(account: Account, { endpoint }: Submit): Lane {
	const ofAccount = lanes.of(account);
	const lane = ofAccount.get(endpoint.v2) ?? new Lane();
	ofAccount.set(endpoint.v2, lane);
	return lane;
}

/** When a submit is sent, and when no longer. */
export interface Turn {
	/** Its place among those of its node run. */
	order: number;
	/** Takes it out of the lane; its reason, where that is a `Failure`, is what is thrown then. */
	signal: AbortSignal;
}

/**
 * Submits one job, or finds that it has been submitted before; the arguments as for `submitOnce`.
 *
 * @throws {Failure} where there is no job, or where it is not known whether there is one
 */
export async function submitJob(
	call: Call,
	account: Account,
	ledger: Ledger,
	submit: Submit,
	turn: Turn,
): Promise<SubmittedJob> {
	const { job } = await submitOnce(call, account, ledger, submit, turn);
	if (job === undefined) throw new Error('A submit that makes a job has none');
	return job;
}

/**
 * Sends a submit once, or finds what has come of it before.
 *
 * @returns the entry of the ledger, with a job or an answer
 * @throws {Failure} where there is neither, or where it is not known
 */
export async function submitOnce(
	call: Call,
	account: Account,
	ledger: Ledger,
	submit: Submit,
	turn: Turn,
): Promise<Entry> {
	for (;;) {
		const known = ledger.get(submit.key);
		if (known?.job !== undefined || known?.answer !== undefined) return known;
		if (known?.unclear !== undefined) throw doubtFailure(known.unclear);
		// Where an earlier pass has it in flight, what comes of that is in the ledger.
		await ledger.once(
			submit.key,
			async () =>
				await call.pass.whileWorking(
					async () => await takeTurn(call, account, ledger, submit, turn),
				),
		);
	}
}

/** Waits for the submit's turn in the account's lane and sends it. */
async function takeTurn(
	call: Call,
	account: Account,
	ledger: Ledger,
	submit: Submit,
	{ order, signal }: Turn,
): Promise<void> {
	const lane = laneOf(account, submit);
	const retries = numberOf(call.options.rateLimitRetries) ?? LIMIT_RETRIES.submit;
	const maxRefusals = Math.max(0, retries);
	const place = { owner: call.run, order, maxRefusals, signal };
	try {
		await lane.submit(place, async () => {
			try {
				return await send(call, ledger, submit);
			} catch (error) {
				const failure = asFailure(error);
				// Now, and not when the item has given up: by then another would have taken its place.
				if (!call.continues && submit.isByItself !== true) call.pass.stop(failure, call.item);
				throw failure;
			}
		});
	} catch (error) {
		throw error instanceof LaneExit ? ofExit(call, error.exit, signal) : asFailure(error);
	}
}

/** Why an item left the lane without its turn, or its last one. */
function ofExit(call: Call, exit: Exit, signal: AbortSignal): Failure {
	if (exit.reason === 'left') return signal.reason instanceof Failure ? signal.reason : CANCELED;
	const failure = describeRateLimit(exit.limit, clock.now(), call.context.getTimezone());
	const { kind, endsAt } = exit.limit;
	const refusals = exit.reason === 'refused' ? exit.refusals : 0;
	return failure.with({ limit: { kind, endsAt, refusals }, submitted: 'no' });
}
