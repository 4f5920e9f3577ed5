/**
 * How good the soundtrack of films is: FFmpeg's own AAC beside ours, at the same rate, by the noise that
 * stands above what the ear masks, and by what is heard before clicks.
 *
 *   npm run quality [-- <sound>...]
 *
 * Takes music, speech and clicks of its own without arguments. Needs ffmpeg.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Block } from '../../nodes/Deapi/sound/block';
import { encodeAac } from '../../nodes/Deapi/sound/encode/aac/encode';
import { noiseToMask, preEcho } from './nmr';

const RATE = 44_100;
const CHANNELS = 2;
/** Seconds of a sound that are looked at. */
const LONGEST = 40;
/** The first packet has nothing before it to go on from. */
const SKIPPED = 1024;
const FIXTURES = path.join(__dirname, '../../test/fixtures');

function ffmpeg(args: string[]): Buffer {
	return execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 2 ** 30 });
}

/** A row of samples a channel. */
function decoded(file: string): Float32Array[] {
	const format = ['-f', 'f32le', '-ac', String(CHANNELS), '-ar', String(RATE), '-'];
	const bytes = ffmpeg(['-i', file, '-t', String(LONGEST), ...format]);
	const all = new Float32Array(
		bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
	);
	return Array.from({ length: CHANNELS }, (_, channel) =>
		Float32Array.from(
			{ length: all.length / CHANNELS },
			(_value, at) => all[at * CHANNELS + channel] ?? 0,
		),
	);
}

/** The stream in which AAC needs no container (ISO/IEC 14496-3, ADTS). */
function toAdts(packets: Buffer[]): Buffer {
	const rateIndex = 4;
	return Buffer.concat(
		packets.flatMap((packet) => {
			const size = packet.length + 7;
			const head = [0xff, 0xf1, (1 << 6) | (rateIndex << 2), (CHANNELS << 6) | (size >> 11)];
			return [Buffer.from([...head, (size >> 3) & 0xff, ((size & 7) << 5) | 0x1f, 0xfc]), packet];
		}),
	);
}

async function* asOne(block: Block): AsyncGenerator<Block> {
	yield await Promise.resolve(block);
}

/** Half a second apart, in silence. */
function clicks(): Block {
	const row = new Float32Array(10 * RATE);
	for (let at = RATE / 4; at < row.length; at += RATE / 2) row.fill(0.9, at, at + 20);
	return [row, row];
}

function placesOfClicks(row: Float32Array): number[] {
	const places: number[] = [];
	const isQuiet = (at: number) => Math.abs(row[at] ?? 1) < 1e-4;
	for (let at = 1500; at < row.length - 1500; at++) {
		if (Math.abs(row[at] ?? 0) < 0.3 || !isQuiet(at - 1)) continue;
		let quiet = 1;
		while (quiet < 1500 && isQuiet(at - quiet)) quiet++;
		if (quiet === 1500) places.push(at);
	}
	return places;
}

function report(name: string, [original]: Block, [coded]: Block, kbps: number): void {
	if (original === undefined || coded === undefined) return;
	const length = Math.min(original.length, coded.length);
	const [one, other] = [original, coded].map((row) => row.subarray(SKIPPED, length));
	if (one === undefined || other === undefined) return;
	const { total, disturbed } = noiseToMask(one, other, RATE);
	const places = placesOfClicks(original);
	const echo =
		places.length < 5 ? '' : `, before clicks ${preEcho(coded, places, RATE).toFixed(1)} dB`;
	const share = (100 * disturbed).toFixed(1);
	console.log(
		`${name.padEnd(32)} ${kbps.toFixed(0).padStart(4)} kbit/s, noise to mask ${total.toFixed(1)} dB, ${share} % of frames disturbed${echo}`,
	);
}

async function measure(name: string, original: Block, folder: string): Promise<void> {
	const pcm = path.join(folder, 'original.f32');
	const rows = original.map((row) => row.length)[0] ?? 0;
	const mixed = new Float32Array(rows * CHANNELS);
	for (const [channel, row] of original.entries()) {
		for (const [at, value] of row.entries()) mixed[at * CHANNELS + channel] = value;
	}
	writeFileSync(pcm, Buffer.from(mixed.buffer));
	const seconds = rows / RATE;
	const begin = process.cpuUsage();
	const { packets } = await encodeAac(asOne(original), RATE, CHANNELS);
	const { user, system } = process.cpuUsage(begin);
	const ours = path.join(folder, 'ours.aac');
	writeFileSync(ours, toAdts(packets));
	const sizeOf = (list: number[]) =>
		(list.reduce((sum, size) => sum + size, 0) * 8) / seconds / 1000;
	report(`${name}, ours`, original, decoded(ours), sizeOf(packets.map(({ length }) => length)));
	const theirs = path.join(folder, 'theirs.m4a');
	const raw = ['-f', 'f32le', '-ac', String(CHANNELS), '-ar', String(RATE), '-i', pcm];
	ffmpeg([...raw, '-c:a', 'aac', '-b:a', '192k', theirs]);
	const sizes = execFileSync('ffprobe', [
		...['-v', 'error', '-show_entries', 'packet=size', '-of', 'csv=p=0', theirs],
	]);
	const listed = sizes
		.toString()
		.split('\n')
		.map((line) => Number.parseInt(line, 10) || 0);
	report(`${name}, ffmpeg`, original, decoded(theirs), sizeOf(listed));
	console.log(
		`${''.padEnd(32)} ours took ${((user + system) / 1e6 / seconds).toFixed(3)} s a second`,
	);
}

async function main(files: string[]): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'deapi-quality-'));
	try {
		const given = files.length > 0;
		const own = ['song.mp3', 'songs/half-minute.mp3', 'speech.mp3'].map((name) =>
			path.join(FIXTURES, name),
		);
		for (const file of given ? files : own) {
			await measure(path.basename(file), decoded(file), folder);
		}
		if (!given) await measure('clicks', clicks(), folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

void main(process.argv.slice(2));
