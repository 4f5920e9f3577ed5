import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { quote } from '../../basics/quote';
import { isObject, numberOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { Failure } from '../../engine/failure';
import type { InputFile } from '../../files/binary';
import { describeLooks, kindOf, MP3 } from '../../files/kinds';
import { ValidationErrors } from '../../prepare/checks/validationErrors';
import { Values } from '../../prepare/checks/values';
import type { FileOwner, FoundFile } from '../../prepare/fileFields';
import { findFile } from '../../prepare/fileFields';
import { goneFile } from '../../prepare/files';
import { SOUND } from '../../prepare/media';
import { openableOf } from '../../prepare/sound';
import { fieldName } from '../../result/options';
import { measureSound } from '../../sound/measure';
import { cannotHaveSoundtrack } from '../join/failures';
import type { FilmFacts } from '../join/joinClips';
import type { Soundtrack } from '../join/soundtrack';
import { readFadeOut } from '../join/fadeOut';
import { joinFilm } from './joinFilm';
import type { OrderedItem } from './order';
import { inOrder } from './order';

const SOUNDTRACKS = ['clips', 'binary', 'binaryOriginal', 'none'] as const;

/**
 * Joins the clips of all items into one film. n8n runs an operation once for each item: the first one
 * does the work for all, the others give nothing.
 */
export async function joinItems(call: Call): Promise<INodeExecutionData[]> {
	if (call.item !== 0) return [];
	const items = itemsOf(call);
	const order = inOrder(items);
	const field = call.parameter('binaryPropertyName', 'data');
	const { binaryPropertyName: saved } = call.context.getNode().parameters;
	const fields = valuesFor(call, items, saved, field);
	const isPlanned = order.every(({ item }) => placeOf(item) !== undefined);
	const clips = await Promise.all(
		order.map(async ({ item, index }) => ({
			file: await clipOf(call, item, index, fields[index]),
			label: `The clip of item ${index}`,
			...(isPlanned ? placeOf(item) : {}),
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
			json: {
				...{ clips: clips.length, frames, fps, width, height, video_seconds },
				...soundFacts(order, soundtrack, facts),
			},
			binary: { [fieldName(call.options.outputBinaryProperty)]: file },
			pairedItem: items.map((_item, item) => ({ item })),
		},
	];
}

/**
 * A clip's place in a film that was planned, as the items of 'Split Into Clips' and the clips of films say it: the
 * model may have been asked for some frames more than are shown.
 */
function placeOf({ json }: INodeExecutionData): { frames: number; asked: number } | undefined {
	const frames = numberOf(json.frames);
	if (frames === undefined || frames < 1 || typeof json.cut !== 'string') return undefined;
	return { frames, asked: numberOf(json.frames_asked) ?? frames };
}

/** What of the clips' own sound is not heard as it came. */
function soundFacts(
	order: OrderedItem[],
	{ kind }: Soundtrack,
	{ soundLeftOut, hasSound }: FilmFacts,
): IDataObject {
	if (kind !== 'clips') return {};
	const longer = order.flatMap(({ index: item }, place) => {
		const seconds = soundLeftOut[place] ?? 0;
		return seconds > 0 ? [{ item, seconds }] : [];
	});
	const silent = order.flatMap(({ index }, place) => (hasSound[place] === true ? [] : [index]));
	return {
		...(longer.length === 0 ? {} : { sound_left_out: longer }),
		...(silent.length === 0 ? {} : { items_without_sound: silent }),
	};
}

function itemsOf(call: Call): INodeExecutionData[] {
	return call.context.getExecuteData().data.main?.[0] ?? [call.context.getInputData()];
}

async function clipOf(
	call: Call,
	item: INodeExecutionData,
	index: number,
	field: unknown,
): Promise<InputFile> {
	const found = await findFile(call, 'binaryPropertyName', field, {
		...ownerOf(item, index),
		noFiles:
			'It has no files. Every item needs a clip: filter out items without one before this node.',
	});
	if ('file' in found) return found.file;
	throw new Failure({ ...found, item: index });
}

function ownerOf(item: INodeExecutionData, index: number): FileOwner {
	return { item, name: `Item ${index}`, files: 'Its files', file: 'Its file', noFiles: '' };
}

/**
 * What is in a field for each item: an expression such as `{{ $binary.data }}` gives another file for
 * each, and n8n resolves a parameter for the current item only.
 *
 * @param saved the parameter as the workflow has it
 * @param resolved its value for the current item
 */
function valuesFor(
	{ context }: Call,
	items: INodeExecutionData[],
	saved: unknown,
	resolved: unknown,
): unknown[] {
	const isExpression = typeof saved === 'string' && saved.startsWith('=');
	return items.map((_item, index) =>
		isExpression ? context.evaluateExpression(saved.slice(1), index) : resolved,
	);
}

const SONG_FIELD = 'soundtrackBinaryProperty';

async function readSoundtrack(call: Call, items: INodeExecutionData[]): Promise<Soundtrack> {
	const validationErrors = new ValidationErrors((field) => call.label(field));
	const options = new Values(call.options, validationErrors);
	const kind = options.oneOf('soundtrack', SOUNDTRACKS, 'clips');
	const fadeOut = readFadeOut(options, validationErrors);
	validationErrors.throwIfAny();
	if (kind === 'clips' || kind === 'none') return { kind };
	const { file, subject } = await findSong(call, items);
	const head = await file.readHead().catch((error: unknown) => {
		throw new Failure(goneFile({ name: SONG_FIELD, subject }), { cause: error });
	});
	const type = kindOf(head);
	if (type === undefined || !SOUND.kinds.includes(type)) {
		const looksLike = describeLooks(head);
		throw new Failure({
			message: `${subject} is not a sound`,
			description: `${looksLike ? `It looks like ${looksLike}. ` : ''}Use an MP3, WAV, OGG or FLAC file.`,
		});
	}
	const sound = openableOf({ file, type, subject });
	if (kind === 'binary') {
		// Read to its end first: where it fades out depends on its length.
		const measure = await measureSound(sound);
		return { kind: 'aac', heard: { sound, measure, from: 0, fadeOut } };
	}
	if (type !== MP3) {
		throw cannotHaveSoundtrack(
			`An MP4 film cannot contain ${type.name} sound as it is`,
			"Set 'Soundtrack' to 'Binary Field, Plays Everywhere', or use the sound as MP3.",
		);
	}
	return { kind: 'original', song: { ...sound, from: 0 } };
}

/** The song of the first item that has it. */
async function findSong(call: Call, items: INodeExecutionData[]): Promise<FoundFile> {
	const options: unknown = call.context.getNode().parameters.options;
	const saved = isObject(options) ? options[SONG_FIELD] : undefined;
	const resolved = SONG_FIELD in call.options ? call.options[SONG_FIELD] : 'song';
	const values = valuesFor(call, items, saved, resolved);
	for (const [index, item] of items.entries()) {
		const found = await findFile(call, SONG_FIELD, values[index], ownerOf(item, index));
		if ('file' in found) return found;
		if (!found.isMissing) throw new Failure({ ...found, item: index });
	}
	const label = call.label(SONG_FIELD);
	const [value] = values;
	throw new Failure({
		message:
			typeof value === 'string' && value.trim() !== ''
				? `No item has a binary field '${quote(value.trim(), 100)}' (${label})`
				: `${label} names no binary field of any item`,
		description:
			"Enter the field that holds the song, or set 'Soundtrack' to 'Clips' Own'. The song may be in any of the items, e.g. added by a Merge node.",
	});
}
