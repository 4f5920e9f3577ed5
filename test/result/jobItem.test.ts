/** A job's item: which of its fields it has, and when a file belongs to it. */
import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import type { ItemOptions } from '../../nodes/Deapi/result/jobItem';
import { toJobItem } from '../../nodes/Deapi/result/jobItem';
import { Account } from '../../nodes/Deapi/service/account';
import { Deapi } from '../support/deapi';
import { outcomeOf } from '../support/parts';
import { inNode } from '../support/probe';
import { startStorage } from '../support/storage';
import { fixture } from '../support/workflows';

const VIDEO = readFileSync(fixture('result.mp4'));
const OPTIONS: ItemOptions = {
	downloads: true,
	field: 'clip',
	product: 'the video',
	needsFile: true,
};

/** What becomes of a job, and what was asked for on the way. */
async function itemOf(
	job: IDataObject & { status: string },
	options: Partial<ItemOptions> = {},
	deapi?: Deapi,
) {
	const service = deapi ?? (await Deapi.open());
	const item = await inNode(service, async (call) => {
		const account = await Account.of(call.context);
		const ours = { item_name: 'ours' };
		const work = toJobItem(call, account, 'id-1', job, ours, { ...OPTIONS, ...options });
		return await outcomeOf(work);
	});
	return { item, asked: service.fake.requests.map(({ route }) => route) };
}

describe('the fields of the item', () => {
	test('are those of the job that say something, with ours in their place', async () => {
		const { item } = await itemOf({
			...{ status: 'processing', progress: 0, preview: null, result: '', list: [] },
			...{ request_id: 'theirs', item_name: 'theirs' },
		});
		expect(item).toEqual({
			json: {
				...{ request_id: 'id-1', item_name: 'ours' },
				...{ status: 'processing', progress: 0, result: '', list: [] },
			},
			pairedItem: { item: 0 },
		});
	});

	test('are never those by which n8n or this package tells a failed item', async () => {
		const { item } = await itemOf({ status: 'pending', error: 'None', submitted: 'no' });
		expect(item).toMatchObject({
			json: { request_id: 'id-1', item_name: 'ours', status: 'pending' },
		});
		expect((item as { json: object }).json).not.toHaveProperty('error');
		expect((item as { json: object }).json).not.toHaveProperty('submitted');
	});
});

test.each([
	['a job that goes on', 'processing', {}],
	['a result that is not wanted', 'done', { downloads: false }],
])('%s is left where it is', async (_what, status, options) => {
	const { item, asked } = await itemOf({ status, result_url: 'http://127.0.0.1:1/a.mp4' }, options);
	expect(item).toMatchObject({ json: { status, result_url: 'http://127.0.0.1:1/a.mp4' } });
	expect(item).not.toHaveProperty('binary');
	expect(asked).toEqual([]);
});

describe('a job that is done without a link', () => {
	test.each([
		['a text, where a file was to come', { result: 'Three words sung' }, {}],
		['an empty text: nobody speaks', { result: '' }, {}],
		['nothing, where that is no failure', {}, { needsFile: false }],
		['a text, where that is no failure', { result: 'Words' }, { needsFile: false }],
	])('has brought %s', async (_what, fields, options) => {
		const { item } = await itemOf({ status: 'done', ...fields }, options);
		expect(item).toEqual({
			json: { request_id: 'id-1', item_name: 'ours', status: 'done', ...fields },
			pairedItem: { item: 0 },
		});
	});

	test.each([{}, { result: null }, { result_url: null }, { result_url: ' ' }])(
		'is a failure where a file was to come: %j',
		async (fields) => {
			const { item, asked } = await itemOf({ status: 'done', ...fields });
			expect(item).toMatchObject({
				message: 'The job is done, but deAPI gave no link to the video',
				description: 'Read the job again in a moment.',
				job: { id: 'id-1', state: 'done' },
			});
			expect(asked).toEqual([]);
		},
	);
});

test('a link that has expired: the item is that of the second look, and still has ours', async () => {
	const storage = await startStorage((request, response) => {
		if (request.url === '/old.mp4') response.writeHead(403).end();
		else response.writeHead(200, { 'Content-Type': 'video/mp4' }).end(VIDEO);
	});
	const deapi = await Deapi.open();
	const data = { status: 'done', result_url: `${storage.url}/new.mp4`, item_name: 'theirs' };
	deapi.fake.faults.add({
		route: 'status',
		fault: { type: 'status', status: 200, body: { data } },
	});
	const job = { status: 'done', result_url: `${storage.url}/old.mp4` };
	const { item, asked } = await itemOf(job, { fileName: 'song' }, deapi);
	expect(item).toMatchObject({
		json: { ...data, request_id: 'id-1', item_name: 'ours' },
		binary: { clip: { fileName: 'song.mp4' } },
	});
	expect(asked).toEqual(['status']);
});
