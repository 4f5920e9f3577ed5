import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { declareOperation } from '../../engine/operation';
import { Complaints } from '../../prepare/checks/complaints';
import { prepareFiles } from '../../prepare/files';
import { chooseFrames, readLengthChoice } from '../../prepare/length';
import { checkLimits } from '../../prepare/checks/limits';
import { wantedSound } from '../../prepare/media';
import { Values } from '../../prepare/checks/values';
import { AUDIO_TO_VIDEO_ENDPOINT, readVideoValues, sizesOf, videoModel } from '../../prepare/video';
import { Account } from '../../service/account';
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
	const { steps, ...video } = readVideoValues(call, complaints);
	const entered =
		length.mode === 'frames' ? new Values(call.given, complaints).whole('frames', 1) : 0;
	const wanted = length.mode === 'matchAudio' ? [wantedSound(call)] : [];
	const [sound] = await prepareFiles(call, wanted, complaints);
	complaints.throwIfAny();

	const model = await videoModel(call, account, video.model);
	const { frames, facts } = await chooseFrames(length, { fps: video.fps, entered }, model, sound);
	if (model) {
		const label = (field: string) => call.label(field);
		checkLimits(label, model, { ...sizesOf(video, frames), steps });
	}
	const body = { ...video, frames, ...(steps === undefined ? {} : { steps }) };
	const data = await askPrice(call, account, AUDIO_TO_VIDEO_ENDPOINT, body);
	return [
		{
			json: { ...data, ...body, ...facts, price: data.price, currency: 'USD' },
			pairedItem: { item: call.item },
		},
	];
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
