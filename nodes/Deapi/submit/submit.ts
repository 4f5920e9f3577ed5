import { numberOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { Account } from '../service/account';
import { Shared } from '../service/account';
import { clock } from '../basics/clock';
import { describeRateLimit } from '../service/rateLimit';
import type { Exit } from './lane/lane';
import { Lane, LaneExit } from './lane/lane';
import type { Entry, Ledger, SubmittedJob } from './ledger';
import type { Submit } from './send';
import { NOT_SENT, send } from './send';

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
	/** Takes it out of the lane. */
	signal: AbortSignal;
	/** What it says where the signal took it out, and neither the pass nor the execution was stopped. */
	unsent: Failure;
}

/**
 * Submits one job, or finds that it has been submitted before.
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
	const { job } = await settle(call, account, ledger, submit, turn);
	if (job === undefined) throw new Error('A submit that makes a job has none');
	return job;
}

/**
 * Sends a submit once, or finds what has come of it before; the arguments as for `submitJob`.
 *
 * @returns the entry of the ledger, with a job or an answer
 * @throws {Failure} where there is neither, or where it is not known
 */
export async function settle(
	call: Call,
	account: Account,
	ledger: Ledger,
	submit: Submit,
	turn: Turn,
): Promise<Entry> {
	for (;;) {
		const known = ledger.get(submit.key);
		if (known?.job !== undefined || known?.answer !== undefined) return known;
		if (known?.unclear !== undefined) throw new Failure(known.unclear);
		// Where an earlier pass has it in flight, what comes of that stands in the ledger.
		await ledger.fly(
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
	{ order, signal, unsent }: Turn,
): Promise<void> {
	const lane = laneOf(account, submit);
	const maxRefusals = Math.max(0, numberOf(call.options.rateLimitRetries) ?? 5);
	const place = { owner: call.run, order, maxRefusals, signal };
	try {
		await lane.submit(place, async () => {
			try {
				return await send(call, ledger, submit);
			} catch (error) {
				const failure = asFailure(error);
				// Now, and not when the item has given up: by then another would have taken its place.
				if (!call.continues) call.pass.stop(ofItem(failure, call));
				throw asFailure(failure);
			}
		});
	} catch (error) {
		throw error instanceof LaneExit ? describeExit(call, error.exit, unsent) : asFailure(error);
	}
}

/** When a run stops, n8n shows what its first item says, whichever item was the cause. */
function ofItem(failure: Failure, call: Call): Failure {
	return failure.with({ item: failure.facts.item ?? call.item });
}

function describeExit(call: Call, exit: Exit, unsent: Failure): Failure {
	if (exit.reason === 'left') {
		return call.pass.stoppedBy ?? (call.isCanceled ? NOT_SENT : unsent);
	}
	const failure = describeRateLimit(exit.limit, clock.now(), call.context.getTimezone());
	const isRepeated = exit.reason === 'refused' && exit.refusals > 1;
	const tried = isRepeated ? ` It was refused ${exit.refusals} times in a row.` : '';
	return failure.with({
		description: `This item was not submitted.${tried} ${failure.facts.description}`,
		submitted: 'no',
	});
}
