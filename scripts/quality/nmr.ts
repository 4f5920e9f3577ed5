/**
 * How much of an encoder's noise can be heard: the noise-to-mask ratio of ITU-R BS.1387 (PEAQ, basic
 * version), for one channel at 48 kHz or 44.1 kHz.
 */

const FRAME = 2048;
const STEP = FRAME / 2;
/** Bands of a quarter Bark, as in the basic version. */
const BAND_BARK = 0.25;
const LOWEST_HZ = 80;
const HIGHEST_HZ = 18_000;
/** Frames quieter than this are nobody's measure: digital silence has no mask. */
const QUIET = 1e-9;

const bark = (hz: number) => 7 * Math.asinh(hz / 650);
const hertz = (z: number) => 650 * Math.sinh(z / 7);

/** What the outer and middle ear pass, in dB (BS.1387, 2.1.4). */
function earDecibels(hz: number): number {
	const khz = hz / 1000;
	return -0.6 * 3.64 * khz ** -0.8 + 6.5 * Math.exp(-0.6 * (khz - 3.3) ** 2) - 0.001 * khz ** 3.6;
}

interface Bands {
	/** For each FFT bin its band and weight; -1 outside. */
	bandOf: Int16Array;
	ear: Float64Array;
	count: number;
	/** Amount by which noise has to be below the excitation in each band, as a factor. */
	offset: Float64Array;
	centres: Float64Array;
}

function bandsFor(rate: number): Bands {
	const low = bark(LOWEST_HZ);
	const count = Math.ceil((bark(HIGHEST_HZ) - low) / BAND_BARK);
	const bins = FRAME / 2 + 1;
	const bandOf = new Int16Array(bins).fill(-1);
	const ear = new Float64Array(bins);
	for (let bin = 1; bin < bins; bin++) {
		const hz = (bin * rate) / FRAME;
		const band = Math.floor((bark(hz) - low) / BAND_BARK);
		if (band >= 0 && band < count) bandOf[bin] = band;
		ear[bin] = 10 ** (earDecibels(hz) / 10);
	}
	const offset = new Float64Array(count);
	const centres = new Float64Array(count);
	for (let band = 0; band < count; band++) {
		const z = (band + 0.5) * BAND_BARK;
		offset[band] = 10 ** (-(z <= 12 ? 3 : 0.25 * z) / 10);
		centres[band] = hertz(low + z);
	}
	return { bandOf, ear, count, offset, centres };
}

/** Radix 2, in place. */
function fft(re: Float64Array, im: Float64Array): void {
	const size = re.length;
	for (let i = 1, j = 0; i < size; i++) {
		let bit = size >> 1;
		for (; j & bit; bit >>= 1) j ^= bit;
		j ^= bit;
		if (i < j) {
			[re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
			[im[i], im[j]] = [im[j] ?? 0, im[i] ?? 0];
		}
	}
	for (let length = 2; length <= size; length <<= 1) {
		const angle = (-2 * Math.PI) / length;
		for (let k = 0; k < length / 2; k++) {
			const [c, s] = [Math.cos(angle * k), Math.sin(angle * k)];
			for (let i = k; i < size; i += length) {
				const j = i + length / 2;
				const [a, b] = [re[j] ?? 0, im[j] ?? 0];
				const [x, y] = [a * c - b * s, a * s + b * c];
				re[j] = (re[i] ?? 0) - x;
				im[j] = (im[i] ?? 0) - y;
				re[i] = (re[i] ?? 0) + x;
				im[i] = (im[i] ?? 0) + y;
			}
		}
	}
}

const WINDOW = Float64Array.from(
	{ length: FRAME },
	(_, at) => Math.sqrt(8 / 3) * 0.5 * (1 - Math.cos((2 * Math.PI * at) / (FRAME - 1))),
);

function magnitudes(samples: Float32Array, at: number): Float64Array {
	const re = new Float64Array(FRAME);
	const im = new Float64Array(FRAME);
	for (let i = 0; i < FRAME; i++) re[i] = (samples[at + i] ?? 0) * (WINDOW[i] ?? 0);
	fft(re, im);
	// A sine of full scale is taken for 92 dB, as the recommendation sets it.
	const scale = 10 ** (92 / 20) / (FRAME / 4);
	return Float64Array.from(
		{ length: FRAME / 2 + 1 },
		(_, bin) => scale * Math.hypot(re[bin] ?? 0, im[bin] ?? 0),
	);
}

function inBands({ bandOf, ear, count }: Bands, power: (bin: number) => number): Float64Array {
	const bands = new Float64Array(count).fill(1e-12);
	for (const [bin, band] of bandOf.entries()) {
		if (band >= 0) bands[band] = (bands[band] ?? 0) + power(bin) * (ear[bin] ?? 0);
	}
	return bands;
}

/** Spreads what is heard in a band over its neighbours (BS.1387, 2.1.7). */
function spread(bands: Float64Array, { centres, count }: Bands): Float64Array {
	const sum = new Float64Array(count);
	for (let from = 0; from < count; from++) {
		const power = bands[from] ?? 0;
		const level = 10 * Math.log10(power);
		const down = 27;
		const up = Math.max(4, 24 + 230 / (centres[from] ?? 1000) - 0.2 * level);
		for (let to = 0; to < count; to++) {
			const distance = (to - from) * BAND_BARK;
			const decibels = distance < 0 ? down * distance : -up * distance;
			if (decibels < -100) continue;
			sum[to] = (sum[to] ?? 0) + (power * 10 ** (decibels / 10)) ** 0.4;
		}
	}
	// A flat spectrum stays as loud as it was.
	const flat = new Float64Array(count);
	for (let from = 0; from < count; from++) {
		const up = 24 + 230 / (centres[from] ?? 1000);
		for (let to = 0; to < count; to++) {
			const distance = (to - from) * BAND_BARK;
			flat[to] = (flat[to] ?? 0) + 10 ** ((distance < 0 ? 27 * distance : -up * distance) / 25);
		}
	}
	return sum.map((each, band) => (each / (flat[band] ?? 1)) ** 2.5);
}

export interface NoiseToMask {
	/** Mean over all frames of the noise-to-mask ratio, in dB: below 0 nothing is heard. */
	total: number;
	/** The share of frames in which some band's noise stands above the mask by 1.5 dB. */
	disturbed: number;
}

/** @param rate samples a second */
export function noiseToMask(
	original: Float32Array,
	coded: Float32Array,
	rate: number,
): NoiseToMask {
	const bands = bandsFor(rate);
	let sum = 0;
	let frames = 0;
	let disturbed = 0;
	for (let at = 0; at + FRAME <= original.length; at += STEP) {
		let energy = 0;
		for (let i = 0; i < FRAME; i++) energy += (original[at + i] ?? 0) ** 2;
		if (energy / FRAME < QUIET) continue;
		const [one, other] = [magnitudes(original, at), magnitudes(coded, at)];
		const noise = inBands(bands, (bin) => ((one[bin] ?? 0) - (other[bin] ?? 0)) ** 2);
		const heard = inBands(bands, (bin) => (one[bin] ?? 0) ** 2);
		const mask = spread(heard, bands).map((each, band) => each * (bands.offset[band] ?? 1));
		let mean = 0;
		let most = 0;
		for (const [band, each] of noise.entries()) {
			// What cannot be heard in silence is not heard here.
			const quiet = 10 ** (0.4 * 0.364 * ((bands.centres[band] ?? 1000) / 1000) ** -0.8);
			const ratio = each / ((mask[band] ?? 1) + quiet);
			mean += ratio / bands.count;
			most = Math.max(most, ratio);
		}
		sum += 10 * Math.log10(mean + 1e-12);
		frames++;
		if (10 * Math.log10(most) > 1.5) disturbed++;
	}
	return { total: sum / frames, disturbed: disturbed / frames };
}

/**
 * What is heard before clicks that stand in silence, against the clicks themselves, in dB: the mean of the
 * stretches from 20 to 1 ms before each.
 *
 * @param places of the clicks in samples
 */
export function preEcho(coded: Float32Array, places: readonly number[], rate: number): number {
	let before = 0;
	let within = 0;
	const [far, near, after] = [0.02, 0.001, 0.003].map((seconds) => Math.round(seconds * rate));
	for (const place of places) {
		for (let at = place - (far ?? 0); at < place - (near ?? 0); at++)
			before += (coded[at] ?? 0) ** 2;
		for (let at = place; at < place + (after ?? 0); at++) within += (coded[at] ?? 0) ** 2;
	}
	return 10 * Math.log10((before + 1e-20) / (within + 1e-20));
}
