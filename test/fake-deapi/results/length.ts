/**
 * How long a sound is: asked of reference sounds only.
 */

/**
 * @param bytes a whole file
 * @returns its length in seconds, null where it does not tell
 */
export async function lengthOf(bytes: Buffer): Promise<number | null> {
	// Loaded when it is needed: most tests never ask.
	const { ALL_FORMATS, BufferSource, Input } = await import('mediabunny');
	const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
	try {
		return await input.computeDuration();
	} catch {
		return null;
	} finally {
		input.dispose();
	}
}
