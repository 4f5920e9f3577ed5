/**
 * Draws the scenes that the films in README's pictures and in the playground show, and puts them into
 * test/fixtures/scenes.
 * Each is two seconds long, ends as it begins, and is one closed group of pictures, so that a film of any
 * length can be made of it. The results are kept in the repository: nobody has to run this.
 *
 *     node scripts/make-scenes.mjs        needs ffmpeg (with libx264)
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [FRAMES, FPS] = [48, 24];
/** What is behind a scene's name in the name of its file, and the size in pixels. */
const SHAPES = { '': [1024, 576], '-square': [512, 512], '-portrait': [576, 1024] };
const ROUND = 2 * Math.PI;
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../test/fixtures/scenes');

const mix = (a, b, share) => a.map((value, index) => value + (b[index] - value) * share);
const add = (a, b, amount) => a.map((value, index) => value + b[index] * amount);
const clamp = (value) => Math.min(1, Math.max(0, value));
/** The same number from 0 to 1 for the same seed. */
const chance = (seed) => {
	const value = Math.sin(seed * 127.1) * 43758.5453;
	return value - Math.floor(value);
};

/** A sunrise over the sea, whose reflection trembles. */
function dawn(u, v, t, ratio) {
	const horizon = 0.62;
	const x = (u - 0.5) * ratio;
	if (v < horizon) {
		const sky = mix([38, 30, 92], [255, 150, 96], (v / horizon) ** 1.4);
		const away = Math.hypot(x, v - horizon + 0.07 + 0.015 * Math.sin(ROUND * t));
		if (away < 0.17) return [255, 226, 150];
		return add(sky, [255, 190, 110], 0.45 * Math.exp(-(away - 0.17) * 9));
	}
	const depth = (v - horizon) / (1 - horizon);
	const sea = mix([92, 62, 112], [14, 22, 58], depth);
	const waves = Math.sin(70 * depth ** 0.6 - ROUND * 2 * t + 3 * Math.sin(x * 9));
	const path = Math.exp(-((x / (0.16 + 0.25 * depth)) ** 2));
	return add(sea, [255, 180, 110], path * (0.25 + 0.5 * clamp(waves)));
}

/** A city at night: lit windows, some of which go out and on again. */
function city(u, v, t, ratio) {
	for (const [columns, low, high, color] of [
		[14, 0.3, 0.62, [18, 16, 46]],
		[22, 0.45, 0.78, [34, 28, 74]],
	]) {
		const column = Math.floor(u * columns);
		const top = low + (high - low) * chance(column + columns * 3);
		if (v < top) continue;
		const [a, b] = [(u * columns - column) * 5, (v - top) * 34];
		const seed = column * 91 + Math.floor(a) * 17 + Math.floor(b) * 7 + columns;
		const isWindow = a % 1 > 0.3 && a % 1 < 0.75 && b % 1 > 0.3 && b % 1 < 0.8;
		const isLit = chance(seed) > 0.55 && (chance(seed + 5) > 0.15 || t < 0.5);
		return isWindow && isLit ? [255, 206, 120] : color;
	}
	const moon = Math.hypot((u - 0.78) * ratio, v - 0.2);
	if (moon < 0.08) return [250, 244, 220];
	const sky = mix([10, 12, 44], [120, 52, 120], clamp(v * 1.3));
	return add(sky, [200, 190, 230], 0.35 * Math.exp(-(moon - 0.08) * 12));
}

const LANTERNS = Array.from({ length: 34 }, (_, index) => ({
	u: chance(index + 1),
	v: chance(index + 50),
	size: 0.012 + 0.02 * chance(index + 90) ** 2,
	sway: chance(index + 130),
}));

/** Lanterns that rise into the night. */
function lanterns(u, v, t, ratio) {
	let color = mix([12, 16, 60], [150, 66, 86], v ** 1.6);
	for (const { u: left, v: top, size, sway } of LANTERNS) {
		const y = 1.15 - 1.3 * ((top + t) % 1);
		const x = left + 0.012 * Math.sin(ROUND * (t + sway));
		const [dx, dy] = [(u - x) * ratio, v - y];
		const away = Math.hypot(dx, dy * 0.8) / size;
		if (away > 7) continue;
		color = away < 1 ? [255, 222, 140] : add(color, [255, 150, 60], 0.5 * Math.exp(1 - away));
	}
	return color;
}

/** A singer on a stage, under lights that swing. */
function stage(u, v, t, ratio) {
	const x = (u - 0.5) * ratio;
	let color = mix([22, 10, 46], [50, 20, 70], v);
	for (const [place, phase, light] of [
		[-0.6, 0, [255, 60, 170]],
		[0, 0.33, [90, 220, 255]],
		[0.6, 0.66, [170, 90, 255]],
	]) {
		const lean = 0.45 * Math.sin(ROUND * (t + phase)) - place * 0.5;
		const beam = (x - place - lean * v) / (0.05 + 0.22 * v);
		color = add(color, light, 0.75 * Math.exp(-beam * beam) * (1 - 0.5 * v));
	}
	const bob = 0.008 * Math.sin(ROUND * 2 * t);
	const isSinger =
		Math.hypot(x, v - 0.37 - bob) < 0.06 ||
		Math.hypot(x / 0.115, (v - 0.62 - bob) / 0.2) < 1 ||
		(Math.abs(x - 0.13 - (v - 0.4) * 0.1) < 0.007 && v > 0.4 && v < 0.86);
	if (isSinger) return [10, 6, 22];
	const seat = Math.round(x / 0.13) * 0.13;
	const jump = 0.02 * Math.sin(ROUND * (2 * t + chance(Math.round(seat * 50))));
	return Math.hypot(x - seat, (v - 0.93 + jump) * 0.9) < 0.062 || v > 0.95 ? [12, 8, 26] : color;
}

async function draw(name, colorAt, [width, height]) {
	const encoder = spawn(
		'ffmpeg',
		[
			...['-nostdin', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24'],
			...['-s', `${width}x${height}`, '-r', String(FPS), '-i', 'pipe:0'],
			...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-threads', '1'],
			...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-profile:v', 'main', '-level', '3.1'],
			...['-preset', 'slow', '-crf', '31', '-g', String(FRAMES), '-keyint_min', String(FRAMES)],
			...['-sc_threshold', '0', '-bf', '0', '-refs', '1', '-flags', '+cgop'],
			...['-bsf:v', 'filter_units=remove_types=6', join(FOLDER, `${name}.mp4`)],
		],
		{ stdio: ['pipe', 'inherit', 'inherit'] },
	);
	const ended = once(encoder, 'exit');
	for (let frame = 0; frame < FRAMES; frame += 1) {
		const pixels = Buffer.alloc(width * height * 3);
		for (let y = 0; y < height; y += 1) {
			for (let x = 0; x < width; x += 1) {
				const [u, v] = [(x + 0.5) / width, (y + 0.5) / height];
				const color = colorAt(u, v, frame / FRAMES, width / height);
				for (let part = 0; part < 3; part += 1) {
					pixels[(y * width + x) * 3 + part] = Math.min(255, Math.max(0, color[part]));
				}
			}
		}
		if (!encoder.stdin.write(pixels)) await once(encoder.stdin, 'drain');
	}
	encoder.stdin.end();
	const [code] = await ended;
	if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}

mkdirSync(FOLDER, { recursive: true });
for (const [name, colorAt] of Object.entries({ dawn, city, stage, lanterns })) {
	for (const [shape, size] of Object.entries(SHAPES)) await draw(`${name}${shape}`, colorAt, size);
}
