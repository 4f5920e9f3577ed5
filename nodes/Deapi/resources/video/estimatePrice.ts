import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { declareOperation } from '../../engine/operation';
import { priceOfClips } from '../../film/production/filmPrice';
import { planSong, SONG } from '../../film/production/songPlan';
import { Complaints } from '../../prepare/checks/complaints';
import { checkLimits } from '../../prepare/checks/limits';
import { Values } from '../../prepare/checks/values';
import type { FilePart } from '../../prepare/files';
import { prepareFiles } from '../../prepare/files';
import type { LengthChoice } from '../../prepare/length';
import { chooseFrames, readLengthChoice, toMilliseconds, wantsFilm } from '../../prepare/length';
import { SOUND, wantedSound } from '../../prepare/media';
import type { VideoValues } from '../../prepare/video';
import { AUDIO_TO_VIDEO_ENDPOINT, readVideoValues, sizesOf, videoModel } from '../../prepare/video';
import { pricedValues } from '../../prepare/videoRequest';
import { Account } from '../../service/account';
import type { Model } from '../../service/models';
import { askPrice } from '../../service/price';
import { optionsField } from '../fields/job';
import { soundFields } from '../fields/sound';
import {
	fpsField,
	lengthFields,
	sizeFields,
	stepsOption,
	videoModelField,
	videoModels,
} from '../fields/video';

const fields: INodeProperties[] = [
	...lengthFields('seconds'),
	...soundFields('MP3, WAV, OGG or FLAC, up to 20 MB').map((field) => ({
		...field,
		displayOptions: { show: { lengthMode: ['matchAudio'], ...field.displayOptions?.show } },
	})),
	...sizeFields,
	videoModelField,
	fpsField,
	optionsField([stepsOption]),
];

/** What a video with these values would cost. */
async function estimate(call: Call): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const complaints = new Complaints((field) => call.label(field));
	const length = readLengthChoice(call);
	const values = readVideoValues(call, complaints);
	const entered =
		length.mode === 'frames' ? new Values(call.given, complaints).whole('frames', 1) : 0;
	const isFilm = wantsFilm(length);
	const wanted = length.mode === 'matchAudio' ? [wantedSound(call, isFilm ? SONG : SOUND)] : [];
	const [sound] = await prepareFiles(call, wanted, complaints);
	complaints.throwIfAny();

	const estimated =
		isFilm && sound
			? await estimateFilm(call, account, values, sound)
			: await estimateVideo(call, account, values, { length, entered, sound });
	return [{ json: { ...estimated, currency: 'USD' }, pairedItem: { item: call.item } }];
}

async function estimateVideo(
	call: Call,
	account: Account,
	{ steps, ...video }: VideoValues,
	{ length, entered, sound }: { length: LengthChoice; entered: number; sound?: FilePart },
): Promise<IDataObject> {
	const model = await videoModel(call, account, video.model);
	const { frames, facts } = await chooseFrames(length, { fps: video.fps, entered }, model, sound);
	checkSizes(call, model, { ...video, steps }, frames);
	const body = pricedValues({ video, steps }, frames);
	const data = await askPrice(call, account, AUDIO_TO_VIDEO_ENDPOINT, body);
	return { ...data, ...body, ...facts, price: data.price };
}

/** The price of all clips; how many there are, is part of the answer where there are several. */
async function estimateFilm(
	call: Call,
	account: Account,
	{ steps, ...video }: VideoValues,
	sound: FilePart,
): Promise<IDataObject> {
	const { model, seconds, plan } = await planSong(call, account, sound, video);
	for (const { frames } of plan.clips) checkSizes(call, model, { ...video, steps }, frames);
	const price = await priceOfClips(call, account, { video, steps }, plan.clips);
	return {
		price,
		...(plan.clips.length > 1 ? { clips: plan.clips.length } : {}),
		...pricedValues({ video, steps }, plan.frames),
		audio_seconds: toMilliseconds(seconds),
		video_seconds: toMilliseconds(plan.frames / plan.fps),
	};
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
	fields,
	lists: [videoModels],
	aliases: { audio: 'binaryPropertyName' },
	work: estimate,
});
