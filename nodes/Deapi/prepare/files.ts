import { Gate } from '../basics/gate';
import { sizeText } from '../basics/values';
import type { Call } from '../engine/call';
import { CANCELED } from '../engine/failure';
import type { NodeRun } from '../engine/run';
import { PerRun } from '../engine/run';
import type { InputFile } from '../files/binary';
import type { MediaType } from '../files/kinds';
import { beginsAsItIs, describeLooks, isArchive, kindOf, textKindOf } from '../files/kinds';
import type { PictureSize } from '../files/pictureSize';
import { pictureSizeOf } from '../files/pictureSize';
import { fetchInputFile } from '../files/url';
import type { ValidationError, ValidationErrors } from './checks/validationErrors';
import { noText } from './checks/values';
import type { FoundFile } from './fileFields';
import { findFile } from './fileFields';

export const MB = 1024 * 1024;

/** A file on its way into a request, checked before. */
export interface FilePart {
	/** deAPI's name of the field. */
	name: string;
	file: InputFile;
	type: MediaType;
	/** How messages call it. */
	subject: string;
	/** An MP3 or OGG whose sound begins behind something else: others may not take it for what it is. */
	hasJunkInFront?: boolean;
	/** Of a picture whose rule limits its sides; undefined where its bytes do not tell. */
	pictureSize?: PictureSize | undefined;
	/** The file that it is a part of, where it is made only when it is sent. */
	cutFrom?: Pick<FilePart, 'file'>;
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
	/** Pixels: the shortest and the longest side of a picture. */
	sides?: { min: number; max: number };
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
 * @param validationErrors takes what is wrong with them
 */
export async function prepareFiles(
	call: Call,
	wanted: WantedFile[],
	validationErrors: ValidationErrors,
): Promise<FilePart[]> {
	const parts: FilePart[] = [];
	for (const { rule, source } of wanted) {
		call.comesFrom(rule.name, source.parameter);
		const found =
			'url' in source
				? await fetchFile(call, rule, source.parameter, source.url)
				: await findFile(call, source.parameter, source.field);
		const part = 'file' in found ? await checkFile(call, found, rule, source.parameter) : found;
		if ('file' in part) parts.push(part);
		else validationErrors.push(part);
	}
	return parts;
}

async function fetchFile(
	call: Call,
	{ limit }: FileRule,
	parameter: string,
	url: unknown,
): Promise<FoundFile | ValidationError> {
	const label = call.label(parameter);
	const text = typeof url === 'string' ? url.trim() : '';
	if (text === '') {
		const description = 'Enter the address of the file, such as https://example.com/song.mp3.';
		return { field: parameter, message: `${label} ${noText(url)}`, description };
	}
	const file = await fetchInputFile(call, text, limit);
	if ('size' in file) return { file, subject: `The file at ${label}` };
	return { field: parameter, message: `${label} ${file.reason}`, description: file.advice };
}

/**
 * Files that are looked into at the same time: n8n starts the checks of a thousand items at once. A gate
 * for each run: where the storage does not answer, the items of others must not wait.
 */
const lookingInto = new PerRun(() => new Gate({ all: 4 }));

/**
 * Looks into a file of a run when it is its turn.
 *
 * @param work reads the file, from its start or to its end
 */
export async function lookInto<T>(run: NodeRun, work: () => Promise<T>): Promise<T> {
	return await lookingInto.of(run).pass(work);
}

/**
 * Checks a file against what deAPI takes.
 *
 * @param field the parameter that it is wanted for
 * @returns the part of a request, or what is wrong with it
 */
export async function checkFile(
	call: Call,
	{ file, subject }: FoundFile,
	{ name, kinds, kindsText, limit, limitOf, sides, advice }: FileRule,
	field: string,
): Promise<FilePart | ValidationError> {
	const tooLarge = (most: number): ValidationError => ({
		field,
		message: `${subject} is ${sizeText(file.size)}`,
		description: `deAPI takes up to ${sizeText(most)}. ${advice.tooLarge}`,
	});
	if (file.size > limit) return tooLarge(limit);
	const content = await lookInto(call.run, async () => await readHead(call, file));
	if (content === undefined && call.isCanceled) throw CANCELED;
	if (content?.head.length === 0) {
		const description = 'Check where the file comes from: the transfer may have gone wrong.';
		return { field, message: `${subject} is empty`, description };
	}
	if (content === undefined || file.size === 0) return goneFile({ name: field, subject });
	const type = kindOf(content);
	if (type !== undefined && kinds.includes(type)) {
		const most = limitOf?.(type) ?? limit;
		if (file.size > most) return tooLarge(most);
		const hasJunkInFront = !beginsAsItIs(content.head, type);
		const part: FilePart = { name, file, type, subject, hasJunkInFront };
		return sides === undefined ? part : await checkSides(call, part, sides, content.head, field);
	}
	const looksLike = describeLooks(content);
	// What is text cannot be converted: it is another file, or the node before has saved a server's message.
	const isText = type === undefined && textKindOf(content.head) !== undefined;
	const remedy = isText
		? "If another node downloaded it, that node may have saved a server's message instead of the file: open its output and look at the file."
		: isArchive(content)
			? 'Unpack it first, e.g. with the Compression node.'
			: advice.wrongKind;
	return {
		field,
		message: `${subject} is not ${kindsText}`,
		description: `${looksLike ? `It looks like ${looksLike}. ` : ''}deAPI goes by the content, not by the file name. ${remedy}`,
	};
}

/** Finds out how large a picture is, and whether deAPI takes it. */
async function checkSides(
	call: Call,
	part: FilePart,
	sides: { min: number; max: number },
	head: Buffer,
	field: string,
): Promise<FilePart | ValidationError> {
	const { file, type, subject } = part;
	try {
		const look = async () => await pictureSizeOf(file, type, head);
		const pictureSize = await lookInto(call.run, look);
		const { width, height } = pictureSize ?? { width: sides.min, height: sides.min };
		const isTaken = [width, height].every((side) => side >= sides.min && side <= sides.max);
		if (isTaken) return { ...part, pictureSize };
		return {
			field,
			message: `${subject} is ${width} × ${height} pixels`,
			description: `deAPI takes pictures of ${sides.min} to ${sides.max} pixels on each side. Use another size.`,
		};
	} catch {
		if (call.isCanceled) throw CANCELED;
		return goneFile({ name: field, subject });
	}
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
export function goneFile(part: Pick<FilePart, 'name' | 'subject'>): ValidationError {
	return {
		field: part.name,
		message: `${part.subject} can no longer be read`,
		description:
			"n8n's file storage no longer has it, or does not give it out. Run the node that gives the file again.",
	};
}
