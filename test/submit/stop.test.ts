/** What a run that ends says of its jobs. */
import { Failure } from '../../nodes/Deapi/engine/failure';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { canceledItem, withJobsOf } from '../../nodes/Deapi/submit/stop';

const UNCLEAR = { message: 'Cut', description: 'Look.', submitted: 'unknown' } as const;

const begin = (item = 0) => ({ item, run: new NodeRun(undefined, 100, false) });
const failure = (facts: object = {}) =>
	new Failure({ message: 'It broke', description: 'Why.', ...facts });

test('nothing, where there is nothing to say', () => {
	const call = begin();
	const said = failure();
	expect(withJobsOf(call, said)).toBe(said);
	ledgerOf(call.run).release({ item: 1 });
	expect(withJobsOf(call, said)).toBe(said);
});

test('the jobs with their items, those of earlier tries too, in the text and in the data', () => {
	const call = begin();
	const ledger = ledgerOf(call.run);
	ledger.accept({ item: 2 }, { request_id: 'id-c' });
	ledger.accept({ item: 0 }, { request_id: 'id-a' });
	ledger.accept({ item: 0 }, { request_id: 'id-b' });
	ledger.accept({ item: 1, clip: 3 }, { request_id: 'id-d' });
	const { facts } = withJobsOf(call, failure({ details: { kept: 1 } }));
	expect(facts.message).toBe('It broke');
	expect(facts.description).toBe(
		"Why. The node has submitted these jobs; fetch them with the resource 'Job', operation 'Get': id-a [item 0], id-b [item 0], id-d [item 1, clip 3] and id-c [item 2].",
	);
	expect(facts.details).toEqual({
		kept: 1,
		submitted_jobs: [
			{ item: 0, request_id: 'id-a' },
			{ item: 0, request_id: 'id-b' },
			{ item: 1, clip: 3, request_id: 'id-d' },
			{ item: 2, request_id: 'id-c' },
		],
	});
});

test('not the job that the message is about, where it is the only one', () => {
	const call = begin();
	ledgerOf(call.run).accept({ item: 0 }, { request_id: 'id-a' });
	const own = failure({ request_id: 'id-a' });
	expect(withJobsOf(call, own)).toBe(own);
	expect(withJobsOf(call, failure()).facts.description).toContain('id-a [item 0]');
	ledgerOf(call.run).accept({ item: 1 }, { request_id: 'id-b' });
	expect(withJobsOf(call, own).facts.description).toContain('id-a [item 0] and id-b [item 1]');
});

test('not those that the message names already; the data have all', () => {
	const call = begin();
	ledgerOf(call.run).accept({ item: 0, clip: 1 }, { request_id: 'id-a' });
	ledgerOf(call.run).accept({ item: 0, clip: 2 }, { request_id: 'id-b' });
	const some = withJobsOf(call, failure({ description: 'Clip 1 is id-a.' })).facts;
	expect(some.description).toBe(
		"Clip 1 is id-a. The node has also submitted these jobs; fetch them with the resource 'Job', operation 'Get': id-b [item 0, clip 2].",
	);
	const all = withJobsOf(call, failure({ message: 'id-a', description: 'id-b' })).facts;
	expect(all.description).toBe('id-b');
	for (const { details } of [some, all]) expect(details?.submitted_jobs).toHaveLength(2);
});

test.each(['id-5', '5-id', '5a7'])('an ID with numbers in it is no number: %s', (request_id) => {
	const call = begin();
	ledgerOf(call.run).accept({ item: 0, clip: 1 }, { request_id });
	const { description } = withJobsOf(call, failure({ message: `Clip 1 (${request_id})` })).facts;
	expect(description).toBe('Why.');
});

test('a job whose ID is a number is named, whatever other numbers stand there', () => {
	const call = begin();
	ledgerOf(call.run).accept({ item: 0, clip: 1 }, { request_id: '5' });
	ledgerOf(call.run).accept({ item: 0, clip: 2 }, { request_id: '12' });
	const { description } = withJobsOf(call, failure({ message: 'Clip 5 of 12' })).facts;
	expect(description).toContain(': 5 [item 0, clip 1] and 12 [item 0, clip 2].');
});

test('the items whose outcome is not known, unless the message is about the only one', () => {
	const call = begin(1);
	const { run } = call;
	ledgerOf(run).doubt({ item: 1 }, UNCLEAR);
	const open = 'The outcome is not known, so a job may exist, for [item 1].';
	expect(withJobsOf(call, failure()).facts.description).toBe(`Why. ${open}`);
	const own = withJobsOf(call, failure({ submitted: 'unknown' })).facts;
	expect(own.description).toBe('Why.');
	expect(own.details).toEqual({ unclear_items: [{ item: 1 }] });
	for (const other of [
		withJobsOf({ run, item: 0 }, failure({ submitted: 'unknown' })),
		withJobsOf(call, failure({ submitted: 'unknown', item: 0 })),
		withJobsOf(call, failure({ submitted: 'yes' })),
	]) {
		expect(other.facts.description).toBe(`Why. ${open}`);
	}
	ledgerOf(run).doubt({ item: 0, clip: 2 }, UNCLEAR);
	expect(withJobsOf(call, failure({ submitted: 'unknown' })).facts.description).toBe(
		'Why. The outcome is not known, so a job may exist, for [item 0, clip 2] and [item 1].',
	);
});

test('what deAPI answered where it makes no job', () => {
	const call = begin();
	ledgerOf(call.run).keepAnswer({ item: 1 }, { prompt: 'better' });
	const { description, details } = withJobsOf(call, failure()).facts;
	expect(description).toBe('Why. What deAPI answered for [item 1] is in the details.');
	expect(details).toEqual({ answers: [{ item: 1, prompt: 'better' }] });
});

test.each([
	[50, undefined],
	[51, '1 more (see the details)'],
	[60, '10 more (see the details)'],
])('of %d jobs at most fifty are listed; the data have all', (count, rest) => {
	const call = begin();
	for (let item = 0; item < count; item++) {
		ledgerOf(call.run).accept({ item }, { request_id: `id-${item}` });
	}
	const { description, details } = withJobsOf(call, failure()).facts;
	expect(description.match(/id-\d+ /g)).toHaveLength(50);
	expect(details?.submitted_jobs).toHaveLength(count);
	if (rest === undefined) expect(description).not.toContain('more');
	else expect(description).toContain(` and ${rest}.`);
});

describe('an item of a canceled execution', () => {
	const texts = { message: 'It broke', description: 'Why.' };

	test.each<[string, string[], object]>([
		['no job', [], { submitted: 'no' }],
		['one', ['id-a'], { submitted: 'yes', request_id: 'id-a' }],
		['several', ['id-a', 'id-b'], { submitted: 'yes', request_ids: ['id-a', 'id-b'] }],
	])('has its IDs: %s', (_what, ids, expected) => {
		const call = begin(4);
		ledgerOf(call.run).accept({ item: 5 }, { request_id: 'of another' });
		for (const request_id of ids) ledgerOf(call.run).accept({ item: 4 }, { request_id });
		expect(canceledItem(call, failure())).toEqual({
			json: { ...texts, ...expected },
			pairedItem: { item: 4 },
		});
	});

	test('says that the outcome is not known, also beside a job', () => {
		const call = begin();
		ledgerOf(call.run).accept({ item: 0 }, { request_id: 'id-a' });
		ledgerOf(call.run).doubt({ item: 0 }, UNCLEAR);
		expect(canceledItem(call, failure()).json).toEqual({
			...{ ...texts, submitted: 'unknown', request_id: 'id-a' },
		});
	});

	test('has what deAPI answered where it makes no job: it is paid for', () => {
		const call = begin(4);
		ledgerOf(call.run).keepAnswer({ item: 5 }, { prompt: 'of another' });
		ledgerOf(call.run).keepAnswer({ item: 4 }, { prompt: 'better' });
		expect(canceledItem(call, failure()).json).toEqual({
			...{ ...texts, submitted: 'yes', prompt: 'better' },
		});
	});

	test('has the clips of its film', () => {
		const clips = [{ clip: 1, status: 'pending' }];
		expect(canceledItem(begin(), failure({ details: { clips } })).json).toEqual({
			...{ ...texts, submitted: 'no', clips },
		});
	});
});
