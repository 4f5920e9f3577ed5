/** What a film says that could not be made: of its clips, their pictures, and how to pay only for the rest. */
import { Failure, type FailureFacts } from '../../nodes/Deapi/engine/failure';
import type { Ledger } from '../../nodes/Deapi/submit/ledger';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import type { ClipOutcome, FilmOutcome } from '../../nodes/Deapi/submit/outcome/outcome';
import { keepFilm } from '../../nodes/Deapi/submit/outcome/outcome';
import { itemReport } from '../../nodes/Deapi/submit/outcome/report';
import { doubtFailure } from '../../nodes/Deapi/submit/outcome/sentences';
import { Deapi } from '../support/deapi';
import { inNode } from '../support/probe';

const UNCLEAR = { happened: 'The upload was cut', makesJob: true };
const DOUBT = 'The upload was cut, so the job may exist and may have been charged';

/** A clip that was never sent, unless it is said otherwise. */
function clipOf(clip: number, changes: Partial<ClipOutcome> = {}): ClipOutcome {
	const key = { item: 0, clip };
	return { clip, key, place: { start_seconds: clip }, jobs: [], submitted: 'no', ...changes };
}

/** A clip with a job, and the state of that job where it is known. */
const madeOf = (clip: number, status?: string, changes: Partial<ClipOutcome> = {}) =>
	clipOf(clip, { job: `id-${clip}`, jobs: [`id-${clip}`], submitted: 'yes', status, ...changes });

const failure = (message: string, facts: Partial<FailureFacts> = {}) =>
	new Failure({ message, description: 'Why.', ...facts });

interface Circumstances {
	/** Where it is not what went wrong with the first of the clips. */
	cause?: Failure;
	foreign?: FilmOutcome['foreign'];
	/** Leaves behind what earlier tries have come to. */
	known?: (ledger: Ledger) => unknown;
}

/** What the user reads of a film whose clips have come so far. */
async function said(clips: ClipOutcome[], { foreign = [], known, ...more }: Circumstances = {}) {
	const cause = more.cause ?? clips.find((clip) => clip.cause !== undefined)?.cause;
	return await inNode(await Deapi.open(), async (call) => {
		known?.(ledgerOf(call.run));
		keepFilm(call, { clips, foreign });
		return await Promise.resolve(itemReport(call, cause ?? failure('It broke')));
	});
}

const MISSING =
	"To pay only for what is missing, run the item again with the details' clips in 'Existing Clips'.";
const READY =
	"All clips are done and paid for: with the details' clips in 'Existing Clips' none is paid for again.";
const place = (clip: number, status: string, facts: object = {}) => ({
	...{ clip, ...facts },
	...{ start_seconds: clip, status },
});

test('a film tells of every clip what it has come to, of its jobs, and of what is not its own', async () => {
	const other = { sum: 'other', endpoint: 'e', model: 'm', node: 'n' };
	const picture = { item: 0, clip: 7, part: 'picture' } as const;
	const clips = [
		madeOf(1, 'done', {
			jobs: ['id-0', 'id-1'],
			picture: { job: 'pic-1', jobs: ['pic-0', 'pic-1'], status: 'done', submitted: 'yes' },
			...{ prompt: 'Rain', model: 'Ltx', seed: 7, sound_id: 'abc' },
			result_url: 'https://example.com/1.mp4',
		}),
		madeOf(2, 'error', {
			cause: failure('deAPI could not make it: No face was found', {
				job: { id: 'id-2', state: 'ended' },
				details: { refunded: true },
			}),
		}),
		madeOf(3, undefined, { cause: failure('deAPI does not know the job', { status: 404 }) }),
		clipOf(4, { prompt: 'Rain', model: 'Ltx', seed: 7, result_url: ' ' }),
		clipOf(5, {
			picture: { job: 'pic-5', jobs: ['pic-5'], status: 'error', submitted: 'yes' },
			cause: failure('deAPI has lost its picture', { job: { id: 'pic-5', state: 'gone' } }),
		}),
		clipOf(6, { submitted: 'unknown', cause: doubtFailure(UNCLEAR) }),
		clipOf(7, { picture: { key: picture, jobs: [], submitted: 'unknown' } }),
	];
	const foreign = [
		{ clip: 1, request_id: 'far-1', seed: 3 },
		{ clip: 4, request_id: 'far-4' },
	];
	const known = (ledger: Ledger) => {
		ledger.doubt({ item: 0, clip: 6 }, UNCLEAR);
		ledger.doubt(picture, UNCLEAR);
		ledger.accept({ item: 0, clip: 1, purpose: other }, { request_id: 'old-1' });
		ledger.accept({ item: 0, clip: 1 }, { request_id: 'id-1' });
		ledger.doubt({ item: 0, clip: 3, purpose: { ...other, sum: 'third' } }, UNCLEAR);
	};
	expect(await said(clips, { foreign, known })).toStrictEqual({
		...{ item: 0, status: undefined, cause: undefined },
		submitted: 'unknown',
		message:
			'Clips 2, 3, 5 and 6 of 7: deAPI could not make it: No face was found (request ID id-2)',
		description: [
			'Why. The clips: clip 1 id-0, id-1 (picture pic-0, pic-1): done; clip 2 id-2: error;',
			'clip 3 id-3: pending (deAPI does not know the job); clip 4: not submitted;',
			'clip 5 (picture pic-5): not submitted (deAPI has lost its picture);',
			`clip 6: unknown (${DOUBT}); clip 7: unknown.`,
			MISSING,
			'If clip 3 cannot be had then either, remove its request_id there:',
			'it is made again in a new execution, as a new paid job.',
			'A clip whose state is unknown has no request ID, so another run would submit it again:',
			"look for its job in the dashboard first, and enter the job's ID as the clip's request_id",
			'where there is one. Earlier tries of this item: old-1. A job may exist for clip 3.',
			"Of 'Existing Clips' these belong to another sound and were not used:",
			'clip 1 (far-1) and clip 4 (far-4).',
		].join(' '),
		details: {
			earlier_request_ids: ['old-1'],
			earlier_doubts: [`Clip 3: ${DOUBT}`],
			clips_of_another_sound: [
				{ clip: 1, request_id: 'far-1' },
				{ clip: 4, request_id: 'far-4' },
			],
			clips: [
				place(1, 'done', {
					...{ request_id: 'id-1', picture_request_id: 'pic-1' },
					earlier_request_ids: ['pic-0', 'id-0'],
					...{ prompt: 'Rain', model: 'Ltx', seed: 7, sound_id: 'abc' },
					result_url: 'https://example.com/1.mp4',
				}),
				place(2, 'error', { request_id: 'id-2' }),
				place(3, 'pending', { request_id: 'id-3' }),
				place(4, 'not submitted', { model: 'Ltx' }),
				place(5, 'error', { picture_request_id: 'pic-5' }),
				place(6, 'unknown'),
				place(7, 'unknown'),
			],
		},
		named: ['old-1', 'id-1', 'pic-0', 'pic-1', 'id-0', 'id-2', 'id-3', 'pic-5'],
	});
});

const LOST = { job: { id: 'id-1', state: 'gone' } } as const;
const LIMIT = { kind: 'daily', endsAt: 0 } as const;
const REFUSED = {
	submitted: 'no',
	limit: { ...LIMIT, refusals: 3 },
	details: { allowed: 15 },
} as const;

test.each<[string, ClipOutcome[], Circumstances, { [name: string]: unknown }]>([
	[
		'that has come to nothing, for want of a picture first',
		[
			clipOf(1, {
				picture: { job: 'pic-1', jobs: ['pic-1'], status: 'error', submitted: 'yes' },
				cause: failure('deAPI could not make its picture', {
					job: { id: 'pic-1', state: 'ended' },
					details: { refunded: true },
				}),
			}),
			madeOf(2, 'error', { cause: failure('deAPI does not know the job', { status: 404 }) }),
		],
		{},
		{
			submitted: 'yes',
			message: 'Clips 1 and 2 of 2: deAPI could not make its picture (request ID pic-1)',
			description: `Why. This clip itself was not submitted. The clips: clip 1 (picture pic-1): not submitted; clip 2 id-2: error (deAPI does not know the job). ${MISSING} None of the clips can be used, so that run makes all of them, each as a new paid job.`,
			details: {
				clips: [
					place(1, 'error', { picture_request_id: 'pic-1' }),
					place(2, 'error', { request_id: 'id-2' }),
				],
			},
		},
	],
	[
		'of which nothing was taken',
		[clipOf(1), clipOf(2, { cause: failure('The limit is reached', REFUSED) })],
		{},
		{
			submitted: 'no',
			message: 'Clip 2 of 2: The limit is reached',
			description:
				'This clip was not submitted. It was refused 3 times in a row. Why. The clips: clip 1: not submitted; clip 2: not submitted.',
			details: { allowed: 15, clips: [place(1, 'not submitted'), place(2, 'not submitted')] },
		},
	],
	[
		'that another item has stopped before anything was taken',
		[clipOf(1)],
		{ cause: failure('The limit is reached', { ...REFUSED, limit: { ...LIMIT, refusals: 1 } }) },
		{
			submitted: 'no',
			message: 'The limit is reached',
			description: 'This item was not submitted. Why. The clips: clip 1: not submitted.',
			details: { allowed: 15, clips: [place(1, 'not submitted')] },
		},
	],
	[
		'that has a picture and no clip',
		[
			clipOf(1, { cause: failure('deAPI did not accept it') }),
			clipOf(2, { picture: { job: 'pic-2', jobs: ['pic-2'], submitted: 'yes' } }),
		],
		{},
		{
			submitted: 'yes',
			message: 'Clip 1 of 2: deAPI did not accept it',
			description: `Why. Nothing was submitted for this clip. The clips: clip 1: not submitted; clip 2 (picture pic-2): not submitted. ${MISSING}`,
			details: {
				clips: [
					place(1, 'not submitted'),
					place(2, 'not submitted', { picture_request_id: 'pic-2' }),
				],
			},
		},
	],
	[
		'whose clips are all there, and cannot be joined',
		[madeOf(1, 'done'), madeOf(2, 'done')],
		{ cause: failure('Clip 2 is no video') },
		{
			submitted: 'yes',
			message: 'Clip 2 is no video',
			description: `Why. The clips: clip 1 id-1: done; clip 2 id-2: done. ${READY} Without 'Download Result' the item gives the links to them.`,
			details: {
				clips: [place(1, 'done', { request_id: 'id-1' }), place(2, 'done', { request_id: 'id-2' })],
			},
		},
	],
	[
		'whose clips are all done, and one has been lost',
		[madeOf(1, 'done', { cause: failure('The clip is gone', LOST) }), madeOf(2, 'done')],
		{},
		{
			submitted: 'yes',
			message: 'Clip 1 of 2: The clip is gone (request ID id-1)',
			description: `Why. The clips: clip 1 id-1: done; clip 2 id-2: done. ${READY} If clip 1 cannot be had then either, remove its request_id there: it is made again in a new execution, as a new paid job.`,
			details: {
				clips: [place(1, 'done', { request_id: 'id-1' }), place(2, 'done', { request_id: 'id-2' })],
			},
		},
	],
	[
		'of which several clips cannot be had',
		[
			madeOf(1, 'done', { cause: failure('Not known', { status: 404, details: { code: 7 } }) }),
			madeOf(2, 'done', { cause: failure('No link', { job: { id: 'id-2', state: 'done' } }) }),
			madeOf(3, 'done', { cause: failure('Lost', { job: { id: 'id-3', state: 'gone' } }) }),
			madeOf(4, 'processing', {
				cause: failure('Not ready', { job: { id: 'id-4', state: 'running' } }),
			}),
		],
		{},
		{
			status: 404,
			submitted: 'yes',
			message: 'Clips 1, 2, 3 and 4 of 4: Not known',
			description: `Why. The clips: clip 1 id-1: done; clip 2 id-2: done (No link); clip 3 id-3: done (Lost); clip 4 id-4: processing (Not ready). ${MISSING} If clips 1, 2 and 3 cannot be had then either, remove their request_id there: they are made again in a new execution, each as a new paid job.`,
			details: {
				clips: [1, 2, 3, 4].map((clip) =>
					place(clip, clip < 4 ? 'done' : 'processing', { request_id: `id-${clip}` }),
				),
			},
		},
	],
])('a film %s', async (_what, clips, circumstances, expected) => {
	expect(await said(clips, circumstances)).toStrictEqual({
		...{ item: 0, status: undefined, cause: undefined, named: expect.any(Array) as string[] },
		...expected,
	});
});

test('what a pass says that n8n has left is not heeded', async () => {
	const report = await inNode(await Deapi.open(), async (call) => {
		call.pass.abandon(failure('The execution has moved on'));
		keepFilm(call, { clips: [madeOf(1)], foreign: [] });
		return await Promise.resolve(itemReport(call, failure('It broke')));
	});
	expect([report.submitted, report.details]).toEqual(['no', {}]);
});
