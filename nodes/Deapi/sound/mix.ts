import type { Block, Layout } from './block';

/** How loud a channel is in the left one of two, and in the right one. */
type Share = [left: number, right: number];

const LEFT: Share = [1, 0];
const RIGHT: Share = [0, 1];
/** In both: 3 dB less. */
const CENTER: Share = [Math.SQRT1_2, Math.SQRT1_2];
const LEFT_BEHIND: Share = [Math.SQRT1_2, 0];
const RIGHT_BEHIND: Share = [0, Math.SQRT1_2];
/** Low effects are left out of two channels, as players leave them out. */
const EFFECTS: Share = [0, 0];

/** By number of channels. Source: Microsoft's order of WAV, which FLAC has too (RFC 9639, section 9.1.3). */
const WAV: { [channels: number]: Share[] } = {
	3: [LEFT, RIGHT, CENTER],
	4: [LEFT, RIGHT, LEFT_BEHIND, RIGHT_BEHIND],
	5: [LEFT, RIGHT, CENTER, LEFT_BEHIND, RIGHT_BEHIND],
	6: [LEFT, RIGHT, CENTER, EFFECTS, LEFT_BEHIND, RIGHT_BEHIND],
	7: [LEFT, RIGHT, CENTER, EFFECTS, CENTER, LEFT_BEHIND, RIGHT_BEHIND],
	8: [LEFT, RIGHT, CENTER, EFFECTS, LEFT_BEHIND, RIGHT_BEHIND, LEFT_BEHIND, RIGHT_BEHIND],
};

/** Source: Vorbis I, section 4.3.9; Opus has the same (RFC 7845, section 5.1.1.2). */
const VORBIS: { [channels: number]: Share[] } = {
	3: [LEFT, CENTER, RIGHT],
	4: [LEFT, RIGHT, LEFT_BEHIND, RIGHT_BEHIND],
	5: [LEFT, CENTER, RIGHT, LEFT_BEHIND, RIGHT_BEHIND],
	6: [LEFT, CENTER, RIGHT, LEFT_BEHIND, RIGHT_BEHIND, EFFECTS],
	7: [LEFT, CENTER, RIGHT, LEFT_BEHIND, RIGHT_BEHIND, CENTER, EFFECTS],
	8: [LEFT, CENTER, RIGHT, LEFT_BEHIND, RIGHT_BEHIND, LEFT_BEHIND, RIGHT_BEHIND, EFFECTS],
};

/**
 * Brings a block to one or two channels.
 *
 * @param channels 1 or 2
 */
export function mixTo(channels: number, block: Block, layout: Layout): Block {
	if (block.length === channels) return block;
	const [first = new Float32Array(0)] = block;
	// As loud as it is by itself.
	if (block.length === 1) return Array.from({ length: channels }, () => first);
	const pair = block.length === 2 ? block : toPair(block, layout);
	return channels === 2 ? pair : [sumOf(pair, [0.5, 0.5])];
}

function toPair(block: Block, layout: Layout): Block {
	// More than eight have no order that everybody knows: all of them are heard in the middle.
	const shares = (layout === 'wav' ? WAV : VORBIS)[block.length] ?? block.map((): Share => [1, 1]);
	return [0, 1].map((side) => {
		const row = shares.map((share) => share[side] ?? 0);
		const whole = row.reduce((sum, each) => sum + each, 0);
		return sumOf(
			block,
			row.map((each) => each / whole),
		);
	});
}

function sumOf(block: Block, shares: number[]): Float32Array {
	const sum = new Float32Array(block[0]?.length ?? 0);
	for (const [index, channel] of block.entries()) {
		const share = shares[index] ?? 0;
		if (share === 0) continue;
		for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + share * (channel[at] ?? 0);
	}
	return sum;
}
