/** MP3 as another decoder plays it, minimp3: what this package encodes has to be right for all of them. */
import { readFileSync } from 'node:fs';

/** An MP3, decoded. */
export interface DecodedMp3 {
	/** Samples a second. */
	rate: number;
	/** A row of samples a channel. */
	channels: Float32Array[];
}

/** As far as it is used here; TypeScript has its types for browsers only. */
declare const WebAssembly: {
	Module: new (bytes: Buffer) => object;
	Instance: new (module: object, imports: object) => { exports: unknown };
};

/** What the WebAssembly of minimp3-wasm gives; its own JavaScript fetches it by URL. */
interface Minimp3 {
	memory: { buffer: ArrayBuffer };
	decoder_init(): void;
	decoder_set_mp3_data_size(bytes: number): void;
	decoder_mp3_data_offset(): number;
	decoder_seek(seconds: number): void;
	decoder_decode(seconds: number): void;
	decoder_pcm_data_offset(): number;
	decode_results_sampling_rate(): number;
	decode_results_num_channels(): number;
	decode_results_num_samples(): number;
}

const MODULE = new WebAssembly.Module(
	readFileSync(require.resolve('minimp3-wasm/dist/decoder.opt.wasm')),
);

/** Seconds that are decoded at once. */
const STEP = 5;

/** Decodes all frames, one with an encoder's header included: minimp3 plays that as silence. */
export function decodeFrames(content: Buffer): DecodedMp3 {
	const decoder = new WebAssembly.Instance(MODULE, {}).exports as Minimp3;
	decoder.decoder_init();
	decoder.decoder_set_mp3_data_size(content.length);
	new Uint8Array(decoder.memory.buffer).set(content, decoder.decoder_mp3_data_offset());
	decoder.decoder_seek(0);
	const parts: Int16Array[] = [];
	let rate = 0;
	let channels = 0;
	for (;;) {
		decoder.decoder_decode(STEP);
		const count = decoder.decode_results_num_samples();
		if (count === 0) break;
		rate = decoder.decode_results_sampling_rate();
		channels = decoder.decode_results_num_channels();
		const at = decoder.decoder_pcm_data_offset();
		parts.push(new Int16Array(decoder.memory.buffer.slice(at, at + 2 * count)));
	}
	const length = parts.reduce((sum, part) => sum + part.length, 0) / channels;
	const rows = Array.from({ length: channels }, () => new Float32Array(length));
	let at = 0;
	for (const part of parts) {
		for (let index = 0; index < part.length; index += channels, at++) {
			for (const [channel, row] of rows.entries()) {
				row[at] = (part[index + channel] ?? 0) / 0x8000;
			}
		}
	}
	return { rate, channels: rows };
}

/** What an encoder says of itself in the first frame (`http://gabriel.mp3-tech.org/mp3infotag.html`). */
export interface InfoHeader {
	/** Frames behind this one. */
	frames: number;
	/** Bytes of the file. */
	bytes: number;
	/** Samples that the encoder put in front. */
	delay: number;
	/** Samples that it put behind. */
	padding: number;
}

export function readInfoHeader(content: Buffer): InfoHeader {
	const at = content.subarray(0, 64).indexOf('Info');
	if (at === -1) throw new Error('There is no header');
	const lame = at + 16;
	if (content.readUInt32BE(at + 4) !== 3) throw new Error('The header has other fields');
	if (content.toString('latin1', lame, lame + 4) !== 'LAME') throw new Error('It is of nobody');
	const both = content.readUIntBE(lame + 21, 3);
	return {
		frames: content.readUInt32BE(at + 8),
		bytes: content.readUInt32BE(at + 12),
		delay: both >> 12,
		padding: both & 0xfff,
	};
}

/** Samples of the frame with the header, and those that every decoder is late by. */
const HEADER_SAMPLES = 1152;
const DECODER_DELAY = 529;

/** What people hear of an MP3 of this package: without the samples that its header says were added. */
export function decodeHeard(content: Buffer): DecodedMp3 {
	const { delay, padding } = readInfoHeader(content);
	const { rate, channels } = decodeFrames(content);
	const from = HEADER_SAMPLES + delay + DECODER_DELAY;
	const heard = channels.map((row) => row.subarray(from, row.length - (padding - DECODER_DELAY)));
	return { rate, channels: heard };
}

/** The bit rate of each frame in kbit/s, MPEG 1 only, by walking from header to header. */
export function bitRates(content: Buffer): number[] {
	const KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
	const RATES = [44_100, 48_000, 32_000];
	const found: number[] = [];
	for (let at = 0; at < content.length;) {
		const header = content.readUInt32BE(at);
		if (header >>> 17 !== 0x7ffd) throw new Error(`There is no frame at ${at}`);
		const kbits = KBITS[(header >>> 12) & 15] ?? NaN;
		const rate = RATES[(header >>> 10) & 3] ?? NaN;
		found.push(kbits);
		at += Math.floor((144_000 * kbits) / rate) + ((header >>> 9) & 1);
	}
	return found;
}
