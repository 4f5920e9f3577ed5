import type { IBinaryData } from 'n8n-workflow';
import { toReadable } from '../../basics/toReadable';
import type { FileContext } from '../../engine/call';
import { Failure } from '../../engine/failure';
import { asFailure } from '../../engine/nodeErrors';
import type { InputFile } from '../../files/binary';
import { putIntoStorage, StorageFault } from '../../files/storage';
import type { FilmFacts } from '../join/joinClips';
import { joinClips } from '../join/joinClips';
import type { Soundtrack } from '../join/soundtrack';
import { holdsTables } from '../mp4/front';
import { Scratch } from '../scratch';

/** What a film is joined of, and what it is called. */
export interface JoinRequest {
	clips: Array<{
		file: InputFile;
		/** Frames of its place in the film; without it the clip's own length. */
		frames?: number | undefined;
		/** How many frames it was to have, where that is not what its place has. */
		asked?: number | undefined;
		/** How messages call it, at the start of a sentence. */
		label: string;
		/** The job that made it, where that is known. */
		requestId?: string | undefined;
	}>;
	/** Frames per second; without it the rate of the first clip. */
	fps?: number | undefined;
	soundtrack: Soundtrack;
	fileName: string;
}

/**
 * Joins clips and puts the film into n8n's file storage. Clips are read one at a time, and the film is
 * written as a stream.
 *
 * @throws {Failure} where they cannot be one film
 */
export async function joinFilm(
	context: FileContext,
	{ clips, fps, soundtrack, fileName }: JoinRequest,
): Promise<{ file: IBinaryData; facts: FilmFacts }> {
	const scratch = new Scratch();
	const film = await joinClips({
		clips: clips.map(({ file, label, ...place }) => ({
			...place,
			label,
			content: async (part) => await readInto(scratch, file, part, label),
		})),
		fps,
		soundtrack,
	});
	try {
		const stream = toReadable(film.content());
		const naming = { fileName, mimeType: 'video/mp4' };
		const file = await putIntoStorage(context, stream, naming);
		return { file, facts: film.facts };
	} catch (error) {
		throw unstored(error);
	}
}

/**
 * A clip in one piece: it has a few megabytes. Where it lies in memory it is taken as it is.
 *
 * @throws {Failure} where the storage does not hand it out
 */
export async function readInto(
	scratch: Scratch,
	file: InputFile,
	part: 'tables' | 'all',
	label: string,
): Promise<Buffer> {
	const isEnough = part === 'tables' ? holdsTables : () => false;
	try {
		const content = await file.open();
		return Buffer.isBuffer(content) ? content : await scratch.fill(content, file.size, isEnough);
	} catch (error) {
		throw (await isGone(file)) ? gone(label, error) : notRead(label, error);
	}
}

/** Whether not even the first bytes of a file can be had. */
async function isGone(file: InputFile): Promise<boolean> {
	try {
		await file.readHead();
		return false;
	} catch {
		return true;
	}
}

function gone(label: string, cause: unknown): Failure {
	return new Failure(
		{
			message: `${label} can no longer be read`,
			description:
				"n8n's file storage no longer has its file, or does not give it out. Run the node that gives the file again.",
		},
		{ cause },
	);
}

function notRead(label: string, cause: unknown): Failure {
	return new Failure(
		{
			message: `${label} could not be read to its end`,
			description: "The transfer from n8n's file storage broke off. Run the node again.",
		},
		{ cause },
	);
}

/** Says that n8n's storage did not take a file. */
export function notStored(what: string, cause: unknown): Failure {
	if (!(cause instanceof StorageFault)) return asFailure(cause);
	return new Failure(
		{
			message: `n8n could not store ${what}`,
			description: "Its file storage did not accept it; the reason is in n8n's log.",
		},
		{ cause },
	);
}

function unstored(cause: unknown) {
	const failure = notStored('the film', cause);
	return failure.with({ description: `${failure.facts.description} The film was not stored.` });
}
