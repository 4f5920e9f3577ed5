import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { roundSeconds } from '../../basics/values';
import type { Call } from '../../engine/call';
import { declareOperation } from '../../engine/operation';
import { placeOf } from '../../film/production/clips';
import { priceOfClips } from '../../film/production/filmPrice';
import type { PlannedClip } from '../../film/plan/plan';
import { readScenes } from '../../film/plan/scenes';
import type { SongOptions } from '../../film/production/songPlan';
import {
	planFor,
	planSong,
	readCutAt,
	soundOfOne,
	tempoFacts,
} from '../../film/production/songPlan';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { checkLimits } from '../../prepare/checks/limits';
import { Values } from '../../prepare/checks/values';
import type { FilePart } from '../../prepare/files';
import { prepareFiles } from '../../prepare/files';
import type { LengthChoice } from '../../prepare/length';
import { chooseFrames, readDuration, readLengthChoice, wantsFilm } from '../../prepare/length';
import { wantedSound } from '../../prepare/media';
import { lengthOfSound, SONG } from '../../prepare/sound';
import type { VideoValues } from '../../prepare/video';
import { AUDIO_TO_VIDEO_ENDPOINT, readVideoValues, sizesOf, videoModel } from '../../prepare/video';
import { pricedValues } from '../../prepare/videoRequest';
import { Account } from '../../service/account';
import { priceEndpoint, urlExpression } from '../../service/endpoints';
import { secondsOf } from '../../sound/measure';
import type { Model } from '../../service/models';
import { askPrice, priceFacts } from '../../service/price';
import { cutAtOption, scenesOption, whenClips } from '../fields/film';
import { optionsField } from '../fields/job';
import { stepsOption } from '../fields/prompt';
import { soundFields } from '../fields/sound';
import {
	fpsField,
	lengthFields,
	sizeFields,
	startAtOption,
	videoModelField,
	videoModels,
} from '../fields/video';

const fields: INodeProperties[] = [
	...lengthFields('seconds'),
	...soundFields('MP3, WAV, OGG or FLAC, of any length').map((field) => ({
		...field,
		displayOptions: { show: { lengthMode: ['matchAudio'], ...field.displayOptions?.show } },
	})),
	...sizeFields,
	videoModelField,
	fpsField,
	optionsField([
		{ ...cutAtOption, ...whenClips },
		{ ...scenesOption, ...whenClips },
		startAtOption,
		stepsOption(8),
	]),
];

/** What a video with these values would cost. */
async function estimate(call: Call): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const validationErrors = new ValidationErrors((field) => call.label(field));
	const length = readLengthChoice(call);
	const values = readVideoValues(call, validationErrors);
	const entered =
		length.mode === 'frames' ? new Values(call.given, validationErrors).whole('frames', 1) : 0;
	const isFilm = wantsFilm(length);
	const options = new Values(call.options, validationErrors);
	const cutAt = readCutAt(options);
	const scenes = readScenes(options.optionalText('scenes') ?? '');
	const wanted = length.mode === 'matchAudio' ? [wantedSound(call, SONG)] : [];
	const [sound] = await prepareFiles(call, wanted, validationErrors);
	validationErrors.throwIfAny();

	const estimated = isFilm
		? await estimateFilm(call, account, { ...values, length, cutAt, scenes }, sound)
		: await estimateVideo(call, account, values, { length, entered, sound });
	return [{ json: estimated, pairedItem: { item: call.item } }];
}

async function estimateVideo(
	call: Call,
	account: Account,
	{ steps, ...values }: VideoValues,
	{ length, entered, sound }: { length: LengthChoice; entered: number; sound?: FilePart },
): Promise<IDataObject> {
	const { slug, model } = await videoModel(call, account, values.model);
	const video = { ...values, model: slug };
	const seconds = sound === undefined ? undefined : await lengthOfSound(call, sound);
	const known = { slug, fps: video.fps, entered, sound: seconds };
	const { frames, facts } = chooseFrames(call, length, known, model);
	checkSizes(call, model, { ...video, steps }, frames);
	const body = pricedValues({ video, steps }, frames);
	const { price, others } = await askPrice(call, account, AUDIO_TO_VIDEO_ENDPOINT, body);
	return { ...priceFacts(price), ...others, ...body, ...facts, ...priceFacts(price) };
}

/** The price of all clips; where there are several, what they are is part of the answer. */
async function estimateFilm(
	call: Call,
	account: Account,
	{ length, cutAt, scenes, steps, ...values }: VideoValues & SongOptions,
	sound: FilePart | undefined,
): Promise<IDataObject> {
	const songOptions = { ...values, length, cutAt, scenes };
	const { slug, model, measure, plan } = sound
		? await planSong(call, account, sound, songOptions)
		: await planSeconds(call, account, songOptions);
	if (sound && measure) soundOfOne(sound, { measure, model, plan });
	const video = { ...values, model: slug };
	for (const { asked } of plan.clips) checkSizes(call, model, { ...video, steps }, asked);
	const price = await priceOfClips(call, account, { video, steps }, plan.clips);
	return {
		...priceFacts(price),
		...(plan.clips.length > 1 ? { clips: plan.clips.map(clipFacts) } : {}),
		...pricedValues({ video, steps }, plan.frames),
		...(measure ? { audio_seconds: roundSeconds(secondsOf(measure)) } : {}),
		...(plan.start > 0 ? { start_seconds: roundSeconds(plan.start) } : {}),
		video_seconds: roundSeconds(plan.frames / plan.fps),
		...tempoFacts(plan),
	};
}

/** A clip as it is going to be. */
function clipFacts(clip: PlannedClip): IDataObject {
	return { clip: clip.clip, ...placeOf(clip) };
}

/** The clips of a film that is as long as the user says. */
async function planSeconds(call: Call, account: Account, songOptions: SongOptions) {
	const chosen = await videoModel(call, account, songOptions.model);
	const length = { ...songOptions.length, startAt: 0 };
	const whole = readDuration(length.duration);
	const plan = await planFor(call, chosen, { ...songOptions, length }, { whole });
	return { slug: chosen.slug, model: chosen.model, measure: undefined, plan };
}

function checkSizes(
	call: Call,
	model: Model | undefined,
	{ steps, ...video }: VideoValues,
	frames: number,
): void {
	if (model === undefined) return;
	checkLimits((field) => call.label(field), model, { ...sizesOf(video, frames), steps });
}

export const estimatePrice = declareOperation({
	name: 'estimatePrice',
	displayName: 'Estimate Price',
	action: 'Estimate the price of a video',
	description: 'Ask what a video would cost, without generating it',
	request: { method: 'POST', url: urlExpression(priceEndpoint(AUDIO_TO_VIDEO_ENDPOINT)) },
	fields,
	lists: [videoModels],
	aliases: { audio: 'binaryPropertyName' },
	work: estimate,
});
