import { Gate } from '../basics/gate';
import { quote } from '../basics/quote';
import { listOf, sizeText } from '../basics/values';
import type { Call } from '../engine/call';
import type { NodeRun } from '../engine/run';
import type { InputFile } from '../files/binary';
import { findInputFile } from '../files/binary';
import type { MediaType } from '../files/kinds';
import { describeLooks, kindOf, textKindOf } from '../files/kinds';
import { fetchInputFile } from '../files/url';
import { CANCELED } from '../service/answers';
import type { Complaint, Complaints } from './checks/complaints';

export const MB = 1024 * 1024;

/** How many of an item's fields a message lists. */
const LISTED = 20;

/** A file on its way into a request, checked before. */
export interface FilePart {
	/** deAPI's name of the field. */
	name: string;
	file: InputFile;
	type: MediaType;
	/** How messages call it. */
	subject: string;
	/** Whoever looks into it goes through here. */
	gate: Gate;
}

/** What deAPI takes in one of its file fields. */
export interface FileRule {
	/** deAPI's name of the field. */
	name: string;
	/** The kinds that it takes. */
	kinds: readonly MediaType[];
	/** The same in words, e.g. `an MP3, WAV, OGG or FLAC file`. */
	kindsText: string;
	/** Bytes. */
	limit: number;
	/** Bytes for one of the kinds, where some may have less. */
	limitOf?(kind: MediaType): number;
	/** What to do with a file that is too large, and with one of another kind. */
	advice: { tooLarge: string; wrongKind: string };
}

/** A file that the user wants to send: from the binary field, or the URL, that a parameter names. */
export interface WantedFile {
	rule: FileRule;
	source: { parameter: string; field: unknown } | { parameter: string; url: unknown };
}

/**
 * Finds the files that the parameters ask for, and checks them.
 *
 * @param complaints takes what is wrong with them
 */
export async function prepareFiles(
	call: Call,
	wanted: WantedFile[],
	complaints: Complaints,
): Promise<FilePart[]> {
	const parts: FilePart[] = [];
	for (const { rule, source } of wanted) {
		const found =
			'url' in source
				? await fetchFile(call, rule, source.parameter, source.url)
				: await findFile(call, source.parameter, source.field);
		const part = 'file' in found ? await checkFile(call, found, rule, source.parameter) : found;
		if ('file' in part) parts.push(part);
		else complaints.push(part);
	}
	return parts;
}

/** A file that was found, and how messages call it. */
interface FoundFile {
	file: InputFile;
	subject: string;
}

async function findFile(
	call: Call,
	parameter: string,
	field: unknown,
): Promise<FoundFile | Complaint> {
	const label = call.label(parameter);
	const named =
		typeof field === 'string' && field.trim() !== '' ? `'${quote(field, 100)}'` : undefined;
	const file = await findInputFile(call.context, field);
	if (!('existing' in file)) {
		return { file, subject: named ? `The file in ${named} (${label})` : `The file in ${label}` };
	}
	const description =
		file.existing.length === 0
			? 'This item carries no files. Put a node before this one that gives the file, such as Read/Write Files from Disk, Google Drive or HTTP Request.'
			: `This item's files are in ${listOf(file.existing.slice(0, LISTED).map((each) => `'${quote(each, 100)}'`))}. Enter the right one in ${label}.`;
	const message = named
		? `The item has no binary field ${named} (${label})`
		: `${label} names no binary field of the item`;
	return { field: parameter, message, description };
}

async function fetchFile(
	call: Call,
	{ limit }: FileRule,
	parameter: string,
	url: unknown,
): Promise<FoundFile | Complaint> {
	const label = call.label(parameter);
	const text = typeof url === 'string' ? url.trim() : '';
	if (text === '') {
		const description = 'Enter the address of the file, such as https://example.com/song.mp3.';
		return { field: parameter, message: `${label} is empty`, description };
	}
	const file = await fetchInputFile(call, text, limit);
	if ('size' in file) return { file, subject: `The file at ${label}` };
	return { field: parameter, message: `${label} ${file.reason}`, description: file.advice };
}

/**
 * Files that are looked into at the same time: n8n starts the checks of a thousand items at once. A gate
 * for each run: where the storage does not answer, the items of others must not wait.
 */
const WIDTH = { all: 4 };
const gates = new WeakMap<NodeRun, Gate>();

function gateOf(run: NodeRun): Gate {
	const gate = gates.get(run) ?? new Gate(WIDTH);
	gates.set(run, gate);
	return gate;
}

async function checkFile(
	call: Call,
	{ file, subject }: FoundFile,
	{ name, kinds, kindsText, limit, limitOf, advice }: FileRule,
	field: string,
): Promise<FilePart | Complaint> {
	const tooLarge = (most: number): Complaint => ({
		field,
		message: `${subject} has ${sizeText(file.size)}`,
		description: `deAPI takes up to ${sizeText(most)} there. ${advice.tooLarge}`,
	});
	if (file.size > limit) return tooLarge(limit);
	const gate = gateOf(call.run);
	const content = await gate.pass(async () => await readHead(call, file));
	if (content === undefined && call.isCanceled) throw CANCELED;
	if (content?.head.length === 0) {
		const description = 'Check where the file comes from: the transfer may have gone wrong.';
		return { field, message: `${subject} is empty`, description };
	}
	if (content === undefined || file.size === 0) return goneFile({ name: field, subject });
	const type = kindOf(content);
	if (type !== undefined && kinds.includes(type)) {
		const most = limitOf?.(type) ?? limit;
		return file.size > most ? tooLarge(most) : { name, file, type, subject, gate };
	}
	const looksLike = describeLooks(content);
	// What is text cannot be converted: the node before has saved something else than the file.
	const isText = type === undefined && textKindOf(content.head) !== undefined;
	const remedy = isText
		? 'Perhaps the node before saved a message of a server instead of the file; view its file.'
		: advice.wrongKind;
	return {
		field,
		message: `${subject} is not ${kindsText}`,
		description: `${looksLike ? `It looks like ${looksLike}. ` : ''}deAPI looks at the content, not at the name. ${remedy}`,
	};
}

async function readHead(call: Call, file: InputFile) {
	try {
		// Another item has stopped the node while this one waited for its turn.
		if (call.signal.aborted) return undefined;
		return await file.readHead();
	} catch {
		return undefined;
	}
}

/** n8n deletes files of old executions; its own message says nothing that a user knows. */
export function goneFile(part: Pick<FilePart, 'name' | 'subject'>): Complaint {
	return {
		field: part.name,
		message: `${part.subject} can no longer be read`,
		description:
			"n8n's file storage does not have it any more, or does not hand it out. Run the node that gives the file again.",
	};
}
