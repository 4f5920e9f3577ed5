import { findBoxes } from '../../files/mp4/boxes';

/** What an edit list says of the pictures. */
export interface Edits {
	/** Parts of the track that are shown one after the other. */
	parts: number;
	/** Where what is shown ends, in seconds from the clip's start; undefined where it is shown to its end. */
	end: number | undefined;
}

/** Reads the edit list of an MP4's pictures (ISO/IEC 14496-12, 8.6.6). */
export function editsOf(file: Buffer): Edits {
	const timescale = timescaleOf(file);
	const track = findBoxes(file, ['moov', 'trak']).find(({ content }) =>
		findBoxes(content, ['mdia', 'hdlr']).some(
			(handler) => handler.content.toString('latin1', 8, 12) === 'vide',
		),
	);
	const [list] = track ? findBoxes(track.content, ['edts', 'elst']) : [];
	if (list === undefined || timescale === 0) return { parts: 1, end: undefined };
	const { content } = list;
	const isLong = content[0] === 1;
	const [size, time] = isLong ? [20, 8] : [12, 4];
	let parts = 0;
	let ticks = 0;
	for (let at = 8; at + size <= content.length; at += size) {
		const duration = isLong ? Number(content.readBigUInt64BE(at)) : content.readUInt32BE(at);
		const start = isLong
			? Number(content.readBigInt64BE(at + time))
			: content.readInt32BE(at + time);
		if (start >= 0) parts++;
		// A fragmented file does not say how long it is.
		if (start >= 0 && duration === 0) return { parts, end: undefined };
		ticks += duration;
	}
	return { parts, end: ticks > 0 ? ticks / timescale : undefined };
}

/** Ticks per second of the times of the whole movie. */
function timescaleOf(file: Buffer): number {
	const [header] = findBoxes(file, ['moov', 'mvhd']);
	if (header === undefined || header.content.length < 24) return 0;
	return header.content.readUInt32BE(header.content[0] === 1 ? 20 : 12);
}
