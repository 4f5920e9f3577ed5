/** What ffmpeg decodes of the sounds in test/fixtures, as scripts/make-fixtures.sh wrote it down. */
import { readFileSync } from 'node:fs';
import { fixture } from './workflows';

/** One sound, decoded. */
export interface Figures {
	/** Its samples, counted. */
	seconds: number;
	/** Samples a second, in its first frame; a part of another rate is resampled to it. */
	rate: number;
	/** Channels in its first frame; a part of another number is mixed to it. */
	channels: number;
	/** For each 50 ms, the RMS of the mean of all channels in dBFS, no less than -60. The last one may be shorter. */
	loudness: number[];
}

/** By the file's name in test/fixtures, such as `lengths/wav-rf64.wav`. */
export const FIGURES = JSON.parse(readFileSync(fixture('decoded.json'), 'utf8')) as {
	[name: string]: Figures;
};
