/** Reads a sound once, from its start to its end, and gives out parts of it as files of its kind. */
export interface PieceReader {
	/** Passes over what lies before the cut, in seconds of the sound. */
	skipTo(cut: number): Promise<void>;
	/**
	 * What lies between the place that was reached and the cut, as a file.
	 *
	 * @returns undefined where the sound has nothing there
	 */
	readTo(cut: number): Promise<Buffer | undefined>;
	close(): Promise<void>;
}
