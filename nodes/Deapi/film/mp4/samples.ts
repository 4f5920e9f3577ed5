/** A packet's place in a track of the film. */
export interface Sample {
	/** Bytes. */
	size: number;
	/** When it is decoded, in the track's ticks. */
	decode: number;
	/** How much later it is shown, in the track's ticks; below 0 for what is shown before its turn. */
	delay: number;
	isKey: boolean;
}

/** So many packets of a track that lie one behind the other in the file. */
export interface Chunk {
	samples: number;
	/** Bytes. */
	size: number;
	/** Where it starts, in bytes behind the start of the media data. */
	offset: number;
}

/** What the film's head says about a track. */
export interface Track {
	/** Ticks per second. */
	timescale: number;
	samples: Sample[];
	chunks: Chunk[];
	/** Where the last sample ends, in ticks. */
	end: number;
	/**
	 * Ticks at the track's start that come out of its decoder before the film starts. It takes an edit list to
	 * say so, which some networks refuse: only a sound that stays as it is has any.
	 */
	skipped?: number;
	/** How its packets are encoded: the entry of the track's table. */
	entry: Buffer;
	/** Undefined for sound. */
	picture?: { width: number; height: number; rotation: number };
}
