/** What an edit list says, by ISO/IEC 14496-12: 8.2.2 for the movie's clock, 8.6.6 for the list. */
import { editsOf } from '../../../nodes/Deapi/film/mp4/edits';
import { box, u32 } from '../../support/films';

/** Milliseconds, as both versions have them: the second has times of eight bytes. */
const HEADS = [
	box('mvhd', u32(0, 0, 0, 1000, 0, 0x10000)),
	box('mvhd', u32(0x1000000, 0, 0, 0, 0, 1000, 0, 0)),
];
/** The edits of a list: how long, and from where on; -1 for nothing. */
type Edits = Array<[duration: number, start: number]>;

const short = (edits: Edits) =>
	box('elst', u32(0, edits.length, ...edits.flatMap(([d, start]) => [d, start, 0x10000])));
const long = (edits: Edits) =>
	box(
		'elst',
		u32(
			0x1000000,
			edits.length,
			...edits.flatMap(([d, start]) => [0, d, start < 0 ? -1 : 0, start, 0x10000]),
		),
	);

const handler = (kind: string) => box('mdia', box('hdlr', u32(0, 0), Buffer.from(kind, 'latin1')));
const track = (kind: string, ...boxes: Buffer[]) => box('trak', ...boxes, handler(kind));

function fileOf(list: Buffer, head = HEADS[0]): Buffer {
	const sound = track('soun', box('edts', short([[70, 3]])));
	return box('moov', head ?? Buffer.alloc(0), sound, track('vide', box('edts', list)));
}

describe.each([
	['of 32 bits', short, 0],
	['of 64 bits', long, 1],
] as const)('times %s', (_, list, head) => {
	test.each<[string, Edits, { parts: number; end: number | undefined }]>([
		['all of it', [[1500, 0]], { parts: 1, end: 1.5 }],
		['from a later picture on', [[1500, 250]], { parts: 1, end: 1.5 }],
		[
			'nothing, then all of it',
			[
				[200, -1],
				[1000, 0],
			],
			{ parts: 1, end: 1.2 },
		],
		[
			'nothing for no time, then all of it',
			[
				[0, -1],
				[1000, 0],
			],
			{ parts: 1, end: 1 },
		],
		[
			'two parts',
			[
				[500, 1000],
				[250, 0],
			],
			{ parts: 2, end: 0.75 },
		],
		['to its end, however long that is', [[0, 40]], { parts: 1, end: undefined }],
		['nothing at all', [], { parts: 0, end: undefined }],
	])('%s', (_what, edits, expected) => {
		expect(editsOf(fileOf(list(edits), HEADS[head]))).toEqual(expected);
	});
});

const NO_EDITS = { parts: 1, end: undefined };

test.each([
	['no edit list', box('moov', HEADS[0] ?? Buffer.alloc(0), track('vide'))],
	['no pictures', box('moov', HEADS[0] ?? Buffer.alloc(0), track('soun'))],
	['no clock', fileOf(short([[1500, 0]]), Buffer.alloc(0))],
	['a clock of 0', fileOf(short([[1500, 0]]), box('mvhd', u32(0, 0, 0, 0, 0, 0)))],
	['a clock that is cut off', fileOf(short([[1500, 0]]), box('mvhd', u32(0, 0, 0, 1000, 0)))],
	['nothing', Buffer.alloc(0)],
])('a file with %s is shown as it is', (_, file) => expect(editsOf(file)).toEqual(NO_EDITS));

test('an edit that is cut off is left out', () => {
	const list = short([
		[500, 1000],
		[250, 0],
	]);
	const cut = box('elst', list.subarray(8, -1));
	expect(editsOf(fileOf(cut))).toEqual({ parts: 1, end: 0.5 });
});
