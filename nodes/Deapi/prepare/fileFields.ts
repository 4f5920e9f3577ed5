/**
 * Fields of the panel that name files: the one place that knows what their values mean. An expression may
 * give anything; each value is a file, or is refused with its name. None is passed over, since what a file
 * is wanted for may be paid.
 */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { quote, shown } from '../basics/quote';
import { isObject, listOf, textOf } from '../basics/values';
import type { Call } from '../engine/call';
import type { InputFile } from '../files/binary';
import { fileNamed, filesOf, isBinary, isBuffer, readBinary, toInputFile } from '../files/binary';
import type { ValidationError } from './checks/validationErrors';

/** How many of an item's fields a message lists. */
const LISTED = 20;

/** A file that was found, and how messages call it. */
export interface FoundFile {
	file: InputFile;
	subject: string;
}

/** Why a field brings no file. */
export interface NoFile extends ValidationError {
	/** Whether the item only lacks the file: another one may have it. */
	isMissing?: true;
}

/** The item whose file is meant, where it is not the current one, and what messages say of it. */
export interface FileOwner {
	item: INodeExecutionData;
	/** At the start of a sentence, e.g. `Item 3`. */
	name: string;
	/** At the start of a sentence that names them, e.g. `Its files`, or `Its file` where there is one. */
	files: string;
	file: string;
	/** What to do where it carries no files at all. */
	noFiles: string;
}

/** Whether an option that names a file is set. What comes out empty asks for none. */
export function isSet(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}

/** The values of a field that takes several files: a list, or names separated by commas. */
export function fileValues(value: unknown): unknown[] {
	if (typeof value === 'string') {
		return value.split(',').flatMap((name) => (name.trim() === '' ? [] : [name]));
	}
	if (!isSet(value)) return [];
	const values = Array.isArray(value) ? value : isGroup(value) ? Object.values(value) : [value];
	return values.filter((each) => each !== '');
}

/**
 * Finds the file that a field asks for: by the name of a binary field, or given by an expression such as
 * `{{ $binary.data }}`.
 *
 * @param parameter the field's name
 * @param value what is there
 * @param owner the item that has the file, without it the current one
 */
export async function findFile(
	call: Call,
	parameter: string,
	value: unknown,
	owner: FileOwner = currentItem(call),
): Promise<FoundFile | NoFile> {
	const label = call.label(parameter);
	const choice = choose(call, label, value, owner);
	if ('message' in choice) return { field: parameter, ...choice };
	const { name, found } = choice;
	const named = name === undefined ? undefined : `'${quote(name, 100)}' (${label})`;
	const binary = readBinary(found);
	if (!('holds' in binary)) {
		const file = await toInputFile(call.context, binary);
		return { file, subject: `The file in ${named ?? label}` };
	}
	const place = named === undefined ? label : `The binary field ${named}`;
	const message = `${place} holds ${binary.holds}`;
	return { field: parameter, message, description: binary.advice };
}

function currentItem({ context }: Call): FileOwner {
	return {
		item: context.getInputData(),
		name: 'The item',
		files: "This item's files",
		file: "This item's file",
		noFiles:
			'This item has no files. Add a node before this one that gives the file, such as Read/Write Files from Disk, Google Drive or HTTP Request.',
	};
}

/** What a field's value means among the files of an item, before anybody looks at what it is. */
function choose(
	call: Call,
	label: string,
	value: unknown,
	owner: FileOwner,
): { name?: string; found: unknown } | (Omit<ValidationError, 'field'> & { isMissing?: true }) {
	const files = filesOf(call.context, owner.item);
	const names = [...files.keys()];
	const existing =
		names.length === 0
			? owner.noFiles
			: names.length === 1
				? `${owner.file} is in ${namesOf(names)}. Enter that name in ${label}.`
				: `${owner.files} are in ${namesOf(names)}. Enter the right one in ${label}.`;
	const missing = (message: string) => ({
		message,
		description: existing,
		isMissing: true as const,
	});

	const values = Array.isArray(value) || isGroup(value) ? fileValues(value) : [value];
	if (values.length > 1) {
		const description = 'It takes one. Enter the name of one binary field.';
		return { message: `${label} names ${values.length} files`, description };
	}
	const [only = Array.isArray(value) ? value : undefined] = values;
	const name = toName(only);
	if (name !== undefined) {
		const found = fileNamed(call.context, owner.item, name);
		if (found !== undefined) return { name, found };
		if (name.includes(OBJECT_AS_TEXT)) {
			const description =
				'That happens if there is other text beside the file. Enter one expression that gives the file, or a list of files, and nothing else.';
			return { message: `${label} holds a file that has become text`, description };
		}
		return missing(`${owner.name} has no binary field '${quote(name, 100)}' (${label})`);
	}
	// A whole file inside the value is the user's own; a reference may be to anybody's.
	if (isBuffer(only) || (isBinary(only) && !only.id)) return { found: only };
	const isEmpty = !isSet(only) || typeof only === 'string';
	const describes = isObject(only) && Object.keys(only).length > 0;
	const matches = describes ? matching(files, only) : [];
	const [match, ...others] = matches;
	if (match === undefined && (isEmpty || describes)) {
		return missing(`${label} names no binary field of the item`);
	}
	if (match === undefined) {
		const description = `Enter the name of a binary field, or an expression that gives its file. ${existing}`;
		return { message: `${label} is ${wordsFor(only)}, which names no file`, description };
	}
	if (others.length > 0) {
		const description = `Those in ${namesOf(matches.map(([each]) => each))} look the same. Enter the name of one.`;
		return { message: `${label} matches several files of the item`, description };
	}
	return { name: match[0], found: match[1] };
}

/** What JavaScript makes of an object inside a text. */
const OBJECT_AS_TEXT = '[object Object]';

/** A binary field's name; it may be a number. */
function toName(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	return textOf(value)?.trim();
}

/** n8n's `$binary` gives files without their content: the item has those that it describes. */
function matching(
	files: Map<string, unknown>,
	description: IDataObject,
): Array<[name: string, found: IDataObject]> {
	const facts = Object.entries(description).filter(([, value]) => value !== undefined);
	const matches = [...files].flatMap(([name, file]): Array<[string, IDataObject]> =>
		isObject(file) && facts.every(([fact, value]) => file[fact] === value) ? [[name, file]] : [],
	);
	const [first] = matches;
	const areOne = matches.every(
		([, { data, id }]) => data === first?.[1].data && id === first?.[1].id,
	);
	return areOne ? matches.slice(0, 1) : matches;
}

/** Whether a value is files by name, as the whole of `$binary` is. */
function isGroup(value: unknown): value is IDataObject {
	if (!isObject(value) || isBuffer(value)) return false;
	const files = Object.values(value);
	return files.length > 0 && files.every((file) => isObject(file) && 'mimeType' in file);
}

function wordsFor(value: unknown): string {
	if (Array.isArray(value) && value.length === 0) return 'an empty list';
	return isObject(value) ? 'an empty object' : shown(value);
}

function namesOf(names: string[]): string {
	return listOf(names.slice(0, LISTED).map((each) => `'${quote(each, 100)}'`));
}
