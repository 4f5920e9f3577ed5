/** Heads of boxes: a size, a name, and where the size is 1 a longer one (ISO/IEC 14496-12). */
const HEAD_BYTES = 8;
const LONG_HEAD_BYTES = 16;

/**
 * Whether all that an MP4's tables say is among its first bytes: `moov` is there to its end, with the media
 * data behind it and no further tables between that (a fragmented file has them).
 *
 * @param bytes the file from its start
 */
export function holdsTables(bytes: Buffer): boolean {
	let start = 0;
	while (start + LONG_HEAD_BYTES <= bytes.length) {
		const type = bytes.toString('latin1', start + 4, start + HEAD_BYTES);
		const short = bytes.readUInt32BE(start);
		const size = short === 1 ? Number(bytes.readBigUInt64BE(start + HEAD_BYTES)) : short;
		if (type === 'mdat' || size < HEAD_BYTES) return false;
		const end = start + size;
		if (type === 'moov') return end <= bytes.length && !bytes.subarray(start, end).includes('mvex');
		start = end;
	}
	return false;
}
