/** Reading a job: which IDs are asked for, and who knows the reason of a failed one. */
import type { IDataObject } from 'n8n-workflow';
import { Account } from '../../nodes/Deapi/service/account';
import { isFailed, isJobId, isUnknown, readJob } from '../../nodes/Deapi/service/jobs';
import { Deapi } from '../support/deapi';
import { inNode } from '../support/probe';

describe('an ID', () => {
	test.each(['1', 'a', '123e4567-e89b-12d3-a456-426614174000', 'A.b_c:d-e', 'x'.repeat(200)])(
		'can be %s',
		(id) => {
			expect(isJobId(id)).toBe(true);
		},
	);

	test.each(['', '.a', '-a', ' a', 'a ', 'a/b', 'a..b', 'a?b', 'a\n', 'ä', 'x'.repeat(201)])(
		'cannot be %j',
		(id) => {
			expect(isJobId(id)).toBe(false);
		},
	);
});

test.each(['error', 'failed', 'canceled', 'cancelled', 'expired', ' Failed '])(
	'the status %j is the end of a job',
	(status) => {
		expect(isFailed(status)).toBe(true);
		expect(isUnknown(status)).toBe(false);
	},
);

test.each([
	['pending', false],
	['processing', false],
	['done', false],
	['queued', true],
	['', true],
])('the status %j is no failure; that it is a new word: %p', (status, isNew) => {
	expect(isFailed(status)).toBe(false);
	expect(isUnknown(status)).toBe(isNew);
});

test('a job without a status has not failed', () => {
	expect(isFailed(undefined)).toBe(false);
});

describe('the reason of a failed job', () => {
	/** Reads a job whose status says this, and by which surfaces of the API it was asked for. */
	async function read(
		answers: Array<IDataObject | 'broken'>,
		{ apiVersion = 'v1', deadline }: { apiVersion?: 'v1' | 'v2'; deadline?: number } = {},
	) {
		const deapi = (await Deapi.open()).with({ apiVersion });
		const requestId = await deapi.submitSong();
		for (const data of answers) {
			deapi.fake.faults.add({
				route: 'status',
				fault: data === 'broken' ? { type: 'html', status: 200 } : { type: 'overwrite', data },
			});
		}
		const reading = await inNode(deapi, async (call) => {
			const account = await Account.of(call.context);
			return await readJob(call, account, requestId, deadline);
		});
		return {
			job: 'job' in reading ? reading.job : undefined,
			asked: deapi.requestsTo('status').map(({ surface }) => surface),
		};
	}

	const bare = { status: 'error', retryable: undefined };
	const explained = { status: 'error', retryable: true, error_code: 'GPU_LOST' };

	test('is asked of v2 where v1 does not know it', async () => {
		const { job, asked } = await read([bare, explained]);
		expect(job).toMatchObject(explained);
		expect(asked).toEqual(['v1', 'v2']);
	});

	test('is not asked for twice', async () => {
		expect((await read([explained])).asked).toEqual(['v1']);
		expect((await read([bare], { apiVersion: 'v2' })).asked).toEqual(['v2']);
		expect((await read([{ status: 'processing' }])).asked).toEqual(['v1']);
	});

	test('stays unknown where v2 cannot tell: the job has failed all the same', async () => {
		for (const second of ['broken', { status: 'processing' }] as const) {
			const { job, asked } = await read([bare, second], { deadline: 5000 });
			expect(job?.status).toBe('error');
			expect(asked).toEqual(['v1', 'v2']);
		}
	});
});
