import type { INodeExecutionData } from 'n8n-workflow';
import type { Call } from '../../engine/call';
import { Complaints } from '../../prepare/checks/complaints';
import { Values } from '../../prepare/checks/values';
import { prepareFiles } from '../../prepare/files';
import { wantedSound } from '../../prepare/media';
import { putIntoStorage } from '../../files/storage';
import { fieldName } from '../../result/options';
import { Account } from '../../service/account';
import { SoundCutter } from '../cut/soundCutter';
import { readScenes } from '../plan/scenes';
import { notStored } from './joinFilm';
import { cutsOf, planSong, SONG } from './songPlan';

/**
 * Cuts the sound of an item into the pieces that a film's clips would have: an item a piece. Nothing is
 * sent but the question for the model's limits.
 */
export async function splitSong(call: Call): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const complaints = new Complaints((field) => call.label(field));
	const values = new Values(call.given, complaints);
	const slug = values.text('model', 'Choose a model from the list, or enter a slug.');
	const fps = values.whole('fps', 1);
	const options = new Values(call.options, complaints);
	const scenes = readScenes(options.optionalText('scenes') ?? '');
	const [sound] = await prepareFiles(call, [wantedSound(call, SONG)], complaints);
	complaints.throwIfAny();
	if (sound === undefined) throw new Error('A sound that was checked is missing');

	const { plan } = await planSong(call, account, sound, { model: slug, fps, scenes });
	const cutter = new SoundCutter(
		{ ...sound.file, subject: sound.subject },
		sound.type,
		cutsOf(plan),
	);
	const field = fieldName(call.options.outputBinaryProperty);
	const items: INodeExecutionData[] = [];
	try {
		for (const { clip, start_seconds, seconds, frames, scene } of plan.clips) {
			const { content, fileName, contentType } = await cutter.piece(clip - 1);
			const naming = { fileName, mimeType: contentType };
			const file = await putIntoStorage(call.context, content, naming).catch((error: unknown) => {
				throw notStored(`piece ${clip} of the sound`, error);
			});
			items.push({
				json: {
					clip,
					clips: plan.clips.length,
					start_seconds,
					audio_seconds: seconds,
					frames,
					fps,
					...(scene === undefined || scene === '' ? {} : { scene }),
				},
				binary: { [field]: file },
				pairedItem: { item: call.item },
			});
		}
	} finally {
		await cutter.close();
	}
	return items;
}
