/** What an item says that fails: held against what is known of it from its earlier tries. */
import { Failure, type FailureFacts } from '../../nodes/Deapi/engine/failure';
import type { Ledger } from '../../nodes/Deapi/submit/ledger';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import type { SubmitDeclaration } from '../../nodes/Deapi/submit/submitOperation';
import { paidOperation } from '../../nodes/Deapi/submit/submitOperation';
import { Deapi } from '../support/deapi';
import { itemOf, PROBE } from '../support/probe';

const UNCLEAR = { happened: 'The upload was cut', makesJob: true };
const DOUBT = 'The upload was cut, so the job may exist and may have been charged';
const ENDPOINT = { v1: '/api/v1/client/txt2img', v2: '/api/v2/images/generations' };

/**
 * An item that fails before anything is sent.
 *
 * @param known what earlier tries have left behind
 */
async function said(known: (ledger: Ledger) => unknown, facts: Partial<FailureFacts> = {}) {
	const declaration: SubmitDeclaration = {
		...PROBE,
		endpoint: ENDPOINT,
		product: 'the picture',
		prepare: async () => await Promise.reject(new Error('It was to end before')),
	};
	const operation = paidOperation(declaration, async (call) => {
		known(ledgerOf(call.run));
		const failure = new Failure({ message: 'It broke', description: 'Why.', ...facts });
		return await Promise.reject(failure);
	});
	const { json } = await itemOf(await Deapi.open(), operation);
	return { error: json.error, message: json.message, details: json.details };
}

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
		const hasAnswer = (ledger: Ledger) => ledger.keepAnswer({ item: 0 }, { prompt: 'better' });
		expect(await said(hasAnswer, { details: { price: 1 } })).toEqual({
			error: 'It broke',
			message: 'Why. An earlier try of this item succeeded; its result is in the details.',
			details: { price: 1, prompt: 'better', submitted: 'yes' },
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
});
