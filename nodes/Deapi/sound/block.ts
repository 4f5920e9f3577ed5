/** Decoded sound: one row of samples a channel, all of the same length; 1 is as loud as can be. */
export type Block = Float32Array[];

/** Decoded sound as its file has it: rate and channels may change from one block to the next. */
export interface RawBlock {
	/** Samples a second. */
	rate: number;
	samples: Block;
	/** Which of more than two channels is which. */
	layout: Layout;
}

/** The order of channels: as in WAV and FLAC, or as in Vorbis (and Opus). */
export type Layout = 'wav' | 'vorbis';

/** How many samples a block has. */
export function lengthOf([first]: Block): number {
	return first?.length ?? 0;
}

/** A part of a block, without copying it. */
export function partOf(block: Block, from: number, to: number): Block {
	return block.map((channel) => channel.subarray(from, to));
}

/** Silence. */
export function silence(channels: number, samples: number): Block {
	return Array.from({ length: channels }, () => new Float32Array(samples));
}

/** So many samples of a block: what is missing is silence. */
export function fitted(block: Block, channels: number, samples: number): Block {
	if (block.length === channels && lengthOf(block) === samples) return block;
	const fitting = silence(channels, samples);
	for (const [index, channel] of fitting.entries()) {
		const source = block[Math.min(index, block.length - 1)];
		if (source) channel.set(source.subarray(0, samples));
	}
	return fitting;
}

/** Blocks one after another as one. */
export function joinBlocks(blocks: Block[], channels: number): Block {
	const joined = silence(
		channels,
		blocks.reduce((sum, block) => sum + lengthOf(block), 0),
	);
	let at = 0;
	for (const block of blocks) {
		for (const [index, row] of joined.entries()) row.set(block[index] ?? [], at);
		at += lengthOf(block);
	}
	return joined;
}
