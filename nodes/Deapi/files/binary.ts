import type { IBinaryData, IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';
import { isObject } from '../basics/values';
import type { FileHead } from './kinds';
import { HEAD_BYTES } from './kinds';
import { id3TagSize } from './mp3Frames';
import type { FileStream } from './storage';
import { openStored, storedSize } from './storage';

/** A file of an input item, wherever n8n keeps it. */
export interface InputFile {
	/** The size in bytes, as n8n knows it; what is sent is counted again. */
	size: number;
	fileName: string | undefined;
	/**
	 * The file's first bytes, and those behind an ID3 tag where it has one. Reads from the start each
	 * time; at most the tag and a few kilobytes go through memory.
	 */
	readHead(): Promise<FileHead>;
	/** The content, to be read once: a stream where the file lies outside memory. */
	open(): Promise<Buffer | FileStream>;
}

/** The binary field that was named does not exist; `existing` are those that do. */
export interface MissingFile {
	existing: string[];
}

/**
 * Finds a binary field of the current item. The field may be named, or given as the file itself by
 * an expression such as `{{ $binary.data }}`.
 *
 * @param field the parameter's value
 */
export async function findInputFile(
	context: IExecuteSingleFunctions,
	field: unknown,
): Promise<InputFile | MissingFile> {
	const binary = findBinary(context, field);
	if (binary === undefined) return { existing: filesOf(context).map(([name]) => name) };
	return await toInputFile(context, binary);
}

/** A file that n8n has stored, ready to be looked at and to be sent. */
export async function toInputFile(
	context: IExecuteSingleFunctions,
	binary: IBinaryData,
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
function inMemoryFile({ data, fileName }: IBinaryData): InputFile {
	// Some nodes break lines in it; a part could then not be found by its place.
	const isBroken = /\s/.test(data);
	const text = () => (isBroken ? data.replace(/\s+/g, '') : data);
	const decode = (from: number, to: number) => {
		const start = Math.floor(from / 3);
		const bytes = Buffer.from(text().slice(start * 4, Math.ceil(to / 3) * 4), 'base64');
		return bytes.subarray(from - start * 3, to - start * 3);
	};
	return {
		size: Buffer.byteLength(text(), 'base64'),
		fileName,
		open: async () => await Promise.resolve(Buffer.from(data, 'base64')),
		readHead: async () => {
			const head = decode(0, HEAD_BYTES);
			const tag = id3TagSize(head);
			const afterTag = tag > 0 ? decode(tag, tag + HEAD_BYTES) : undefined;
			return await Promise.resolve({ head, afterTag });
		},
	};
}

/** What n8n's storage knows is truer than `bytes`, which a Code node may have written. */
async function sizeOf(
	context: IExecuteSingleFunctions,
	{ id, bytes }: IBinaryData,
): Promise<number> {
	try {
		return await storedSize(context, id ?? '');
	} catch {
		// Gone: the upload says so, with the field's name.
		return bytes ?? 0;
	}
}

function findBinary(context: IExecuteSingleFunctions, field: unknown): IBinaryData | undefined {
	if (isObject(field)) {
		// A whole file inside the value is the user's own; a reference may be to anybody's.
		return isBinary(field) && !field.id ? field : findDescribed(context, field);
	}
	if (typeof field !== 'string' || field.trim() === '') return undefined;
	const name = field.trim();
	try {
		const binary: unknown = context.helpers.assertBinaryData(name);
		// A Code node may leave out everything but the content.
		return isObject(binary) && hasContent(binary) ? (binary as unknown as IBinaryData) : undefined;
	} catch {
		// n8n's own message does not say which fields there are; ours does.
		return filesOf(context).find(([each]) => each === name)?.[1];
	}
}

/** n8n's `$binary` gives a file without its content: the item has the one that it describes. */
function findDescribed(
	context: IExecuteSingleFunctions,
	description: IDataObject,
): IBinaryData | undefined {
	const facts = Object.entries(description);
	if (facts.length === 0) return undefined;
	return filesOf(context).find(([, binary]) =>
		facts.every(([name, value]) => binary[name as keyof IBinaryData] === value),
	)?.[1];
}

function isBinary(value: unknown): value is IBinaryData {
	return isObject(value) && typeof value.mimeType === 'string' && hasContent(value);
}

function hasContent({ data, id }: IDataObject): boolean {
	return typeof data === 'string' || (typeof id === 'string' && id !== '');
}

/** Where a workflow keeps files inside its JSON, n8n puts them here: users know their own names only. */
const FILES_IN_JSON = '_files';

/**
 * The current item's files by name, also where a workflow keeps them inside its JSON. Only there: in any
 * other workflow a JSON field that looks like a file may name somebody else's.
 */
function filesOf(context: IExecuteSingleFunctions): Array<[name: string, file: IBinaryData]> {
	const { binary, json } = context.getInputData();
	const own = Object.entries(binary ?? {});
	if (!keepsFilesInJson(context)) return own;
	const inJson = [json, json?.[FILES_IN_JSON]].flatMap((group) =>
		Object.entries(isObject(group) ? group : {}).flatMap(([name, value]) =>
			isBinary(value) ? [[name, value] as [string, IBinaryData]] : [],
		),
	);
	return [...own, ...inJson];
}

/** n8n's combined mode, a setting of the workflow. */
function keepsFilesInJson(context: IExecuteSingleFunctions): boolean {
	// Engines before the mode do not tell the settings.
	return context.getWorkflowSettings?.().binaryMode === 'combined';
}

async function readHead(content: FileStream): Promise<FileHead> {
	let head = Buffer.alloc(0);
	let afterTag = Buffer.alloc(0);
	let tag = 0;
	let position = 0;
	// Leaving the loop closes the stream.
	for await (const part of content as AsyncIterable<Buffer>) {
		if (head.length < HEAD_BYTES) {
			head = Buffer.concat([head, part.subarray(0, HEAD_BYTES - head.length)]);
			tag = id3TagSize(head);
		}
		if (tag > 0 && position + part.length > tag) {
			const from = Math.max(0, tag - position);
			afterTag = Buffer.concat([afterTag, part.subarray(from)]).subarray(0, HEAD_BYTES);
		}
		position += part.length;
		const needed = tag > 0 ? tag + HEAD_BYTES : HEAD_BYTES;
		if (position >= needed) break;
	}
	return tag > 0 ? { head, afterTag } : { head };
}
