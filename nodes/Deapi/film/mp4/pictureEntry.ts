import type { Box } from '../../files/mp4/boxes';
import { boxesOf, findBoxes } from '../../files/mp4/boxes';

/** How an MP4 says that its pictures are encoded. */
export interface PictureEntry {
	/** Pixels. */
	width: number;
	height: number;
	/** The H.264 decoder's settings, a box of their own: all clips of a film must share them. */
	settings: Buffer;
	/** The whole entry for the film's table, without what is true for this clip only. */
	box: Buffer;
}

/** Parts of an entry's head before its boxes, in bytes (ISO/IEC 14496-12, VisualSampleEntry). */
const FIELDS_BYTES = 78;
/** Boxes of an entry that hold for every clip: the decoder's settings, colours, the shape of pixels. */
const KEPT = ['avcC', 'colr', 'pasp'];

/** Finds the H.264 entry in an MP4 file; undefined where there is none. */
export function findPictureEntry(file: Buffer): PictureEntry | undefined {
	for (const table of findBoxes(file, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'])) {
		for (const entry of boxesOf(table.content.subarray(8))) {
			if (entry.type === 'avc1' || entry.type === 'avc3') return toEntry(entry);
		}
	}
	return undefined;
}

function toEntry({ type, content }: Box): PictureEntry | undefined {
	if (content.length < FIELDS_BYTES) return undefined;
	const kept = [...boxesOf(content.subarray(FIELDS_BYTES))].filter((box) =>
		KEPT.includes(box.type),
	);
	const settings = kept.find((box) => box.type === 'avcC');
	if (settings === undefined) return undefined;
	const parts = [content.subarray(0, FIELDS_BYTES), ...kept.map(({ whole }) => whole)];
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0));
	head.write(type, 4, 'latin1');
	return {
		width: content.readUInt16BE(24),
		height: content.readUInt16BE(26),
		settings: Buffer.from(settings.content),
		box: Buffer.concat([head, ...parts]),
	};
}
