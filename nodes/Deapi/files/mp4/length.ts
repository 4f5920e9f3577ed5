import type { InputFile } from '../binary';
import { findBoxes } from './boxes';
import { Mp4Check } from './whole';

/**
 * How long an MP4 or MOV says that its pictures last, in seconds: the shorter of what the film and its longest
 * picture track say. It is read no further than to its index.
 *
 * @returns undefined where it does not say, such as one that was recorded in fragments
 */
export async function readMp4Length(file: Pick<InputFile, 'open'>): Promise<number | undefined> {
	const check = new Mp4Check();
	const content = await file.open();
	for await (const part of Buffer.isBuffer(content) ? [content] : content) {
		check.add(part);
		// Leaving the loop closes a stream.
		if (check.index !== undefined) break;
	}
	return check.index === undefined ? undefined : lengthIn(check.index);
}

function lengthIn(index: Buffer): number | undefined {
	const [film = 0] = findBoxes(index, ['mvhd']).map(({ content }) => secondsIn(content));
	const tracks = findBoxes(index, ['trak', 'mdia'])
		.filter(({ content }) => findBoxes(content, ['hdlr']).some(isOfPictures))
		.flatMap(({ content }) => findBoxes(content, ['mdhd']))
		.map(({ content }) => secondsIn(content));
	const seconds = Math.min(film, Math.max(0, ...tracks));
	return seconds > 0 ? seconds : undefined;
}

const isOfPictures = ({ content }: { content: Buffer }) =>
	content.toString('latin1', 8, 12) === 'vide';

/** The length in a `mvhd` or `mdhd`, in seconds; 0 where it says none. */
function secondsIn(header: Buffer): number {
	const isLong = header[0] === 1;
	if (header.length < (isLong ? 32 : 20)) return 0;
	const scale = header.readUInt32BE(isLong ? 20 : 12);
	const length = isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
	const isUnknown = length >= (isLong ? Number.MAX_SAFE_INTEGER : 0xffffffff);
	return scale === 0 || isUnknown ? 0 : length / scale;
}
