import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';
import { isOneOf, listOf, numberOf, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import type { InputFile } from '../../files/binary';
import { toInputFile } from '../../files/binary';
import { kindOf } from '../../files/kinds';
import { goneFile } from '../../prepare/files';
import { SOUND } from '../../prepare/media';
import { fieldName } from '../../result/options';
import type { Soundtrack } from '../join/soundtrack';
import { joinFilm } from './joinFilm';

const SOUNDTRACKS = ['clips', 'binary', 'none'] as const;

/**
 * Joins the clips of all items into one film. n8n runs an operation once for each item: the first one
 * does the work for all, the others give nothing.
 */
export async function joinItems(call: Call): Promise<INodeExecutionData[]> {
	if (call.item !== 0) return [];
	const items = itemsOf(call);
	const field = textOf(call.parameter('binaryPropertyName', 'data'))?.trim() ?? 'data';
	const clips = await Promise.all(
		inOrder(items).map(async ({ item, index }) => ({
			file: await clipOf(call, item, index, field),
			label: `The clip of item ${index}`,
		})),
	);
	const soundtrack = await readSoundtrack(call, items);
	const { file, facts } = await joinFilm(call.context, {
		clips,
		soundtrack,
		fileName: 'film.mp4',
	});
	const { frames, fps, width, height, video_seconds } = facts;
	return [
		{
			json: { clips: clips.length, frames, fps, width, height, video_seconds },
			binary: { [fieldName(call.options.outputBinaryProperty)]: file },
			pairedItem: items.map((_item, item) => ({ item })),
		},
	];
}

function itemsOf(call: Call): INodeExecutionData[] {
	return call.context.getExecuteData().data.main?.[0] ?? [call.context.getInputData()];
}

/** By the items' field `clip` where all have one, else as they come. */
function inOrder(items: INodeExecutionData[]) {
	const numbered = items.map((item, index) => ({ item, index, clip: numberOf(item.json.clip) }));
	const hasNumbers = numbered.every(({ clip }) => clip !== undefined);
	return hasNumbers ? numbered.sort((a, b) => (a.clip ?? 0) - (b.clip ?? 0)) : numbered;
}

async function clipOf(
	call: Call,
	item: INodeExecutionData,
	index: number,
	field: string,
): Promise<InputFile> {
	const binary = fileOf(item, field);
	if (binary !== undefined) return await toInputFile(call.context, binary);
	const fields = Object.keys(item.binary ?? {}).map((name) => `'${name}'`);
	throw new Failure({
		message: `Item ${index} has no binary field '${field}' (${call.label('binaryPropertyName')})`,
		description:
			fields.length === 0
				? 'It carries no files. Every item needs a clip: take items without one out before this node.'
				: `Its files are in ${listOf(fields)}. Enter the right one in ${call.label('binaryPropertyName')}.`,
		item: index,
	});
}

/** An item's own file; nothing that an item of another prototype has. */
function fileOf({ binary }: INodeExecutionData, field: string): IBinaryData | undefined {
	return binary !== undefined && Object.hasOwn(binary, field) ? binary[field] : undefined;
}

async function readSoundtrack(call: Call, items: INodeExecutionData[]): Promise<Soundtrack> {
	const choice = call.options.soundtrack ?? 'clips';
	const kind = isOneOf(SOUNDTRACKS, choice) ? choice : 'clips';
	if (kind !== 'binary') return { kind };
	const field = fieldName(call.options.soundtrackBinaryProperty ?? 'song');
	const binary = items.map((item) => fileOf(item, field)).find((file) => file !== undefined);
	if (binary === undefined) {
		throw new Failure({
			message: `No item has a binary field '${field}' (${call.label('soundtrackBinaryProperty')})`,
			description:
				"Enter the field that holds the song, or set 'Soundtrack' to 'Clips' Own'. The song may be in any of the items, e.g. by a Merge node.",
		});
	}
	const sound = await toInputFile(call.context, binary);
	const subject = `The file in '${field}' (${call.label('soundtrackBinaryProperty')})`;
	const head = await sound.readHead().catch((error: unknown) => {
		throw new Failure(goneFile({ name: 'soundtrackBinaryProperty', subject }), { cause: error });
	});
	const type = kindOf(head);
	if (type === undefined || !SOUND.kinds.includes(type)) {
		throw new Failure({
			message: `The file in '${field}' (${call.label('soundtrackBinaryProperty')}) is not a sound`,
			description: 'Use an MP3 file.',
		});
	}
	return { kind: 'original', sound: { ...sound, subject }, type };
}
