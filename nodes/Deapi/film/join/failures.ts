import { Failure } from '../../engine/failure';

const TAKEN = 'Clips are MP4 files with H.264 pictures; sound in them is AAC.';

/** What to say about a clip that cannot be part of a film; the clips themselves stay as they are. */
export function cannotJoin(
	label: string,
	reason: string,
	{
		advice = `${TAKEN} Convert it, or leave it out.`,
		cause,
	}: { advice?: string; cause?: unknown } = {},
): Failure {
	return new Failure(
		{
			message: `${label} cannot be joined: ${reason}`,
			description: `${advice} The clips themselves are not changed.`,
		},
		{ cause },
	);
}

/** What to say about an MP4 film that cannot have the sound that was chosen. */
export function cannotHaveSoundtrack(message: string, description: string): Failure {
	return new Failure({ message, description });
}
