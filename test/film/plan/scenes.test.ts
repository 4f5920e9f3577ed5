/** The field 'Scenes' is read as one scene per line, with the times that people write. */
import fc from 'fast-check';
import { readScenes, scenesWithin } from '../../../nodes/Deapi/film/plan/scenes';
import { timeText } from '../../../nodes/Deapi/basics/values';
import { failureOf, FORBIDDEN } from './failing';
import { cpuTimer } from '../../support/cpu-timer';

describe('a line with a time', () => {
	test.each([
		['0:42 A car', 42, 'A car'],
		['00:42 A car', 42, 'A car'],
		['0:42\tA car', 42, 'A car'],
		['  0:42   A car  ', 42, 'A car'],
		['0:42.5 A car', 42.5, 'A car'],
		['0:42,5 A car', 42.5, 'A car'],
		['1:02:03 A car', 3723, 'A car'],
		['1:2:03 A car', 3723, 'A car'],
		['75:30 A car', 4530, 'A car'],
		['0:00 A car', 0, 'A car'],
		['[00:42.50] A car', 42.5, 'A car'],
		['[00:42.50]A car', 42.5, 'A car'],
		['[00:42]A car', 42, 'A car'],
		['[1:02:03.007]A car', 3723.007, 'A car'],
		['0:42', 42, ''],
		['[00:42.50]', 42.5, ''],
		['0:42 1:30 on the clock', 42, '1:30 on the clock'],
		['0:42 [1:30] on the clock', 42, '[1:30] on the clock'],
		['\u{FEFF}0:42 A car', 42, 'A car'],
	])('%j begins at %d', (text, seconds, rest) => {
		expect(readScenes(text)).toEqual([{ line: 1, text: rest, seconds }]);
	});
});

test.each([
	'A car at 0:42',
	'16:9 picture',
	'0:42A car',
	'0:42: a car',
	'0:4 a car',
	':42 a car',
	'[0:42 a car',
	'[Chorus] a car',
	'[Chorus: all together',
	'(0:42) a car',
	'1:02:03:04 a car',
	'42 cars',
])('%j is a scene without a time', (text) => {
	expect(readScenes(text)).toEqual([{ line: 1, text }]);
});

test.each(['0:75 A car', '0:60 A car', '[00:99.10]A car', '1:60:00 A car', '1:02:60 A car'])(
	'%j is refused with its line and what it begins with',
	(text) => {
		const { message, description, submitted } = failureOf(() => readScenes(`A street\n\n${text}`));
		const shown = text.startsWith('[') ? '[00:99.10]' : text.split(' ')[0];
		expect(message).toBe(`Line 3 of 'Scenes' begins with '${shown}', which is not a time`);
		expect(description).toContain('e.g. 1:15 or 1:02:03');
		expect(`${message} ${description}`).not.toMatch(FORBIDDEN);
		expect(submitted).toBe('no');
	},
);

test('a line of lyrics with several times is refused', () => {
	const { message, description } = failureOf(() => readScenes('[00:12.00][01:15.00]Refrain'));
	expect(message).toBe("Line 1 of 'Scenes' begins with several times");
	expect(description).toBe('Give each time a line of its own, in the order of the times.');
});

test('empty lines are skipped, but counted', () => {
	expect(readScenes('\nA street\n  \n\t\n0:42 A car\n')).toEqual([
		{ line: 2, text: 'A street' },
		{ line: 5, text: 'A car', seconds: 42 },
	]);
	expect(readScenes('')).toEqual([]);
	expect(readScenes(' \n \n')).toEqual([]);
});

test.each(['\n', '\r\n', '\r'])('lines end with %j', (end) => {
	expect(readScenes(['A', '', 'B'].join(end))).toEqual([
		{ line: 1, text: 'A' },
		{ line: 3, text: 'B' },
	]);
});

test('what lyrics say about the song is no scene', () => {
	const lyrics = '[ar:Someone]\n[TI: A song]\n[offset:+500]\n[length: 03:20]\n[00:12.00]A car';
	expect(readScenes(lyrics)).toEqual([{ line: 5, text: 'A car', seconds: 12 }]);
	expect(readScenes('[ar:Someone] sings')).toHaveLength(1);
});

test('a time that was written is read again as it was', () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 99 * 3_600_000 }), fc.boolean(), (milliseconds, bare) => {
			const shown = timeText(milliseconds / 1000);
			const [scene] = readScenes(bare ? `${shown} A car` : `[${shown}]A car`);
			expect(scene).toEqual({ line: 1, text: 'A car', seconds: milliseconds / 1000 });
		}),
		{ numRuns: 5_000 },
	);
});

test('any text is read, or refused in words; every line keeps its number', () => {
	const pieces = fc.constantFrom('0:42', '[', ']', ':', ' ', '\n', '\r', 'a', '99', '.5', '[1:02]');
	fc.assert(
		fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
			const text = parts.join('');
			const rows = text.split(/\r\n|\n|\r/);
			let scenes;
			try {
				scenes = readScenes(text);
			} catch {
				const { message } = failureOf(() => readScenes(text));
				expect(message).toMatch(/^Line \d+ of 'Scenes'/);
				return;
			}
			for (const scene of scenes) expect(rows[scene.line - 1]).toContain(scene.text);
			const lines = scenes.map(({ line }) => line);
			expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
		}),
		{ numRuns: 3_000 },
	);
});

/** A megabyte; a way that takes time by the square of it would need minutes. */
const MEGABYTE = 1_000_000;

test.each([
	['spaces', ' '.repeat(MEGABYTE) + 'x'],
	['spaces in a line', 'x' + ' '.repeat(MEGABYTE) + 'x'],
	['spaces after a time', '0:42' + ' '.repeat(MEGABYTE) + 'x'],
	['line ends', '\n'.repeat(MEGABYTE)],
	['carriage returns', '\r'.repeat(MEGABYTE)],
	['digits', '1'.repeat(MEGABYTE)],
	['digits and colons', '1:'.repeat(MEGABYTE / 2)],
	['fractions', '0:42.' + '1'.repeat(MEGABYTE)],
	['brackets', '['.repeat(MEGABYTE)],
	['a tag that never ends', '[ar:' + 'a'.repeat(MEGABYTE)],
	['tags that never end', '[ar:'.repeat(MEGABYTE / 4)],
	['short lines', '0:42 x\n'.repeat(MEGABYTE / 7)],
])('a megabyte of %s takes no more than moments', (_what, text) => {
	const used = cpuTimer();
	readScenes(text);
	expect(used()).toBeLessThan(3_000);
});

describe('a part of a song', () => {
	/** What lines show in a part of a song of 60 s, and from when on. */
	function shown(text: string, from: number, to: number) {
		return scenesWithin(readScenes(text), from, to, 60).map(({ text: scene, seconds }) => [
			seconds,
			scene,
		]);
	}
	const SONG = 'Nobody\n0:05 A roof\nA street\n0:20 The chorus\nA dancer\n0:40 The end';

	test('begins with what it begins in the middle of, and with the lines below that', () => {
		expect(shown(SONG, 10, 30)).toEqual([
			[10, 'A roof'],
			[undefined, 'A street'],
			[20, 'The chorus'],
			[undefined, 'A dancer'],
		]);
	});

	test('begins with a line whose time it is', () => {
		expect(shown(SONG, 20, 30)).toEqual([
			[20, 'The chorus'],
			[undefined, 'A dancer'],
		]);
	});

	test('has what comes before the first time where it begins before that', () => {
		expect(shown(SONG, 2, 4)).toEqual([[undefined, 'Nobody']]);
		expect(shown(SONG, 0, 20)).toEqual([
			[undefined, 'Nobody'],
			[5, 'A roof'],
			[undefined, 'A street'],
		]);
		expect(shown('Nobody\n0:00 A roof', 0, 60)).toEqual([
			[undefined, 'Nobody'],
			[0, 'A roof'],
		]);
	});

	test('keeps a time behind the end of the whole song, which is refused', () => {
		expect(shown('A roof\n1:00 Nothing\nNobody\n2:00 Nowhere', 0, 30)).toEqual([
			[undefined, 'A roof'],
			[60, 'Nothing'],
			[undefined, 'Nobody'],
			[120, 'Nowhere'],
		]);
	});
});
