import { Failure } from '../../engine/failure';

const TAKEN = 'Clips are MP4 files with H.264 pictures; sound in them is AAC.';

/** A clip as messages call it. */
interface Named {
	/** At the start of a sentence. */
	label: string;
	/** The job that made it, where that is known. */
	requestId?: string | undefined;
}

/** How one clip of a film is made again. */
const MADE_AGAIN =
	"To have only this clip made again, run the workflow in a new execution with the details' clips in 'Existing Clips', and without this clip's request_id there. That is a new paid job. n8n's Retry would take the same clip again.";

/**
 * What to say about a clip that cannot be part of a film; the clips themselves stay as they are.
 *
 * @param clip one with a job can be made again, and its file cannot be changed in the same node
 * @param options the advice for a clip without a job, or whatever it is
 */
export function cannotJoin(
	{ label, requestId }: Named,
	reason: string,
	{
		advice = `${TAKEN} Convert it, or remove it.`,
		always,
		cause,
	}: { advice?: string; always?: string; cause?: unknown } = {},
): Failure {
	const job = requestId === undefined ? '' : ` (request ID ${requestId})`;
	return new Failure(
		{
			message: `${label}${job} cannot be joined: ${reason}`,
			description: `${always ?? (requestId === undefined ? advice : MADE_AGAIN)} The clips themselves are not changed.`,
		},
		{ cause },
	);
}

/** What to say about an MP4 film that cannot have the sound that was chosen. */
export function cannotHaveSoundtrack(message: string, description: string): Failure {
	return new Failure({ message, description });
}

/** What to say about a clip of another length than was asked for. */
export function notAsAsked(clip: Named, received: number, asked: number): Failure {
	const made = `${received} ${received === 1 ? 'frame' : 'frames'}`;
	return cannotJoin(clip, `it has ${made}, and ${asked} were asked for`);
}
