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

interface Box {
	type: string;
	/** With its head. */
	whole: Buffer;
	content: Buffer;
}

/** Parts of an entry's head before its boxes, in bytes (ISO/IEC 14496-12, VisualSampleEntry). */
const FIELDS_BYTES = 78;
/** Boxes of an entry that hold for every clip: the decoder's settings, colours, the shape of pixels. */
const KEPT = ['avcC', 'colr', 'pasp'];

/** Finds the H.264 entry in an MP4 file; undefined where there is none. */
export function findPictureEntry(file: Buffer): PictureEntry | undefined {
	for (const track of find([...boxesOf(file)], ['moov', 'trak'])) {
		const path = ['mdia', 'minf', 'stbl', 'stsd'];
		for (const table of find([...boxesOf(track.content)], path)) {
			for (const entry of boxesOf(table.content.subarray(8))) {
				if (entry.type === 'avc1' || entry.type === 'avc3') return toEntry(entry);
			}
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

function find(boxes: Box[], [type, ...path]: string[]): Box[] {
	const found = boxes.filter((box) => box.type === type);
	if (path.length === 0) return found;
	return found.flatMap((box) => find([...boxesOf(box.content)], path));
}

function* boxesOf(bytes: Buffer): Generator<Box> {
	let start = 0;
	while (start + 8 <= bytes.length) {
		let size = bytes.readUInt32BE(start);
		let head = 8;
		if (size === 1 && start + 16 <= bytes.length) {
			size = Number(bytes.readBigUInt64BE(start + 8));
			head = 16;
		}
		if (size === 0) size = bytes.length - start;
		if (size < head) return;
		const whole = bytes.subarray(start, start + size);
		yield {
			type: bytes.toString('latin1', start + 4, start + 8),
			whole,
			content: whole.subarray(head),
		};
		start += size;
	}
}
