/** Faults of films: their clips, their order, their price. */
import type { Fault } from './faults';

const MAKE_FILM = 'nodes/Deapi/film/production/makeFilm.ts';
const PRODUCTION = 'nodes/Deapi/film/production/production.ts';
const FILM_REPORT = 'nodes/Deapi/submit/outcome/filmReport.ts';

export const FILM_FAULTS: Fault[] = [
	{
		name: "Film: 'Existing Clips' is ignored",
		harm: 'second jobs for clips that are there',
		changes: [
			{
				file: MAKE_FILM,
				from: 'const existing = film.existing.get(clip);',
				to: 'const existing = film.existing.get(-1);',
			},
		],
	},
	{
		name: "Film: 'Existing Clips' gives clips to the places behind theirs",
		harm: 'a film of wrong clips',
		changes: [
			{
				file: 'nodes/Deapi/film/plan/existing.ts',
				from: 'jobs.get(keyOf(startFrame, frames)) ?? [];',
				to: 'jobs.get(keyOf(Math.max(0, startFrame - frames), frames)) ?? [];',
			},
		],
	},
	{
		name: 'Film: the price is that of the parts whose price is known',
		harm: 'a film that seems to have cost less than it has',
		changes: [
			{
				file: 'nodes/Deapi/film/production/clips.ts',
				from: '...(prices.length === all.length ? priceFacts',
				to: '...(prices.length > 0 ? priceFacts',
			},
		],
	},
	{
		name: 'Film: the clips are joined in the wrong order',
		harm: 'a film that nobody can use',
		changes: [
			{
				file: MAKE_FILM,
				from: 'clips: files.map((file, index) => ({',
				to: 'clips: [...files].reverse().map((file, index) => ({',
			},
		],
	},
	{
		name: 'Film: the first clip stands in the place of all',
		harm: 'a film of one clip, paid for as many',
		changes: [
			{
				file: MAKE_FILM,
				from: 'clips: files.map((file, index) => ({\n\t\t\tfile,',
				to: 'clips: files.map((_file, index) => ({\n\t\t\tfile: files[0] as never,',
			},
		],
	},
	{
		name: 'Film: a clip gets the sound of the next one',
		harm: 'a film that does not fit its song',
		changes: [
			{
				file: PRODUCTION,
				from: 'await this.pieces.piece(clip - 1)',
				to: 'await this.pieces.piece(clip % this.film.plan.clips.length)',
			},
		],
	},
	{
		name: 'Film: an unclear clip is sent again by Retry On Fail',
		harm: 'a second job',
		changes: [
			{
				file: 'nodes/Deapi/submit/submit.ts',
				from: 'if (known?.unclear !== undefined) throw doubtFailure(known.unclear);',
				to: 'if (known?.unclear !== undefined && submit.key.clip === undefined) throw doubtFailure(known.unclear);',
			},
		],
	},
	{
		name: 'Film: a failed clip is sent again whether deAPI calls it retryable or not',
		harm: 'a second job',
		changes: [{ file: PRODUCTION, from: 'if (isRetryable(job)) release', to: 'release' }],
	},
	{
		name: 'Film: a clip that has a job is sent again by Retry On Fail',
		harm: 'a second job',
		changes: [
			{
				file: MAKE_FILM,
				from: 'const entry = ledger.get(key);',
				to: 'const entry = ledger.get({ item: key.item });',
			},
			{
				file: 'nodes/Deapi/submit/submit.ts',
				from: 'if (known?.job !== undefined || known?.answer !== undefined) return known;',
				to: 'if ((known?.job !== undefined && (submit.key.clip === undefined || seen++ > 0)) || known?.answer !== undefined) return known;',
			},
			{ file: 'nodes/Deapi/submit/submit.ts', from: 'for (;;) {', to: 'for (let seen = 0; ; ) {' },
		],
	},
	{
		name: 'Film: the price cap counts one clip only',
		harm: 'a film that costs more than was allowed',
		changes: [
			{
				file: MAKE_FILM,
				from: 'refuseAbove(call, limit, sumOf(all), all.length);',
				to: 'refuseAbove(call, limit, sumOf(all.slice(0, 1)), 1);',
			},
			{
				file: MAKE_FILM,
				from: 'clip.check = () => refuseAbove(call, limit, price, 1);',
				to: '',
			},
		],
	},
	{
		name: 'Film: the price is not asked for',
		harm: 'a film that costs more than was allowed',
		changes: [{ file: MAKE_FILM, from: 'await checkPrice(call, account, film, clips);', to: '' }],
	},
	{
		name: 'Film: clips are sent before all items are checked',
		harm: 'paid clips of a run that stops',
		changes: [{ file: MAKE_FILM, from: 'await allChecked(call);', to: '' }],
	},
	{
		name: 'Film: the clips of a failed film are not named',
		harm: 'paid clips that nobody knows of',
		changes: [
			{
				file: FILM_REPORT,
				from: 'clips: clips.map((clip) => ({ ...clipFacts(clip), status: statusOf(clip) })),',
				to: 'clips: [],',
			},
			{
				file: FILM_REPORT,
				from: "const ids = jobs.length === 0 ? '' : ` ${jobs.join(', ')}`;",
				to: "const ids = '';",
			},
		],
	},
	{
		name: 'Film: a clip that failed is taken for one that is there',
		harm: "a repeat with 'Existing Clips' that never ends well",
		changes: [
			{
				file: FILM_REPORT,
				from: 'clips: clips.map((clip) => ({ ...clipFacts(clip), status: statusOf(clip) })),',
				to: "clips: clips.map((clip) => ({ ...clipFacts(clip), status: 'pending' })),",
			},
		],
	},
];
