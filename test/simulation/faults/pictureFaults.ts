/** Faults of the pictures that a film's clips begin with. */
import type { Fault } from './faults';

const PRODUCTION = 'nodes/Deapi/film/production/production.ts';
const PICTURES = 'nodes/Deapi/film/production/pictures.ts';
const MAKE_FILM = 'nodes/Deapi/film/production/makeFilm.ts';
const SUBMIT = 'nodes/Deapi/submit/submit.ts';

export const PICTURE_FAULTS: Fault[] = [
	{
		name: 'Picture: all clips begin with that of the first one',
		harm: 'a picture used for another clip',
		changes: [
			{
				file: PRODUCTION,
				from: 'await this.requestFor(planned, picture ? [picture] : []),',
				to: 'await this.requestFor(planned, picture ? [((this.film as { first?: FilePart }).first ??= picture)] : []),',
			},
		],
	},
	{
		name: 'Picture: one of other words is used after an edit',
		harm: 'a picture used for another clip',
		changes: [
			{
				file: PICTURES,
				from: 'body: { prompt: promptOf(request, scene), seed: request.seed },',
				to: 'body: { seed: request.seed },',
			},
		],
	},
	{
		name: 'Picture: a clip whose picture failed is sent without one',
		harm: 'a clip sent without its picture',
		changes: [
			{
				file: PRODUCTION,
				from: 'if (clip.picture !== undefined && picture === undefined) return undefined;',
				to: '',
			},
		],
	},
	{
		name: "Picture: those in 'Existing Clips' are ignored",
		harm: 'a picture paid again',
		changes: [
			{
				file: PICTURES,
				from: 'if (existing !== undefined && !jobs.includes(existing)) {',
				to: "if (existing === '') {",
			},
		],
	},
	{
		name: 'Picture: a failed one is made again whether deAPI calls it retryable or not',
		harm: 'a picture paid again',
		changes: [
			{
				file: PICTURES,
				from: 'if (isRetryable(job) && picture.key) releaseJob',
				to: 'if (picture.key) releaseJob',
			},
		],
	},
	{
		name: 'Picture: an unclear one is sent again by Retry On Fail',
		harm: 'a picture paid again',
		changes: [
			{
				file: SUBMIT,
				from: 'if (known?.unclear !== undefined) throw doubtFailure(known.unclear);',
				to: 'if (known?.unclear !== undefined && submit.key.part === undefined) throw doubtFailure(known.unclear);',
			},
		],
	},
	{
		name: 'Picture: the price cap does not count them',
		harm: 'a film that costs more than was allowed',
		changes: [
			{ file: MAKE_FILM, from: 'all.push(ofPicture);', to: '' },
			{
				file: MAKE_FILM,
				from: 'clip.check = () => refuseAbove(call, limit, price, 1);',
				to: '',
			},
			{
				file: MAKE_FILM,
				from: 'picture.check = () => refuseAbove(call, limit, sumOf([ofPicture, price]), 2);',
				to: '',
			},
		],
	},
	{
		name: 'Picture: its ID is not in the item',
		harm: 'a paid job that nobody knows of',
		changes: [
			{
				file: 'nodes/Deapi/submit/outcome/outcome.ts',
				from: 'picture_request_id: picture?.job },',
				to: 'picture_request_id: undefined },',
			},
		],
	},
];
