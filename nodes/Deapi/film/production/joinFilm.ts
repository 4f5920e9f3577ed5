import type { IBinaryData } from 'n8n-workflow';
import { toReadable } from '../../basics/toReadable';
import type { FileContext } from '../../engine/call';
import { asFailure } from '../../engine/nodeErrors';
import type { InputFile } from '../../files/binary';
import type { FilmFacts } from '../join/joinClips';
import { joinClips } from '../join/joinClips';
import type { Soundtrack } from '../join/soundtrack';
import { holdsTables } from '../mp4/front';
import { Scratch } from '../scratch';
import { partsOf } from '../sound';

/** What a film is joined of, and what it is called. */
export interface JoinRequest {
	clips: Array<{
		file: InputFile;
		/** Frames of its place in the film; without it the clip's own length. */
		frames?: number | undefined;
		/** How messages call it, at the start of a sentence. */
		label: string;
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
		clips: clips.map(({ file, frames, label }) => ({
			frames,
			label,
			content: async (part) => await readInto(scratch, file, part),
		})),
		fps,
		soundtrack,
	});
	try {
		const stream = toReadable(film.content());
		const file = await context.helpers.prepareBinaryData(stream, fileName, 'video/mp4');
		return { file, facts: film.facts };
	} catch (error) {
		throw unstored(error);
	}
}

/** A clip in one piece: it has a few megabytes. Where it lies in memory it is taken as it is. */
async function readInto(
	scratch: Scratch,
	file: InputFile,
	part: 'tables' | 'all',
): Promise<Buffer> {
	const content = await file.open();
	if (Buffer.isBuffer(content)) return content;
	const isEnough = part === 'tables' ? holdsTables : () => false;
	return await scratch.fill(partsOf(content), file.size, isEnough);
}

function unstored(cause: unknown) {
	const failure = asFailure(cause);
	return failure.with({ description: `${failure.facts.description} The film was not stored.` });
}
