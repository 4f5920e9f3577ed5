/**
 * Films of any length without an encoder: a closed group of pictures from the fixtures, repeated
 * and cut at the wanted frame, under a tone of the same length.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import {
	BufferSource,
	BufferTarget,
	EncodedAudioPacketSource,
	type EncodedPacket,
	EncodedPacketSink,
	EncodedVideoPacketSource,
	Input,
	MP4,
	Mp4OutputFormat,
	Output,
} from 'mediabunny';

import type { FakeJob, FilmOptions } from '../types';

const FOLDER = join(__dirname, '..', '..', 'fixtures', 'results');

/** The colours of films: a job's place in the order of submits chooses one. */
export const FILM_COLORS = ['red', 'green', 'blue', 'yellow', 'magenta', 'cyan'] as const;

/** The sizes that films come in, in pixels. */
export const FILM_SIZES: ReadonlyArray<{ width: number; height: number }> = [
	{ width: 512, height: 512 },
	{ width: 576, height: 1024 },
	{ width: 1024, height: 576 },
];

const SAMPLE_RATE = 44_100;
const PACKET_SECONDS = 1024 / SAMPLE_RATE;
/** Which packets of the tone are repeated: the encoder has come to rest there. */
const STEADY = { from: 5, to: 11 };

/** What a film is made of: those of the same recipe are made once. */
interface Recipe {
	picture: string;
	/** The file of the tone, null for none. */
	tone: string | null;
	frames: number;
	/** Frames a second. */
	fps: number;
}

interface Group<Config> {
	config: Config;
	packets: EncodedPacket[];
}

const films = new Map<string, Promise<Buffer>>();
const groups = new Map<string, Promise<Group<unknown>>>();

/**
 * @param job what was asked for: `frames`, `fps`, `width` and `height`
 * @param options how the film differs from that
 * @returns the MP4; other bytes where the options say so
 */
export async function filmOf(job: FakeJob, options: FilmOptions): Promise<Buffer> {
	if (options.instead) return options.instead;
	const asked = {
		width: Number(job.fields.width ?? 512),
		height: Number(job.fields.height ?? 512),
	};
	const { width, height } = nearestSize(options.size ?? asked);
	const color = FILM_COLORS[(options.color ?? job.index) % FILM_COLORS.length] ?? FILM_COLORS[0];
	const recipe: Recipe = {
		picture:
			options.picture ??
			(options.codec === 'other' ? 'other-512x512.mp4' : `${color}-${width}x${height}.mp4`),
		tone: options.sound === false ? null : `${color}.m4a`,
		frames: Math.max(1, Number(job.fields.frames ?? 97) + (options.extraFrames ?? 0)),
		fps: Number(job.fields.fps ?? 24),
	};
	const key = JSON.stringify(recipe);
	const film = films.get(key) ?? makeFilm(recipe);
	films.set(key, film);
	return await film;
}

/** The nearest shape, then the nearest area: a portrait never becomes a landscape. */
function nearestSize(wanted: { width: number; height: number }): { width: number; height: number } {
	const shape = ({ width, height }: typeof wanted) => Math.log(width / height);
	const area = ({ width, height }: typeof wanted) => Math.log(width * height);
	const distance = (size: typeof wanted) =>
		Math.abs(shape(size) - shape(wanted)) * 100 + Math.abs(area(size) - area(wanted));
	return FILM_SIZES.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}

async function makeFilm({ picture, tone, frames, fps }: Recipe): Promise<Buffer> {
	const pictures = await groupOf(picture, 'video');
	const sound = tone === null ? null : await groupOf(tone, 'audio');
	const target = new BufferTarget();
	const format = new Mp4OutputFormat({ fastStart: 'in-memory' });
	const output = new Output({ format, target });
	const video = new EncodedVideoPacketSource('avc');
	const audio = new EncodedAudioPacketSource('aac');
	output.addVideoTrack(video, { frameRate: fps });
	if (sound) output.addAudioTrack(audio);
	await output.start();
	for (let frame = 0; frame < frames; frame += 1) {
		const packet = pictures.packets[frame % pictures.packets.length];
		if (!packet) break;
		const meta = frame === 0 ? { decoderConfig: pictures.config } : undefined;
		await video.add(packet.clone({ timestamp: frame / fps, duration: 1 / fps }), meta);
	}
	video.close();
	if (sound) {
		// As encoders leave it: a packet of priming before the start, and the end past the picture.
		const count = Math.ceil(frames / fps / PACKET_SECONDS) + 1;
		for (let index = 0; index < count; index += 1) {
			const packet = sound.packets[tonePacket(index)];
			if (!packet) break;
			const meta = index === 0 ? { decoderConfig: sound.config } : undefined;
			const timestamp = (index - 1) * PACKET_SECONDS;
			await audio.add(packet.clone({ timestamp, duration: PACKET_SECONDS }), meta);
		}
		audio.close();
	}
	await output.finalize();
	if (!target.buffer) throw new Error('The film was not written.');
	return Buffer.from(target.buffer);
}

/** The first packets as they are, then the steady ones over and over. */
function tonePacket(index: number): number {
	const { from, to } = STEADY;
	return index < from ? index : from + ((index - from) % (to - from));
}

/** Reads a fixture once: its packets, and what a decoder must know. */
async function groupOf(file: string, kind: 'video'): Promise<Group<VideoDecoderConfig>>;
async function groupOf(file: string, kind: 'audio'): Promise<Group<AudioDecoderConfig>>;
async function groupOf(file: string, kind: 'video' | 'audio'): Promise<Group<unknown>> {
	const group = groups.get(file) ?? readGroup(file, kind);
	groups.set(file, group);
	return await group;
}

async function readGroup(file: string, kind: 'video' | 'audio'): Promise<Group<unknown>> {
	const source = new BufferSource(await readFile(resolve(FOLDER, file)));
	const input = new Input({ formats: [MP4], source });
	const track =
		kind === 'video' ? await input.getPrimaryVideoTrack() : await input.getPrimaryAudioTrack();
	const config = await track?.getDecoderConfig();
	if (!track || !config) throw new Error(`${file} holds no ${kind}.`);
	const packets: EncodedPacket[] = [];
	for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
	return { config, packets };
}
