/** Faults of what a job was for, of what an item may cost, and of results that are not what was asked for. */
import type { Fault } from './faults';

const MAKE_FILM = 'nodes/Deapi/film/production/makeFilm.ts';
const LEDGER = 'nodes/Deapi/submit/ledger.ts';
const PRICE_CAP = 'nodes/Deapi/submit/priceCap.ts';

export const PURPOSE_FAULTS: Fault[] = [
	{
		name: 'A job counts for whatever the item is asked for now',
		harm: 'the result of a request of before an edit',
		changes: [
			{
				file: LEDGER,
				from: 'key.purpose === undefined ? placeOf(key) : `${key.item} ${key.purpose.sum}`;',
				to: 'placeOf(key);',
			},
		],
	},
	{
		name: 'An expression that gives something else in each try makes something else of an item',
		harm: 'a second job',
		changes: [
			{
				file: LEDGER,
				from: 'return same.at(-1) ?? own;',
				to: 'return same.length < 0 ? same[0] : own;',
			},
		],
	},
	{
		name: 'Film: a clip counts for another sound',
		harm: 'a film of two songs',
		changes: [
			{
				file: MAKE_FILM,
				from: 'const place = { start_seconds: clip.start_seconds, sound_id: film.soundIdOf(clip) };',
				to: 'const place = { start_seconds: clip.start_seconds };',
			},
		],
	},
	{
		name: 'Film: jobs of before an edit are not named',
		harm: 'paid jobs that stand in no item',
		changes: [
			{
				file: MAKE_FILM,
				from: 'const jobs = [...others, ...(entry?.request_ids ?? [])];',
				to: 'const jobs = [...(entry?.request_ids ?? [])];',
			},
			{
				file: 'nodes/Deapi/submit/outcome/outcome.ts',
				from: 'return { jobs, doubts: doubtsOf(entries, ownEntries(run, keys)) };',
				to: 'return { jobs: [], doubts: doubtsOf(entries, ownEntries(run, keys)) };',
			},
		],
	},
	{
		name: 'Max Price: what earlier tries have cost does not count',
		harm: 'an item that costs more than was allowed',
		changes: [
			{
				file: PRICE_CAP,
				from: 'const { known, unknown } = ledgerOf(call.run).spentOn(call.item);',
				to: 'const { known, unknown } = { known: 0, unknown: 0 };',
			},
		],
	},
	{
		name: 'Max Price: the price of the first try is remembered',
		harm: 'an item that costs more than was allowed',
		changes: [
			{
				file: PRICE_CAP,
				from: 'if (pass !== this.pass) this.asked = new Map();',
				to: '',
			},
		],
	},
	{
		name: 'Film: a clip of any length is taken',
		harm: 'a film that does not fit its song',
		changes: [
			{
				file: 'nodes/Deapi/film/join/pictures.ts',
				from: 'if (Math.abs(received - asked) > GROUP) throw',
				to: 'if (received < 0) throw',
			},
		],
	},
	{
		name: 'A video that is half there is a result',
		harm: 'a broken video that is called done',
		changes: [
			{
				file: 'nodes/Deapi/files/mp4/whole.ts',
				from: 'fault(): Mp4Fault | undefined {',
				to: 'fault(): Mp4Fault | undefined {\n\t\tif (this.position >= 0) return undefined;',
			},
		],
	},
	{
		name: 'Only one word says that a job has failed',
		harm: 'a wait for a job that has ended, and no second try',
		changes: [
			{
				file: 'nodes/Deapi/service/jobs.ts',
				from: "const FAILED = ['error', 'failed', 'canceled', 'cancelled', 'expired'];",
				to: "const FAILED = ['error'];",
			},
		],
	},
];
