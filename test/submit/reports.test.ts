/** What an item says that fails: held against what is known of it from its earlier tries. */
import { Failure, type FailureFacts, type PaidJob } from '../../nodes/Deapi/engine/failure';
import type { Ledger } from '../../nodes/Deapi/submit/ledger';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import type { SubmitDeclaration } from '../../nodes/Deapi/submit/submitOperation';
import { nodeSum } from '../../nodes/Deapi/submit/purpose';
import { jobReport } from '../../nodes/Deapi/submit/outcome/report';
import { paidOperation } from '../../nodes/Deapi/submit/submitOperation';
import { Deapi } from '../support/deapi';
import { itemOf, PROBE } from '../support/probe';

const UNCLEAR = { happened: 'The upload was cut', makesJob: true };
const DOUBT = 'The upload was cut, so the job may exist and may have been charged';
const ENDPOINT = { v1: '/api/v1/client/txt2img', v2: '/api/v2/images/generations' };

/**
 * An item that fails before anything is sent.
 *
 * @param known what earlier tries have left behind; gets what the node's parameters are known by
 */
async function said(
	known: (ledger: Ledger, node: string) => unknown,
	facts: Partial<FailureFacts> = {},
) {
	const declaration: SubmitDeclaration = {
		...PROBE,
		endpoint: ENDPOINT,
		product: 'the picture',
		prepare: async () => await Promise.reject(new Error('It was to end before')),
	};
	const operation = paidOperation(declaration, async (call) => {
		known(ledgerOf(call.run), nodeSum(call));
		const failure = new Failure({ message: 'It broke', description: 'Why.', ...facts });
		return await Promise.reject(failure);
	});
	const { json } = await itemOf(await Deapi.open(), operation);
	return { error: json.error, message: json.message, details: json.details };
}

const purposeOf = (sum: string, node: string) => ({ sum, endpoint: '/x', model: 'Ltx', node });

const FETCH =
	"was submitted and may still finish: fetch it with the resource 'Job', operation 'Get', instead of generating it again.";

describe('an item', () => {
	test('that was never sent says that nothing was submitted, unless it knows better', async () => {
		const nothing = () => undefined;
		expect(await said(nothing)).toEqual({
			error: 'It broke',
			message: 'Why. Nothing was submitted for this item.',
			details: { submitted: 'no' },
		});
		for (const submitted of ['no', 'yes', 'unknown'] as const) {
			expect(await said(nothing, { submitted })).toMatchObject({
				message: 'Why.',
				details: { submitted },
			});
		}
	});

	test('that has a job says how to fetch it, once', async () => {
		const hasJob = (ledger: Ledger) => ledger.accept({ item: 0 }, { request_id: 'id-a' });
		expect(await said(hasJob)).toEqual({
			error: 'It broke (request ID id-a)',
			message: `Why. The job id-a ${FETCH}`,
			details: { request_id: 'id-a', submitted: 'yes' },
		});
		expect(await said(hasJob, { job: { id: 'id-a', state: 'ended' } })).toEqual({
			error: 'It broke (request ID id-a)',
			message: 'Why.',
			details: { request_id: 'id-a', submitted: 'yes' },
		});
	});

	test('that has an answer says where it is, not that nothing was submitted', async () => {
		const hasAnswer = (ledger: Ledger, node: string) => {
			ledger.keepAnswer({ item: 0, purpose: purposeOf('a', node) }, { prompt: 'better' });
			ledger.release({ item: 0, purpose: purposeOf('b', node) });
		};
		expect(await said(hasAnswer, { details: { price: 1 } })).toEqual({
			error: 'It broke',
			message: 'Why. An earlier try of this item succeeded; its result is in the details.',
			details: { price: 1, prompt: 'better', submitted: 'yes' },
		});
	});

	test.each<[string, string | undefined, string, object]>([
		[
			'the job that it has, and no answer beside it',
			undefined,
			`The job id-a ${FETCH}`,
			{ request_id: 'id-a', submitted: 'yes' },
		],
		[
			'of what was made before the node was edited only the ID',
			'edited since',
			'An earlier try of this item succeeded; its result is in the details. Earlier tries of this item: id-a.',
			{ prompt: 'better', request_ids: ['id-a'], submitted: 'yes' },
		],
	])('tells %s', async (_what, other, text, details) => {
		const known = (ledger: Ledger, node: string) => {
			const keyOf = (sum: string, of = node) => ({ item: 0, purpose: purposeOf(sum, of) });
			ledger.accept(keyOf('a job', other), { request_id: 'id-a' });
			ledger.keepAnswer(keyOf('an answer'), { prompt: 'better' });
			ledger.release(keyOf('to be made again'));
		};
		expect(await said(known)).toEqual({
			error: `It broke${other === undefined ? ' (request ID id-a)' : ''}`,
			message: `Why. ${text}`,
			details,
		});
	});

	test('whose outcome is not known says so, unless that is what it says', async () => {
		const isUnclear = (ledger: Ledger) => ledger.doubt({ item: 0 }, UNCLEAR);
		expect(await said(isUnclear)).toEqual({
			error: 'It broke',
			message: `Why. An earlier try: ${DOUBT}.`,
			details: { submitted: 'unknown' },
		});
		expect(await said(isUnclear, { submitted: 'unknown' })).toMatchObject({ message: 'Why.' });
	});

	test('whose jobs may be made again names them all', async () => {
		const known = (ledger: Ledger) => {
			ledger.accept({ item: 0 }, { request_id: 'id-a' });
			ledger.accept({ item: 0 }, { request_id: 'id-b' });
			ledger.release({ item: 0 });
		};
		const details = { request_ids: ['id-a', 'id-b'] };
		expect(await said(known, { details: { price: 1 } })).toEqual({
			error: 'It broke',
			message: 'Why. Nothing was submitted for this item. Earlier tries of this item: id-a, id-b.',
			details: { price: 1, ...details, submitted: 'no' },
		});
		expect(await said(known, { job: { id: 'id-b', state: 'ended' } })).toEqual({
			error: 'It broke (request ID id-b)',
			message: 'Why. Earlier tries of this item: id-a.',
			details: { ...details, request_id: 'id-b', submitted: 'yes' },
		});
	});

	test('that only tells of another one says nothing of its own jobs', async () => {
		const known = (ledger: Ledger) => {
			ledger.accept({ item: 0 }, { request_id: 'id-a' });
			ledger.release({ item: 0 });
		};
		expect(await said(known, { item: 5, submitted: 'no' })).toEqual({
			...{ error: 'It broke', message: 'Why.', details: { submitted: 'no' } },
		});
	});
});

const ANEW = 'does not find it later either, run the workflow in a new execution';
const GONE = 'The job id-a is done, but deAPI does not give out its result.';

test.each<[PaidJob['state'], RegExp, string | undefined]>([
	['running', /^Why\. The job id-a was submitted and may still finish: fetch it with /, undefined],
	['done', /^Why\. The job id-a is done: fetch it with /, undefined],
	[
		'gone',
		new RegExp(`^Why\\. ${GONE} If the resource .* ${ANEW}`),
		`${GONE} If that stays so, it has to be generated again, as a new paid job.`,
	],
	['missing', new RegExp(`^Why\\. If the resource .* ${ANEW}`), ''],
	['ended', /^Why\.$/, ''],
])('of a job that is %s it is said how to have it', async (state, advice, whereRead) => {
	const job = { id: 'id-a', state };
	const { error, message, details } = await said(() => undefined, { job });
	const isKnown = state !== 'missing';
	const named = `It broke${isKnown ? ' (request ID id-a)' : ''}`;
	expect([error, details]).toEqual([named, { request_id: 'id-a', submitted: 'yes' }]);
	expect(message).toMatch(advice);
	// Where the job was read by its ID there is nothing else to tell.
	const cause = new Error('behind it');
	const facts = { message: 'It broke', description: '', status: 500, details: { code: 7 }, job };
	expect(jobReport(new Failure(facts, { cause }))).toEqual({
		...{ status: 500, request_id: 'id-a', details: { code: 7 }, cause, message: named },
		submitted: isKnown ? 'yes' : undefined,
		description: whereRead ?? (message as string).replace('Why. ', ''),
	});
});

describe('a film that did not come as far as its plan', () => {
	test('names the jobs of its clips, and the clips whose outcome is not known', async () => {
		const known = (ledger: Ledger) => {
			ledger.accept({ item: 0, clip: 1 }, { request_id: 'id-a' });
			ledger.accept({ item: 0, clip: 2 }, { request_id: 'id-b' });
			ledger.doubt({ item: 0, clip: 3 }, UNCLEAR);
			ledger.accept({ item: 1, clip: 1 }, { request_id: 'of another item' });
		};
		expect(await said(known, { details: { price: 1 } })).toEqual({
			error: 'It broke',
			message: 'Why. A job may exist for clip 3. Earlier tries of this item: id-a, id-b.',
			details: { price: 1, request_ids: ['id-a', 'id-b'], submitted: 'unknown' },
		});
	});

	test.each<[string, (ledger: Ledger) => unknown, Partial<FailureFacts>, string, object]>([
		[
			'jobs only',
			(ledger) => ledger.accept({ item: 0, clip: 1 }, { request_id: 'id-a' }),
			{},
			' Earlier tries of this item: id-a.',
			{ request_ids: ['id-a'], submitted: 'yes' },
		],
		[
			'jobs of clips, and one of before it was a film',
			(ledger) =>
				[{}, { clip: 1 }].forEach((key, index) =>
					ledger.accept({ item: 0, ...key }, { request_id: `id-${index}` }),
				),
			{},
			' Earlier tries of this item: id-0, id-1.',
			{ request_ids: ['id-0', 'id-1'], submitted: 'yes' },
		],
		[
			'doubts only',
			(ledger) => [2, 7].forEach((clip) => ledger.doubt({ item: 0, clip }, UNCLEAR)),
			{},
			' A job may exist for clips 2 and 7.',
			{ submitted: 'unknown' },
		],
		[
			'neither',
			(ledger) => ledger.release({ item: 0, clip: 1 }),
			{},
			' Nothing was submitted for this item.',
			{ submitted: 'no' },
		],
		[
			'neither, where it knows better',
			(ledger) => ledger.release({ item: 0, clip: 1 }),
			{ submitted: 'unknown' },
			'',
			{ submitted: 'unknown' },
		],
	])('says what there is: %s', async (_what, known, facts, more, details) => {
		expect(await said(known, facts)).toEqual({
			error: 'It broke',
			message: `Why.${more}`,
			details,
		});
	});

	test('gives its clips out for the next run: those of this node whose places are known', async () => {
		const PLACE = { start_seconds: 0, seconds: 5, frames: 120, frames_asked: 121, cut: 'beat' };
		const SHOWN = { scene: 'A bridge', prompt: 'Rain', model: 'Ltx', seed: 7, sound_id: 'abc' };
		const known = (ledger: Ledger, node: string) => {
			const keyOf = (clip: number, sum: string, own = node) => ({
				...{ item: 0, clip },
				purpose: purposeOf(sum, own),
			});
			const accept = (key: object, id: string, sent: object = { seconds: 5 }) =>
				ledger.accept({ ...keyOf(0, ''), ...key }, { request_id: id, ...sent });
			accept(keyOf(12, 'a'), 'id-12', { ...PLACE, ...SHOWN, width: 512 });
			accept({ ...keyOf(12, 'b'), part: 'picture' }, 'pic-12', { seconds: 5 });
			accept(keyOf(2, 'c'), 'id-2-before');
			accept(keyOf(2, 'd'), 'id-2');
			accept(keyOf(3, 'e', 'edited since'), 'id-3');
			accept(keyOf(4, 'f'), 'id-4-without-a-place', {});
			ledger.release(keyOf(5, 'g'));
			ledger.release({ ...keyOf(5, 'h'), part: 'picture' });
		};
		const { message, details } = await said(known);
		expect(message).toBe(
			"Why. Earlier tries of this item: id-2-before, id-2, id-3, id-4-without-a-place, id-12, pic-12. Clips that can be used again are in the details: with these in 'Existing Clips' none of them is paid for again.",
		);
		expect(details).toStrictEqual({
			request_ids: ['id-2-before', 'id-2', 'id-3', 'id-4-without-a-place', 'id-12', 'pic-12'],
			clips: [
				{ clip: 2, request_id: 'id-2', seconds: 5 },
				{ clip: 2, request_id: 'id-2-before', seconds: 5 },
				{ clip: 12, request_id: 'id-12', picture_request_id: 'pic-12', ...PLACE, ...SHOWN },
			],
			submitted: 'yes',
		});
	});
});
