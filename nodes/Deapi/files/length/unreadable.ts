import { Failure } from '../../engine/failure';

/**
 * The length of a sound could not be found: the file is damaged, cut off, or could not be opened.
 *
 * @param cause what lies behind it, where it was thrown by somebody else
 */
export function unreadable(cause?: unknown): Failure {
	return new Failure(
		{
			message: 'The length of the sound could not be read',
			description: 'The file may be damaged or cut off. Save the sound again as MP3.',
			submitted: 'no',
		},
		cause === undefined ? undefined : { cause },
	);
}

/**
 * The sound is whole, but in a codec whose length is not read here.
 *
 * @param container as people call it, such as `WAV`
 * @param codec as people call it, such as `IMA ADPCM`
 */
export function unsupportedCodec(container: string, codec: string): Failure {
	return new Failure({
		message: `The sound is ${container} with ${codec}, whose length cannot be read`,
		description: `Save the sound again as MP3${container === 'WAV' ? ' or as WAV with PCM' : ''}.`,
		submitted: 'no',
	});
}
