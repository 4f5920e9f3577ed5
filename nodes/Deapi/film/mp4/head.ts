import { ascii, box, fullBox, list32, list64, runs, u16, u32, u64 } from '../mp4/boxes';
import type { Track } from './samples';

const LONGEST_SHORT = 0xffffffff;

/**
 * The start of the film's file, up to its first packet: `moov` lies in front, so that a player knows all
 * of it at once.
 *
 * @param tracks the pictures first
 * @param end the film's length, in ticks of the pictures
 * @param dataBytes size of all packets
 */
export function createHead(tracks: Track[], end: number, dataBytes: number): Buffer {
	const kind = box('ftyp', ascii('isom'), u32(512), ascii('isomiso2avc1mp41'));
	const isLong = dataBytes + 8 > LONGEST_SHORT;
	const data = isLong
		? Buffer.concat([u32(1), ascii('mdat'), u64(dataBytes + 16)])
		: Buffer.concat([u32(dataBytes + 8), ascii('mdat')]);
	// The table of positions has the same size whatever the positions are.
	const before = kind.length + createMovie(tracks, end, 0, dataBytes).length + data.length;
	return Buffer.concat([kind, createMovie(tracks, end, before, dataBytes), data]);
}

function createMovie(tracks: Track[], end: number, dataStart: number, dataBytes: number): Buffer {
	const timescale = tracks[0]?.timescale ?? 1;
	const isFar = dataBytes > LONGEST_SHORT - (1 << 28);
	const boxes = tracks.map((track, index) =>
		createTrack(track, index + 1, { timescale, end, dataStart, isFar }),
	);
	const fields = [
		u32(0, 0, timescale, end, 0x10000),
		u16(0x100, 0),
		u32(0, 0),
		matrix(0),
		Buffer.alloc(24),
		u32(tracks.length + 1),
	];
	return box('moov', fullBox('mvhd', 0, ...fields), ...boxes);
}

interface Movie {
	timescale: number;
	end: number;
	dataStart: number;
	isFar: boolean;
}

function createTrack(track: Track, id: number, movie: Movie): Buffer {
	const { picture, timescale, skipped = 0 } = track;
	const shown = Math.round(((track.end - skipped) / timescale) * movie.timescale);
	const duration = Math.min(shown, movie.end);
	const fields = [
		u32(0, 0, id, 0, duration, 0, 0),
		u16(0, picture ? 0 : 1, picture ? 0 : 0x100, 0),
		matrix(picture?.rotation ?? 0),
		u32((picture?.width ?? 0) * 0x10000, (picture?.height ?? 0) * 0x10000),
	];
	const edits = box('edts', fullBox('elst', 0, u32(1, duration, skipped, 0x10000)));
	const name = picture ? ascii('VideoHandler\0') : ascii('SoundHandler\0');
	return box(
		'trak',
		fullBox('tkhd', 3, ...fields),
		...(skipped > 0 ? [edits] : []),
		box(
			'mdia',
			fullBox('mdhd', 0, u32(0, 0, timescale, track.end), u16(0x55c4, 0)),
			fullBox('hdlr', 0, u32(0), ascii(picture ? 'vide' : 'soun'), Buffer.alloc(12), name),
			box(
				'minf',
				picture ? fullBox('vmhd', 1, Buffer.alloc(8)) : fullBox('smhd', 0, Buffer.alloc(4)),
				box('dinf', fullBox('dref', 0, u32(1), fullBox('url ', 1))),
				createTables(track, movie),
			),
		),
	);
}

function createTables(track: Track, { dataStart, isFar }: Movie): Buffer {
	const { samples, chunks, entry, end } = track;
	const durations = samples.map(
		({ decode }, index) => (samples[index + 1]?.decode ?? end) - decode,
	);
	const boxes = [fullBox('stsd', 0, u32(1), entry), fullBox('stts', 0, runs(durations))];
	if (samples.some(({ delay }) => delay !== 0)) {
		// Version 1 has offsets below 0: so the first picture is shown at 0, without an edit list.
		const offsets = samples.map(({ delay }) => delay >>> 0);
		boxes.push(fullBox('ctts', 0x1000000, runs(offsets)));
	}
	if (samples.some(({ isKey }) => !isKey)) {
		const keys = samples.flatMap(({ isKey }, index) => (isKey ? [index + 1] : []));
		boxes.push(fullBox('stss', 0, numbers(keys)));
	}
	const positions = chunks.map(({ offset }) => dataStart + offset);
	boxes.push(
		fullBox('stsc', 0, chunkLengths(track)),
		fullBox('stsz', 0, u32(0), numbers(samples.map(({ size }) => size))),
		isFar
			? fullBox('co64', 0, u32(positions.length), list64(positions))
			: fullBox('stco', 0, numbers(positions)),
	);
	return box('stbl', ...boxes);
}

function numbers(values: number[]): Buffer {
	return Buffer.concat([u32(values.length), list32(values)]);
}

/** How many packets the chunks have: a row where the number changes. */
function chunkLengths({ chunks }: Track): Buffer {
	const rows = chunks.flatMap(({ samples }, index) =>
		samples === chunks[index - 1]?.samples ? [] : [[index + 1, samples, 1]],
	);
	return Buffer.concat([u32(rows.length), list32(rows.flat())]);
}

/** By how much players turn the pictures, as the nine numbers of a matrix. */
function matrix(rotation: number): Buffer {
	const one = 0x10000;
	const minus = 0xffff0000;
	const turns: { [degrees: number]: [number, number, number, number] } = {
		90: [0, one, minus, 0],
		180: [minus, 0, 0, minus],
		270: [0, minus, one, 0],
	};
	const [a, b, c, d] = turns[rotation] ?? [one, 0, 0, one];
	return u32(a, b, 0, c, d, 0, 0, 0, 0x40000000);
}
