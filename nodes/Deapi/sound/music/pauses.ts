import { LEVELS_A_SECOND } from './bands';
import type { Levels } from './levels';
import { STEP } from './levels';

/** A part of a sound, in seconds from its start. */
export interface Stretch {
	from: number;
	to: number;
}

/** Shorter ones are heard as parts of a word, in frames. */
const SHORTEST = 20;
/** What is a rest lies so far below what is loud before and behind it: this part of the sound's range, in decibels. */
const SHARE = 0.7;
const LEAST_DROP = 15;
const MOST_DROP = 40;
/** How far before and behind is listened for what is loud, in blocks, and how many frames a block has. */
const REACH = 20;
const BLOCK = 25;

/** Where a voice rests, or an instrument that plays alone; a quiet part of a song is none. */
export function* pausesOf({ frames, whole, loud, quiet }: Levels): Generator<void, Stretch[]> {
	const drop = Math.min(MOST_DROP, Math.max(LEAST_DROP, SHARE * (loud - quiet)));
	const blocks = yield* loudestOf(whole);
	const pauses: Stretch[] = [];
	let from: number | undefined;
	for (let frame = 0; frame <= frames; frame++) {
		const block = Math.floor(frame / BLOCK);
		const around = Math.min(most(blocks, block - REACH, block), most(blocks, block, block + REACH));
		const rests = frame < frames && (whole[frame] ?? 0) < Math.max(around, loud - MOST_DROP) - drop;
		if (rests) from ??= frame;
		else if (from !== undefined) {
			if (frame - from >= SHORTEST) {
				pauses.push({ from: from / LEVELS_A_SECOND, to: frame / LEVELS_A_SECOND });
			}
			from = undefined;
		}
		if (frame % STEP === 0) yield;
	}
	return pauses;
}

/** The loudest frame of each block. */
function* loudestOf(whole: Float32Array): Generator<void, Float32Array> {
	const blocks = new Float32Array(Math.ceil(whole.length / BLOCK)).fill(-Infinity);
	for (const [frame, level] of whole.entries()) {
		const block = Math.floor(frame / BLOCK);
		blocks[block] = Math.max(blocks[block] ?? level, level);
		if (frame % STEP === 0) yield;
	}
	return blocks;
}

function most(blocks: Float32Array, from: number, to: number): number {
	let loudest = -Infinity;
	for (let block = Math.max(0, from); block <= to && block < blocks.length; block++) {
		loudest = Math.max(loudest, blocks[block] ?? 0);
	}
	return loudest;
}
