/** Reads MP4 films back, without ffmpeg. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import type { EncodedPacket, InputTrack } from 'mediabunny';
import type { Clip } from '../../nodes/Deapi/film/join/clip';
import type { Film } from '../../nodes/Deapi/film/join/joinClips';

export interface FilmTrack {
	packets: EncodedPacket[];
	/** The decoder's settings. */
	settings: Buffer;
	/** Ticks per second. */
	timescale: number;
}

export interface ReadFilm {
	pictures: FilmTrack;
	sound: FilmTrack | undefined;
	width: number;
	height: number;
	/** Seconds. */
	duration: number;
	/** Names of the boxes at the file's top. */
	boxes: string[];
}

export function clipFile(name: string): Buffer {
	return readFileSync(path.join(__dirname, '../fixtures/clips', `${name}.mp4`));
}

/** A clip of the fixtures. */
export function toClip(name: string, frames?: number, label = name): Clip {
	return clipOf(clipFile(name), label, frames);
}

/** A clip of any bytes. */
export function clipOf(bytes: Buffer, label: string, frames?: number): Clip {
	return { label, frames, content: async () => await Promise.resolve(bytes) };
}

export async function bytesOf(film: Film): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of film.content()) pieces.push(piece);
	return Buffer.concat(pieces);
}

export async function readFilm(bytes: Buffer): Promise<ReadFilm> {
	const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
	const video = await input.getPrimaryVideoTrack();
	const audio = await input.getPrimaryAudioTrack();
	if (video === null) throw new Error('It has no pictures');
	const videoConfig = await video.getDecoderConfig();
	const audioConfig = await audio?.getDecoderConfig();
	return {
		pictures: await toTrack(video, videoConfig?.description),
		sound: audio ? await toTrack(audio, audioConfig?.description) : undefined,
		width: await video.getDisplayWidth(),
		height: await video.getDisplayHeight(),
		duration: await input.computeDuration(),
		boxes: boxesOf(bytes),
	};
}

async function toTrack(track: InputTrack, settings: unknown): Promise<FilmTrack> {
	const packets: EncodedPacket[] = [];
	for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
	return {
		packets,
		settings: settings instanceof Uint8Array ? Buffer.from(settings) : Buffer.alloc(0),
		timescale: await track.getTimeResolution(),
	};
}

function boxesOf(bytes: Buffer): string[] {
	const names: string[] = [];
	for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
		names.push(bytes.toString('latin1', at + 4, at + 8));
	}
	return names;
}

/** When the pictures are shown, in seconds, one after the other. */
export function shownAt({ packets }: FilmTrack): number[] {
	return packets.map(({ timestamp }) => timestamp).sort((one, other) => one - other);
}

/** Each packet's bytes as text, to compare and to look for. */
export function contents(packets: EncodedPacket[]): string[] {
	return packets.map(({ data }) => Buffer.from(data).toString('base64'));
}

/** A box with its head (ISO/IEC 14496-12, 4.2). */
export function box(type: string, ...parts: Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	return Buffer.concat([u32(8 + content.length), Buffer.from(type, 'latin1'), content]);
}

/** Whole numbers of 32 bits, with or without a sign. */
export function u32(...values: number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) bytes.writeInt32BE(value | 0, index * 4);
	return bytes;
}

/** Boxes that hold others, on the way to what the tests look for. */
const NESTED = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'mvex', 'moof', 'traf'];

/** The names of all boxes of a file, each before those inside it. */
export function boxesIn(bytes: Buffer): string[] {
	const names: string[] = [];
	for (let at = 0; at + 8 <= bytes.length;) {
		const size = bytes.readUInt32BE(at);
		const name = bytes.toString('latin1', at + 4, at + 8);
		names.push(name);
		if (NESTED.includes(name)) names.push(...boxesIn(bytes.subarray(at + 8, at + size)));
		if (size < 8) break;
		at += size;
	}
	return names;
}
