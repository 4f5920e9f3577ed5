import { shown } from '../../basics/quote';
import { listOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import type { Account } from '../../service/account';
import { modelsForChecks } from '../../service/catalogue';
import type { Model } from '../../service/models';

/** How many models a message lists. */
const LISTED = 10;

/**
 * A model that the account's list does not have.
 *
 * @param kind what it should be, e.g. `an audio-to-video model`
 */
function unknownModel(slug: string, models: Model[], kind: string): Failure {
	const slugs = models.slice(0, LISTED).map((model) => model.slug);
	const more = models.length > LISTED ? [...slugs, `${models.length - LISTED} more`] : slugs;
	return new Failure({
		message: `'${shown(slug)}' is not ${kind} of this account`,
		description: `Available: ${listOf(more)}. Choose one under 'Model' > 'From List'. Nothing was sent.`,
		submitted: 'no',
	});
}

/**
 * The chosen model with its limits, for checks before anything is sent.
 *
 * @param inferenceTypes what it has to be able to do, separated by commas
 * @param kind the same in words, e.g. `an audio-to-video model`
 * @returns undefined where the account's list cannot be read, or is empty: deAPI then decides
 * @throws {Failure} where the list can be read and does not have it
 */
export async function knownModel(
	call: Call,
	account: Account,
	inferenceTypes: string,
	slug: string,
	kind: string,
): Promise<Model | undefined> {
	const models = (await modelsForChecks(call, account, inferenceTypes)) ?? [];
	const model = models.find((each) => each.slug === slug);
	if (model === undefined && models.length > 0) throw unknownModel(slug, models, kind);
	return model;
}
