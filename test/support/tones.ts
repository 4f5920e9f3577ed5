/** Tones, and what is left of them. */

/** A sine of so many samples. */
export function tone(
	pitch: number,
	samples: number,
	rate: number,
	loudness = 0.5,
): Float32Array<ArrayBuffer> {
	const step = (2 * Math.PI * pitch) / rate;
	return Float32Array.from({ length: samples }, (_, at) => loudness * Math.sin(step * at));
}

/** A tone inside of a sound. */
export interface FoundTone {
	/** Its amplitude. */
	loudness: number;
	/** Where in its circle it begins, in radians; 0 for a sine. */
	phase: number;
}

/** Finds a tone of a known pitch in all samples, under a window that keeps other tones out. */
export function toneIn(samples: Float32Array, pitch: number, rate: number): FoundTone {
	let [sine, cosine, total] = [0, 0, 0];
	for (const [at, sample] of samples.entries()) {
		const part = (2 * Math.PI * (at + 0.5)) / samples.length;
		// Blackman and Harris: 92 dB.
		const weight =
			0.35875 -
			0.48829 * Math.cos(part) +
			0.14128 * Math.cos(2 * part) -
			0.01168 * Math.cos(3 * part);
		const angle = (2 * Math.PI * pitch * at) / rate;
		sine += weight * sample * Math.sin(angle);
		cosine += weight * sample * Math.cos(angle);
		total += weight;
	}
	return {
		loudness: (2 * Math.hypot(sine, cosine)) / total,
		phase: Math.atan2(cosine, sine),
	};
}

/** In decibels; 0 is the same. */
export function decibels(loudness: number, before: number): number {
	return 20 * Math.log10(loudness / before);
}
