/** Faults of films: their clips, their order, their price. */
import type { Fault } from './faults';

const MAKE_FILM = 'nodes/Deapi/film/production/makeFilm.ts';
const PRODUCTION = 'nodes/Deapi/film/production/production.ts';
const CLIPS = 'nodes/Deapi/film/production/clips.ts';

export const FILM_FAULTS: Fault[] = [
	{
		name: "Film: 'Existing Clips' is ignored",
		harm: 'second jobs for clips that are there',
		changes: [
			{
				file: MAKE_FILM,
				from: 'const job = film.existing.get(clip.clip);',
				to: 'const job = film.existing.get(-1);',
			},
		],
	},
	{
		name: "Film: 'Existing Clips' gives clips to the places behind theirs",
		harm: 'a film of wrong clips',
		changes: [
			{
				file: 'nodes/Deapi/film/plan/existing.ts',
				from: 'const job = jobs.get(keyOf(startFrame, frames));',
				to: 'const job = jobs.get(keyOf(Math.max(0, startFrame - frames), frames));',
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
				from: 'await this.cutter.piece(clip - 1)',
				to: 'await this.cutter.piece(clip % this.film.plan.clips.length)',
			},
		],
	},
	{
		name: 'Film: an unclear clip is sent again by Retry On Fail',
		harm: 'a second job',
		changes: [
			{
				file: 'nodes/Deapi/submit/submit.ts',
				from: 'if (known?.unclear !== undefined) throw new Failure(known.unclear);',
				to: 'if (known?.unclear !== undefined && submit.key.clip === undefined) throw new Failure(known.unclear);',
			},
		],
	},
	{
		name: 'Film: a failed clip is sent again whether deAPI calls it retryable or not',
		harm: 'a second job',
		changes: [{ file: PRODUCTION, from: 'if (isRetryable(job)) this.release', to: 'this.release' }],
	},
	{
		name: 'Film: a clip that has a job is sent again by Retry On Fail',
		harm: 'a second job',
		changes: [
			{
				file: MAKE_FILM,
				from: 'const entry = ledger.get({ item: call.item, clip: clip.clip });',
				to: 'const entry = ledger.get({ item: call.item });',
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
				file: 'nodes/Deapi/film/production/filmPrice.ts',
				from: '{ priced }, count);',
				to: '{ priced }, 1);',
			},
		],
	},
	{
		name: 'Film: the price is not asked for',
		harm: 'a film that costs more than was allowed',
		changes: [{ file: MAKE_FILM, from: 'await checkPrice(call, account, film, states);', to: '' }],
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
				file: CLIPS,
				from: 'details: { ...(wasSent ? whole?.facts.details : details), clips: clipDetails(states) },',
				to: 'details: { ...(wasSent ? whole?.facts.details : details), clips: [] },',
			},
			{
				file: CLIPS,
				from: "const ids = request_ids.length === 0 ? '' : ` ${request_ids.join(', ')}`;",
				to: "const ids = '';",
			},
		],
	},
	{
		name: 'Film: a clip that failed is taken for one that is there',
		harm: "a repeat with 'Existing Clips' that never ends well",
		changes: [
			{
				file: CLIPS,
				from: 'return states.map((state) => ({ ...clipFacts(state), status: state.status }));',
				to: "return states.map((state) => ({ ...clipFacts(state), status: 'pending' }));",
			},
		],
	},
];
