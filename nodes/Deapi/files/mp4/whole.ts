/**
 * Whether an MP4 is whole: a download that broke off looks like one at its start. Its boxes have to be there
 * to their ends, and its index has to lead to media that are there.
 */
import type { BoxHead } from './boxes';
import { boxHeadAt, findBoxes, LONG_HEAD_BYTES } from './boxes';

/** What is wrong with a file, as the end of "…: it ". */
export type Mp4Fault = 'is not an MP4 file' | 'is cut off' | 'has no pictures';

/** No index is larger: an hour of film has a megabyte of it. */
const MOST_INDEX_BYTES = 64 * 1024 * 1024;
/** What an MP4 begins with; old programs leave the first one out. */
const FIRST_BOXES = ['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide'];

/** Looks at an MP4 as it passes by. */
export class Mp4Check {
	private position = 0;
	private box: BoxHead | undefined;
	private boxEnd = 0;
	/** Bytes of a head, or of the index, that are not complete. */
	private held: Buffer = Buffer.alloc(0);
	/** What it says of its pictures and sounds (`moov`), once that has passed by. */
	index: Buffer | undefined;
	private hasFragments = false;
	private mediaBytes = 0;
	private isOther = false;

	add(bytes: Buffer): void {
		for (let rest = bytes; rest.length > 0 && !this.isOther;) rest = this.take(rest);
	}

	/** The file has ended: what is wrong with it, or undefined where it is whole. */
	fault(): Mp4Fault | undefined {
		if (this.isOther || this.position === 0) return 'is not an MP4 file';
		const isOpenEnd = this.box?.size === 0 && this.box.type === 'mdat';
		const hasRest = (this.box !== undefined || this.held.length > 0) && !isOpenEnd;
		// Only the next fragment could tell that one is missing.
		if (this.index === undefined || (hasRest && this.hasFragments)) return 'is cut off';
		if (!hasPictures(this.index)) return 'has no pictures';
		// What is behind media that are all there is nothing that players need: some stores pad their files.
		const isThere = this.hasFragments || sampleBytesOf(this.index) <= this.mediaBytes;
		return isThere && this.mediaBytes > 0 && lastChunkOf(this.index) < this.position
			? undefined
			: 'is cut off';
	}

	/** @returns what is left */
	private take(bytes: Buffer): Buffer {
		return this.box === undefined ? this.takeHead(bytes) : this.takeContent(this.box, bytes);
	}

	private takeHead(bytes: Buffer): Buffer {
		const before = this.held.length;
		const held = Buffer.concat([this.held, bytes.subarray(0, LONG_HEAD_BYTES - before)]);
		const box = boxHeadAt(held, 0);
		if (box === undefined) {
			// A head of eight bytes that says nothing, or a long one that does not say enough.
			if (held.length >= LONG_HEAD_BYTES) this.isOther = true;
			this.position += held.length - before;
			this.held = held;
			return bytes.subarray(held.length - before);
		}
		if (this.position - before === 0 && !FIRST_BOXES.includes(box.type)) this.isOther = true;
		const used = Math.max(0, box.head - before);
		this.position += used;
		this.held = Buffer.alloc(0);
		this.hasFragments ||= box.type === 'moof';
		const content = box.size === 0 ? Infinity : box.size - box.head;
		this.boxEnd = this.position + content;
		if (content > 0) this.box = box;
		if (box.type === 'moov' && content > MOST_INDEX_BYTES) this.isOther = true;
		return bytes.subarray(used);
	}

	private takeContent({ type }: BoxHead, bytes: Buffer): Buffer {
		const part = bytes.subarray(0, Math.min(bytes.length, this.boxEnd - this.position));
		this.position += part.length;
		if (type === 'mdat') this.mediaBytes += part.length;
		if (type === 'moov') this.held = Buffer.concat([this.held, part]);
		if (this.position === this.boxEnd) {
			if (type === 'moov') this.index = this.held;
			this.held = Buffer.alloc(0);
			this.box = undefined;
		}
		return bytes.subarray(part.length);
	}
}

/** The same for a file in one piece. */
export function faultOf(file: Buffer): Mp4Fault | undefined {
	const check = new Mp4Check();
	check.add(file);
	return check.fault();
}

function hasPictures(index: Buffer): boolean {
	const handlers = findBoxes(index, ['trak', 'mdia', 'hdlr']);
	return handlers.some(({ content }) => content.toString('latin1', 8, 12) === 'vide');
}

const TABLES = ['trak', 'mdia', 'minf', 'stbl'];

/** How many bytes the index says that all samples have. */
function sampleBytesOf(index: Buffer): number {
	let sum = 0;
	for (const { content } of findBoxes(index, [...TABLES, 'stsz'])) {
		if (content.length < 12) continue;
		const each = content.readUInt32BE(4);
		const count = content.readUInt32BE(8);
		if (each > 0) sum += each * count;
		else for (let at = 12; at + 4 <= content.length; at += 4) sum += content.readUInt32BE(at);
	}
	return sum;
}

/** Where the last group of samples begins, in bytes from the start of the file. */
function lastChunkOf(index: Buffer): number {
	let last = 0;
	for (const { content } of findBoxes(index, [...TABLES, 'stco'])) {
		for (let at = 8; at + 4 <= content.length; at += 4) {
			last = Math.max(last, content.readUInt32BE(at));
		}
	}
	for (const { content } of findBoxes(index, [...TABLES, 'co64'])) {
		for (let at = 8; at + 8 <= content.length; at += 8) {
			last = Math.max(last, Number(content.readBigUInt64BE(at)));
		}
	}
	return last;
}
