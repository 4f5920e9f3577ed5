import type {
	IBinaryData,
	IDataObject,
	IExecuteSingleFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import { shown } from '../basics/quote';
import { isObject, numberOf, textOf } from '../basics/values';
import { readHead } from './head';
import type { FileHead } from './kinds';
import { HEAD_BYTES } from './kinds';
import type { FileStream } from './storage';
import { openStored, storedSize } from './storage';

/** A file of an input item, wherever n8n keeps it. */
export interface InputFile {
	/** The size in bytes, as n8n knows it; what is sent is counted again. */
	size: number;
	fileName: string | undefined;
	/**
	 * The file's first bytes, and those behind its ID3 tags where it has some. Reads from the start each
	 * time.
	 */
	readHead(): Promise<FileHead>;
	/** The content, to be read once: a stream where the file lies outside memory. */
	open(): Promise<Buffer | FileStream>;
}

/** A file that an item has, or a value that describes one: checked, but not opened. */
export type BinaryFile = Pick<IBinaryData, 'data' | 'id' | 'fileName' | 'bytes'>;

/** What an item has in place of a file, as the end of "… holds …", and what to do about it. */
export interface NotAFile {
	holds: string;
	advice: string;
}

/** A file that n8n has stored, ready to be looked at and to be sent. */
export async function toInputFile(
	context: IExecuteSingleFunctions,
	binary: BinaryFile,
): Promise<InputFile> {
	const { id, fileName } = binary;
	if (!id) return inMemoryFile(binary);
	return {
		size: await sizeOf(context, binary),
		fileName,
		open: async () => await openStored(context, id, UPLOAD_CHUNK_BYTES),
		readHead: async () => await readHead(await openStored(context, id, HEAD_BYTES)),
	};
}

/** Smaller pieces slow an upload down, larger ones fill memory; measured with `npm run bench`. */
const UPLOAD_CHUNK_BYTES = 256 * 1024;

/** A file inside the item: decoded only where it is needed, as a thousand items may wait with theirs. */
function inMemoryFile({ data, fileName }: BinaryFile): InputFile {
	// Some nodes break lines in it; a part could then not be found by its place.
	const isBroken = /\s/.test(data);
	const text = () => (isBroken ? data.replace(/\s+/g, '') : data);
	return {
		size: Buffer.byteLength(text(), 'base64'),
		fileName,
		open: async () => await Promise.resolve(Buffer.from(data, 'base64')),
		readHead: async () => await readHead(decode(text())),
	};
}

/** Four characters of base64 are three bytes. */
const DECODED_CHARACTERS = (HEAD_BYTES / 4) * 4;

/** Decodes base64 part by part, as far as anybody reads. */
function* decode(text: string): Generator<Buffer, undefined> {
	for (let at = 0; at < text.length; at += DECODED_CHARACTERS) {
		yield Buffer.from(text.slice(at, at + DECODED_CHARACTERS), 'base64');
	}
	return undefined;
}

/** What n8n's storage knows is truer than `bytes`, which a Code node may have written. */
async function sizeOf(
	context: IExecuteSingleFunctions,
	{ id, bytes }: BinaryFile,
): Promise<number> {
	try {
		return await storedSize(context, id ?? '');
	} catch {
		// Gone: the upload says so, with the field's name.
		return bytes ?? 0;
	}
}

/**
 * The file that an item's binary field holds, or that an expression gives.
 *
 * A Code node may leave out everything but the content, and may put anything there.
 */
export function readBinary(value: unknown): BinaryFile | NotAFile {
	if (isBuffer(value)) return { holds: 'a Buffer instead of a file', advice: MAKE_A_FILE };
	if (!isObject(value)) return { holds: `${nameOf(value)} instead of a file`, advice: MAKE_A_FILE };
	const { data, id, fileName, bytes } = value;
	const facts = { fileName: textOf(fileName), bytes: numberOf(bytes) };
	// n8n's storage has it; what is in `data` then only says where.
	if (typeof id === 'string' && id !== '') return { ...facts, id, data: '' };
	if (isBuffer(data)) return { holds: 'a Buffer instead of base64 text', advice: MAKE_A_FILE };
	if (typeof data !== 'string') {
		const holds = data === undefined || data === null ? 'an object without content' : nameOf(data);
		return { holds: `${holds} instead of a file`, advice: MAKE_A_FILE };
	}
	return notBase64(data) ?? { ...facts, data };
}

const MAKE_A_FILE =
	"In a Code node, make the file with await this.helpers.prepareBinaryData(buffer, 'song.mp3'), or set its data to buffer.toString('base64').";

/** Why a text is not the content of a file; its start is enough. */
function notBase64(data: string): NotAFile | undefined {
	const start = data.slice(0, 4096).trim();
	if (/^data:[^,]*,/i.test(start)) {
		return {
			holds: 'a data URL instead of base64 text',
			advice:
				'Leave out its start, up to and including the comma: what follows is the base64 text.',
		};
	}
	if (/^https?:/i.test(start)) {
		return {
			holds: 'a web address instead of base64 text',
			advice: 'Fetch the file with an HTTP Request node before this one.',
		};
	}
	if (/^[\w+/=\s-]*$/.test(start)) return undefined;
	return { holds: 'text that is not base64', advice: MAKE_A_FILE };
}

/** A Buffer or a typed array, also as JSON has it: a Code node runs in a process of its own. */
export function isBuffer(value: unknown): boolean {
	if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
	return isObject(value) && value.type === 'Buffer' && Array.isArray(value.data);
}

/** What a value is that is no file, in a word. */
function nameOf(value: unknown): string {
	if (value === null) return 'nothing';
	return typeof value === 'string' ? 'text' : shown(value);
}

/** Whether a value that an expression gives brings its content along, or says where n8n has it. */
export function isBinary(value: unknown): value is IDataObject {
	return isObject(value) && typeof value.mimeType === 'string' && hasContent(value);
}

function hasContent({ data, id }: IDataObject): boolean {
	return typeof data === 'string' || isBuffer(data) || (typeof id === 'string' && id !== '');
}

/** Where a workflow keeps files inside its JSON, n8n puts them here: users know their own names only. */
const FILES_IN_JSON = '_files';

/**
 * What an item's binary fields hold, by name, also where a workflow keeps files inside its JSON. Only there:
 * in any other workflow a JSON field that looks like a file may name somebody else's.
 */
export function filesOf(
	context: IExecuteSingleFunctions,
	{ binary, json }: INodeExecutionData,
): Map<string, unknown> {
	const own = Object.entries(isObject(binary) ? binary : {}).filter(([, it]) => it !== undefined);
	if (!keepsFilesInJson(context)) return new Map<string, unknown>(own);
	const groups: unknown[] = [json[FILES_IN_JSON], json];
	const inJson = groups.flatMap((group) =>
		Object.entries(isObject(group) ? group : {}).filter(([, value]) => isBinary(value)),
	);
	return new Map<string, unknown>([...inJson, ...own]);
}

/**
 * What an item holds under a name; where a workflow keeps files inside its JSON also under a path such as
 * `_files.song`, as n8n's own nodes read it there.
 */
export function fileNamed(
	context: IExecuteSingleFunctions,
	item: INodeExecutionData,
	name: string,
): unknown {
	const files = filesOf(context, item);
	if (files.has(name) || !keepsFilesInJson(context)) return files.get(name);
	let value: unknown = item.json;
	for (const step of name.split(/[.[\]]+/).filter((each) => each !== '')) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
			return undefined;
		value = Object.entries(value).find(([each]) => each === step)?.[1];
	}
	return isBinary(value) ? value : undefined;
}

/** n8n's combined mode, a setting of the workflow. */
function keepsFilesInJson(context: IExecuteSingleFunctions): boolean {
	// Engines before the mode do not tell the settings.
	return context.getWorkflowSettings?.().binaryMode === 'combined';
}
