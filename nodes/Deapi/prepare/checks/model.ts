/**
 * Which model an item gets. Models come and go, so workflows need not name one.
 *
 * Invariants, and why:
 * - What was decided once holds for all passes of Retry On Fail: a film whose clips come from two models is
 *   none, and a price that was asked for must be that of the job.
 * - A slug that no list shows is sent: deAPI takes some of these, and its refusal costs nothing.
 */
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { PerRun } from '../../engine/run';
import type { Account } from '../../service/account';
import { modelsForChecks } from '../../service/catalogue';
import type { Model } from '../../service/models';
import { isExperimental } from '../../service/models';

/** The entry of 'Model' that leaves the choice to the node. */
export const AUTOMATIC = { name: 'Automatic', value: 'auto' };

/**
 * The model that an operation uses where the account has it, or where its list cannot be read, by the first
 * of its inference types. Another operation takes what the list has.
 */
const USUAL_MODELS: { [inferenceType: string]: string } = {
	audio2video: 'Ltx2_3_22B_Dist_INT8',
	txt2video: 'Ltx2_3_22B_Dist_INT8',
	img2video: 'Ltx2_3_22B_Dist_INT8',
	'video-replace': 'Wan2_2_Animate_14B_INT8',
	'vid-upscale': 'RealESRGAN_Vid_x4',
	txt2audio: 'Kokoro',
	txt2music: 'AceStep_1_5_Turbo',
	audio2text: 'WhisperLargeV3',
	txt2img: 'Flux_2_Klein_4B_BF16',
	img2img: 'Flux_2_Klein_4B_BF16',
	'img-upscale': 'RealESRGAN_x4',
	'img-rmbg': 'Ben2',
};

/** @param inferenceTypes what an operation's models can do, separated by commas */
export function usualModel(inferenceTypes: string): string {
	return USUAL_MODELS[inferenceTypes.split(',')[0] ?? ''] ?? '';
}

/** Whether a value of 'Model' leaves the choice to the node. */
export function isAutomatic(value: string): boolean {
	return value.trim().toLowerCase() === AUTOMATIC.value;
}

/**
 * The model that 'Automatic' stands for: the usual one, else the first that is not experimental, else the
 * first.
 *
 * @param models the account's, for these inference types
 */
export function automaticModel(models: Model[], inferenceTypes: string): Model | undefined {
	const usual = usualModel(inferenceTypes);
	return (
		models.find(({ slug }) => slug === usual) ??
		models.find((model) => !isExperimental(model)) ??
		models[0]
	);
}

/** The model of an item. */
export interface ChosenModel {
	slug: string;
	/** Its limits; undefined where no list that could be read has it: deAPI then decides. */
	model: Model | undefined;
	/** Why there is no list to have it, for where its limits are needed. */
	unread?: Failure;
}

/** The models of jobs that an item has already. */
export interface EarlierModels {
	/** Of its own jobs: what is missing has to fit them. */
	paid?: string | undefined;
	/** Of the clips that the user has put in, where all have the same. */
	existing?: string | undefined;
}

const choices = new PerRun(() => new Map<string, ChosenModel>());

/**
 * Decides an item's model, and finds its limits for checks before anything is sent.
 *
 * @param inferenceTypes what it has to be able to do, separated by commas
 * @param wanted the value of 'Model': a slug, or `auto`
 * @param earlier counts only where 'Model' is `auto`
 * @throws {Failure} where it is `auto`, and neither a list nor anything else names a model
 */
export async function chooseModel(
	call: Call,
	account: Account,
	inferenceTypes: string,
	wanted: string,
	{ paid, existing }: EarlierModels = {},
): Promise<ChosenModel> {
	const { models, unread = models.length === 0 ? emptyList() : undefined } = await modelsForChecks(
		call,
		account,
		inferenceTypes,
	);
	const find = (slug: string): ChosenModel => ({
		slug,
		model: models.find((each) => each.slug === slug),
		...(unread === undefined ? {} : { unread }),
	});
	if (!isAutomatic(wanted)) return find(wanted.trim());
	const ofRun = choices.of(call.run);
	const key = JSON.stringify([account.baseUrl, account.apiKey, inferenceTypes, existing]);
	const known = ofRun.get(key);
	// "Retry execution" is a new run, and its jobs are older than what it has chosen.
	if (known !== undefined && (paid ?? known.slug) === known.slug) return known;
	if (paid !== undefined) return find(paid);
	const model =
		models.find(({ slug }) => slug === existing) ?? automaticModel(models, inferenceTypes);
	// A list that could not be read decides nothing for the next pass.
	if (model === undefined) {
		const slug = existing ?? usualModel(inferenceTypes);
		if (slug === '') throw unread ?? emptyList();
		return find(slug);
	}
	const chosen = { slug: model.slug, model };
	ofRun.set(key, chosen);
	return chosen;
}

function emptyList(): Failure {
	return new Failure({
		message: "deAPI's list has no model for this operation",
		description:
			"The resource 'Model', operation 'Get Many', shows what the account has. Ask deAPI's support why this is missing.",
	});
}
