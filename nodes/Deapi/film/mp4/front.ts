import { boxHeadAt } from '../../files/mp4/boxes';

/**
 * Whether all that an MP4's tables say is among its first bytes: `moov` is there to its end, with the media
 * data behind it and no further tables between that (a fragmented file has them).
 *
 * @param bytes the file from its start
 */
export function holdsTables(bytes: Buffer): boolean {
	for (let start = 0; ;) {
		const box = boxHeadAt(bytes, start);
		if (box === undefined || box.type === 'mdat' || box.size <= box.head) return false;
		const end = start + box.size;
		if (box.type === 'moov') {
			return end <= bytes.length && !bytes.subarray(start, end).includes('mvex');
		}
		start = end;
	}
}
