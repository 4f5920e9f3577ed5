import { clock } from '../basics/clock';
import { untilAborted } from '../basics/pause';
import type { Caller } from '../engine/call';
import type { Account } from './account';
import { Shared } from './account';
import type { Failure } from '../engine/failure';
import { CANCELED } from '../engine/failure';
import { asFailure } from '../engine/nodeErrors';
import type { Model } from './models';
import { readModels } from './models';

/** How long an account's models may be taken from memory, in milliseconds. */
const KEEP_MS = 60_000;

interface Reading {
	until: number;
	models: Promise<Model[]>;
}

/** What is known of an account's models. */
export interface KnownModels {
	/** Empty where they could not be read: deAPI itself then decides. */
	models: Model[];
	/** Why they could not be read. */
	unread?: Failure;
}

/** By inference types. */
const catalogues = new Shared(() => new Map<string, Reading>());

/**
 * The account's models for checks before anything is sent: read once, shared for a minute at most.
 *
 * @param inferenceTypes only models that can do one of these, separated by commas
 * @returns the models, or why they could not be read; it throws nothing
 */
export async function modelsForChecks(
	caller: Caller,
	account: Account,
	inferenceTypes: string,
): Promise<KnownModels> {
	const catalogue = catalogues.of(account);
	for (const [key, { until }] of catalogue) if (until <= clock.now()) catalogue.delete(key);
	for (;;) {
		const known = catalogue.get(inferenceTypes);
		const reading = known ?? {
			until: clock.now() + KEEP_MS,
			models: readModels(caller, account, inferenceTypes),
		};
		catalogue.set(inferenceTypes, reading);
		try {
			// Another item's read must not hold up one whose execution is canceled.
			await untilAborted(
				reading.models.catch(() => undefined),
				caller.signal,
			);
			if (caller.signal?.aborted === true) return { models: [], unread: CANCELED };
			return { models: await reading.models };
		} catch (error) {
			// A list that could not be read is not remembered: the next execution asks again.
			if (catalogue.get(inferenceTypes) === reading) catalogue.delete(inferenceTypes);
			// Another item's read may have ended with that item's execution. Ours has not.
			const hasEnded = error === CANCELED && known !== undefined;
			if (!hasEnded) return { models: [], unread: asFailure(error) };
		}
	}
}
