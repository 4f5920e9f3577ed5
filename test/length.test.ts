/** The length of a sound is read from its stream, in both of n8n's file storages. */
import { readFileSync } from 'node:fs';
import { createReadStream } from 'node:fs';
import type { InputFile } from '../nodes/Deapi/shared/files';
import { readDuration } from '../nodes/Deapi/shared/length';
import { audioType } from '../nodes/Deapi/shared/media';
import { fixture } from './support/workflows';

interface Lengths {
	[file: string]: { ffprobe: number; decoded: number };
}

const LENGTHS = JSON.parse(readFileSync(fixture('durations.json'), 'utf8')) as Lengths;
/** ffprobe takes this file, whose bit rate changes and which has no header, for twice its length. */
const MISREAD_BY_FFPROBE = 'mp3-vbr-noheader.mp3';

function asFile(name: string, asStream: boolean): InputFile {
	const content = readFileSync(fixture(name));
	return {
		size: content.length,
		fileName: name,
		open: async () =>
			asStream ? createReadStream(fixture(name), { highWaterMark: 7_000 }) : content,
		readHead: async () => ({ head: content }),
	};
}

function typeOf(name: string) {
	const content = readFileSync(fixture(name));
	const type = audioType(content, content);
	if (type === undefined) throw new Error(`${name} is no audio file`);
	return type;
}

describe.each([
	['a stream', true],
	['memory', false],
])('from %s', (_from, asStream) => {
	test.each(Object.entries(LENGTHS))(
		'%s: within 20 ms of what ffprobe says',
		async (name, said) => {
			const seconds = await readDuration(asFile(name, asStream), typeOf(name));
			const expected = name === MISREAD_BY_FFPROBE ? said.decoded : said.ffprobe;
			expect(seconds).toBeDefined();
			expect(Math.abs((seconds ?? 0) - expected)).toBeLessThan(0.02);
		},
	);
});
