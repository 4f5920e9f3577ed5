import type { Block } from './block';
import { lengthOf, partOf, silence } from './block';

/** What a sound is made into, in samples. */
export interface Shape {
	/** How long it becomes: what is missing is silence, what is over is left out. */
	samples: number;
	/** So many at the end of what is heard get quieter, in a straight line, down to silence. */
	fadeOut: number;
	/** How many samples the sound has. */
	heard: number;
}

/** Silence is made in parts of so many samples. */
const PART = 8192;

/** Gives a sound its length and its end. */
export async function* shaped(
	blocks: AsyncIterable<Block>,
	channels: number,
	{ samples, fadeOut, heard }: Shape,
): AsyncGenerator<Block> {
	const end = Math.min(samples, heard);
	let place = 0;
	for await (const block of blocks) {
		const part = partOf(block, 0, samples - place);
		if (lengthOf(part) === 0) break;
		yield faded(part, end - place, Math.min(fadeOut, end));
		place += lengthOf(part);
	}
	for (; place < samples; place += PART) yield silence(channels, Math.min(PART, samples - place));
}

/** @param left samples from the block's start to the end of what is heard */
function faded(block: Block, left: number, fadeOut: number): Block {
	if (fadeOut <= 0 || left - lengthOf(block) >= fadeOut) return block;
	return block.map((row) =>
		row.map((value, at) => value * Math.max(0, Math.min(1, (left - at - 1) / fadeOut))),
	);
}
