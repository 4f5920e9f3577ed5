import type { INodeExecutionData } from 'n8n-workflow';
import { roundSeconds } from '../../basics/values';
import type { Call } from '../../engine/call';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { Values } from '../../prepare/checks/values';
import { prepareFiles } from '../../prepare/files';
import { wantedSound } from '../../prepare/media';
import { MP3 } from '../../files/kinds';
import { readStart } from '../../prepare/length';
import { pieceName, piecesOf, SONG } from '../../prepare/sound';
import { putIntoStorage } from '../../files/storage';
import { fieldName } from '../../result/options';
import { Account } from '../../service/account';
import { readScenes } from '../plan/scenes';
import { placeOf } from './clips';
import { notStored } from './joinFilm';
import { numberOf, planSong, readCutAt, stretchesOf, tempoFacts } from './songPlan';

/**
 * Cuts the sound of an item into the pieces that a film's clips would have: one item per piece. Nothing is
 * sent but the question for the model's limits.
 */
export async function splitSong(call: Call): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const validationErrors = new ValidationErrors((field) => call.label(field));
	const values = new Values(call.given, validationErrors);
	const wanted = values.model();
	const fps = values.whole('fps', 1);
	const options = new Values(call.options, validationErrors);
	const scenes = readScenes(options.optionalText('scenes') ?? '');
	const cutAt = readCutAt(options);
	const [sound] = await prepareFiles(call, [wantedSound(call, SONG)], validationErrors);
	validationErrors.throwIfAny();
	if (sound === undefined) throw new Error('A sound that was checked is missing');

	const length = { mode: 'matchAudio', startAt: readStart(call), duration: 0 } as const;
	const songOptions = { model: wanted, fps, length, scenes, cutAt };
	const { slug, measure, plan } = await planSong(call, account, sound, songOptions);
	const pieces = piecesOf(sound, measure, stretchesOf(plan));
	const field = fieldName(call.options.outputBinaryProperty);
	const items: INodeExecutionData[] = [];
	try {
		for (const clip of plan.clips) {
			const { content, seconds } = await pieces.piece(clip.clip - 1);
			const fileName = pieceName(sound, numberOf(clip.clip, plan));
			const naming = { fileName, mimeType: MP3.contentType };
			const file = await putIntoStorage(call.context, content, naming).catch((error: unknown) => {
				throw notStored(`piece ${clip.clip} of the sound`, error);
			});
			items.push({
				json: {
					clip: clip.clip,
					clips: plan.clips.length,
					...placeOf(clip),
					audio_seconds: roundSeconds(seconds),
					fps,
					model: slug,
					...tempoFacts(plan),
				},
				binary: { [field]: file },
				pairedItem: { item: call.item },
			});
		}
	} finally {
		await pieces.close();
	}
	return items;
}
