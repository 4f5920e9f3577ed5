/** Sounds of which we play something else than ffmpeg does, and why. */

/** Where we know better than ffmpeg, or no worse. */
interface Difference {
	reason: string;
	/** Seconds that we give. */
	seconds?: number;
	/** Places of 50 ms, from the one up to the other, that need not be as loud. */
	places: [from: number, to: number];
}

const RESERVOIR =
	'What is heard of a frame beside junk, whose neighbour is lost, is up to the decoder';
const BROKEN = 'A damaged frame is silence; ffmpeg plays what it could decode of it';
const BEHIND =
	'ffmpeg loses the last frames of a FLAC that has another one behind it; we keep both whole';
const SEAM = 'Where two files meet, each decoder fades in its own way';

export const DIFFERENCES: { [name: string]: Difference } = {
	'damaged/flac-two-files.flac': { reason: BEHIND, seconds: 4.94, places: [40, 99] },
	'damaged/flac-two-files-8k-16k.flac': { reason: BEHIND, seconds: 4.94, places: [40, 99] },
	'damaged/flac-wrong-checksum.flac': { reason: BROKEN, places: [40, 44] },
	'damaged/flac-zeros-inside-frame.flac': { reason: BROKEN, places: [40, 44] },
	'damaged/mp3-22k-44k.mp3': { reason: SEAM, places: [122, 124] },
	'damaged/mp3-junk-inside.mp3': { reason: RESERVOIR, places: [101, 103] },
	'damaged/mp3-zeros-inside.mp3': { reason: RESERVOIR, places: [101, 103] },
	'damaged/mp3-stereo-mono.mp3': {
		reason: 'A part in mono is as loud as it was; ffmpeg takes 3 dB off to play it in stereo',
		places: [123, Infinity],
	},
	'lengths/mp3-cut.mp3': {
		reason: 'The last frame is cut off: we leave silence for what is missing of it',
		places: [30, 31],
	},
};
