import type { Sample, Track } from '../mp4/samples';

/** Pictures and sound of the same moment lie together in the file: so many packets of each, in turn. */
export interface Step {
	pictures: number;
	sound: number;
	/** Bytes of both. */
	size: number;
}

/** A track with its samples by the clip in whose place they lie. */
interface Part {
	track: Track;
	byClip: Sample[][];
}

/** How much of the film a step has, in seconds: players read as much ahead. */
const STEP_SECONDS = 0.5;

/** Lays out the media data, and notes in the tracks where their chunks lie. */
export function interleave(
	pictures: Part,
	sound: Part | undefined,
): { steps: Step[][]; dataBytes: number } {
	let dataBytes = 0;
	const steps = pictures.byClip.map((samples, clip) => {
		const sounds = sound?.byClip[clip] ?? [];
		const row: Step[] = [];
		let nextPicture = 0;
		let nextSound = 0;
		while (nextPicture < samples.length || nextSound < sounds.length) {
			const start = Math.min(
				secondsOf(pictures.track, samples[nextPicture]),
				sound ? secondsOf(sound.track, sounds[nextSound]) : Infinity,
			);
			const until = start + STEP_SECONDS;
			const shown = take(samples, nextPicture, pictures.track, until);
			const heard = sound ? take(sounds, nextSound, sound.track, until) : [];
			nextPicture += shown.length;
			nextSound += heard.length;
			const before = dataBytes;
			dataBytes = addChunk(pictures.track, shown, dataBytes);
			if (sound) dataBytes = addChunk(sound.track, heard, dataBytes);
			row.push({ pictures: shown.length, sound: heard.length, size: dataBytes - before });
		}
		return row;
	});
	return { steps, dataBytes };
}

function take(samples: Sample[], from: number, track: Track, until: number): Sample[] {
	let to = from;
	while (to < samples.length && secondsOf(track, samples[to]) < until) to++;
	return samples.slice(from, to);
}

function secondsOf({ timescale }: Track, sample: Sample | undefined): number {
	return sample ? sample.decode / timescale : Infinity;
}

/** @returns where the next chunk starts */
function addChunk(track: Track, samples: Sample[], offset: number): number {
	if (samples.length === 0) return offset;
	const size = samples.reduce((sum, sample) => sum + sample.size, 0);
	track.chunks.push({ samples: samples.length, size, offset });
	return offset + size;
}
