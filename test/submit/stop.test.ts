/** What a run that ends says of its jobs. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure, type FailureFacts } from '../../nodes/Deapi/engine/failure';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import { Pass } from '../../nodes/Deapi/engine/pass';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { keepFilm } from '../../nodes/Deapi/submit/outcome/outcome';
import { canceledItem, stopReport } from '../../nodes/Deapi/submit/outcome/report';

const UNCLEAR = { happened: 'Cut', makesJob: true };

type CallOfRun = Pick<Call, 'run' | 'item' | 'context'>;

function begin(item = 0): CallOfRun {
	const context: unknown = { getNode: () => ({ parameters: {} }) };
	return {
		item,
		run: new NodeRun(undefined, 100, false, true),
		context: context as Call['context'],
	};
}
const failure = (facts: Partial<FailureFacts> = {}) =>
	new Failure({ message: 'It broke', description: 'Why.', submitted: 'no', ...facts });

test('nothing, where there is nothing to say', () => {
	const call = begin();
	const nothing = { message: 'It broke', description: 'Why.', submitted: 'no', details: {} };
	expect(stopReport(call, failure())).toMatchObject(nothing);
	ledgerOf(call.run).release({ item: 1 });
	expect(stopReport(call, failure())).toMatchObject(nothing);
});

test('the jobs with their items, those of earlier tries too, in the text and in the data', () => {
	const call = begin();
	const ledger = ledgerOf(call.run);
	ledger.accept({ item: 2 }, { request_id: 'id-c' });
	ledger.accept({ item: 0 }, { request_id: 'id-a' });
	ledger.accept({ item: 0 }, { request_id: 'id-b' });
	ledger.accept({ item: 1, clip: 3 }, { request_id: 'id-d' });
	ledger.accept({ item: 1, clip: 3, part: 'picture' }, { request_id: 'id-e' });
	const facts = stopReport(call, failure({ item: 5, details: { kept: 1 } }));
	expect(facts.message).toBe('It broke');
	expect(facts.description).toBe(
		"Why. The node has submitted these jobs; fetch them with the resource 'Job', operation 'Get': id-a [item 0], id-b [item 0], id-d [item 1, clip 3], id-e [item 1, picture of clip 3] and id-c [item 2].",
	);
	expect(facts.details).toStrictEqual({
		kept: 1,
		submitted_jobs: [
			{ item: 0, request_id: 'id-a' },
			{ item: 0, request_id: 'id-b' },
			{ item: 1, clip: 3, request_id: 'id-d' },
			{ item: 1, clip: 3, part: 'picture', request_id: 'id-e' },
			{ item: 2, request_id: 'id-c' },
		],
	});
});

test('not the job that the message is about, where it is the only one', () => {
	const call = begin();
	ledgerOf(call.run).accept({ item: 0 }, { request_id: 'id-a' });
	const own = failure({ job: { id: 'id-a', state: 'ended' } });
	const alone = stopReport(call, own);
	expect(alone).toMatchObject({ message: 'It broke (request ID id-a)', description: 'Why.' });
	expect(alone.details).toEqual({});
	expect(stopReport(call, failure({ item: 1 })).description).toContain('id-a [item 0]');
	ledgerOf(call.run).accept({ item: 1 }, { request_id: 'id-b' });
	const both = stopReport(call, own);
	expect(both.description).toContain('also submitted these jobs');
	expect(both.description).toContain(': id-b [item 1].');
	expect(both.details?.submitted_jobs).toHaveLength(2);
});

test('not those that the item names already; the data have all', () => {
	const call = begin();
	const ledger = ledgerOf(call.run);
	ledger.accept({ item: 0, clip: 1 }, { request_id: 'id-a' });
	ledger.accept({ item: 0, clip: 2 }, { request_id: '12' });
	ledger.accept({ item: 1 }, { request_id: 'id-b' });
	const { description, details } = stopReport(call, failure());
	expect(description).toBe(
		"Why. Earlier tries of this item: id-a, 12. The node has also submitted these jobs; fetch them with the resource 'Job', operation 'Get': id-b [item 1].",
	);
	expect(details?.submitted_jobs).toHaveLength(3);
});

test('the items whose outcome is not known, unless the message is about the only one', () => {
	const call = begin(1);
	const { run } = call;
	ledgerOf(run).doubt({ item: 1 }, UNCLEAR);
	const open = 'The outcome is not known, so a job may exist, for [item 1].';
	const own = stopReport(call, failure({ submitted: 'unknown' }));
	expect(own.description).toBe('Why.');
	expect(own.details).toEqual({ unclear_items: [{ item: 1 }] });
	const before = stopReport(call, failure());
	expect(before).toMatchObject({ submitted: 'unknown', details: own.details });
	expect(before.description).toMatch(/^Why\. An earlier try: Cut, so the job may exist/);
	for (const other of [
		stopReport({ ...call, item: 0 }, failure({ submitted: 'unknown' })),
		stopReport(call, failure({ submitted: 'unknown', item: 0 })),
		stopReport(call, failure({ item: 0 })),
		stopReport(call, failure({ job: { id: 'id-a', state: 'ended' } })),
	]) {
		expect(other.description).toBe(`Why. ${open}`);
	}
	ledgerOf(run).doubt({ item: 0, clip: 2 }, UNCLEAR);
	expect(stopReport(call, failure({ submitted: 'unknown' })).description).toBe(
		'Why. The outcome is not known, so a job may exist, for [item 0, clip 2] and [item 1].',
	);
	const first = begin(0);
	for (const item of [0, 1]) ledgerOf(first.run).doubt({ item }, UNCLEAR);
	expect(stopReport(first, failure({ submitted: 'unknown' })).description).toBe(
		'Why. The outcome is not known, so a job may exist, for [item 0] and [item 1].',
	);
});

test('what deAPI answered where it makes no job', () => {
	const call = begin();
	ledgerOf(call.run).keepAnswer({ item: 1 }, { prompt: 'better' });
	const { description, details } = stopReport(call, failure({ item: 99 }));
	expect(description).toBe('Why. What deAPI answered for [item 1] is in the details.');
	expect(details).toEqual({ answers: [{ item: 1, prompt: 'better' }] });
});

test.each([
	[50, undefined],
	[51, '1 more in the details'],
	[60, '10 more in the details'],
])('of %d jobs at most fifty are listed; the data have all', (count, rest) => {
	const call = begin();
	for (let item = 0; item < count; item++) {
		ledgerOf(call.run).accept({ item }, { request_id: `id-${item}` });
	}
	const { description, details } = stopReport(call, failure({ item: 99 }));
	expect(description.match(/id-\d+ /g)).toHaveLength(50);
	expect(details?.submitted_jobs).toHaveLength(count);
	if (rest === undefined) expect(description).not.toContain('more');
	else expect(description).toContain(` and ${rest}.`);
});

test.each([
	[50, /; clip 50 id-50: done\. All clips/],
	[359, /; clip 50 id-50: done; and 309 more in the details\. All clips/],
])('of a film of %d clips fifty are listed; the details have all', (count, text) => {
	const call = begin();
	const clips = Array.from({ length: count }, (_, index) => ({
		...{ clip: index + 1, place: {}, key: { item: 0, clip: index + 1 }, status: 'done' },
		...{ jobs: [`id-${index + 1}`], job: `id-${index + 1}`, submitted: 'yes' as const },
	}));
	keepFilm({ ...call, pass: new Pass(1) }, { clips, foreign: [] });
	for (const { key, job } of clips) ledgerOf(call.run).accept(key, { request_id: job });
	const { description, details } = stopReport(call, failure());
	expect(description).toMatch(text);
	expect(description).not.toContain('also submitted');
	expect(details?.clips).toHaveLength(count);
	expect(details?.submitted_jobs).toHaveLength(count);
});

describe('an item of a canceled execution', () => {
	const texts = { message: 'It broke', description: 'Why.' };
	const ended = (id: string) => failure({ job: { id, state: 'ended' } });

	test.each<[string, string[], object]>([
		['no job', [], { submitted: 'no', ...texts }],
		['one', ['id-a'], { submitted: 'yes', request_id: 'id-a' }],
		['several', ['id-a', 'id-b'], { submitted: 'yes', request_ids: ['id-a', 'id-b'] }],
	])('has its IDs: %s', (_what, ids, expected) => {
		const call = begin(4);
		ledgerOf(call.run).accept({ item: 5 }, { request_id: 'of another' });
		for (const request_id of ids) ledgerOf(call.run).accept({ item: 4 }, { request_id });
		const { json, pairedItem } = canceledItem(call, failure());
		expect(pairedItem).toEqual({ item: 4 });
		expect(json).toMatchObject(expected);
		expect('request_id' in json).toBe(ids.length === 1);
		const text = `${asText(json.message)} ${asText(json.description)}`;
		for (const id of ids) expect(text).toContain(id);
		expect(JSON.stringify(json)).not.toContain('of another');
	});

	test('says how its own job ended', () => {
		const call = begin();
		ledgerOf(call.run).accept({ item: 0 }, { request_id: 'id-a' });
		expect(canceledItem(call, ended('id-a')).json).toEqual({
			...{ message: 'It broke (request ID id-a)', description: 'Why.' },
			...{ submitted: 'yes', request_id: 'id-a' },
		});
	});

	test('says that the outcome is not known, also beside a job', () => {
		const call = begin();
		ledgerOf(call.run).accept({ item: 0 }, { request_id: 'id-a' });
		ledgerOf(call.run).doubt({ item: 0 }, UNCLEAR);
		const { json } = canceledItem(call, failure({ submitted: 'unknown' }));
		expect(json).toMatchObject({ submitted: 'unknown', request_id: 'id-a' });
		expect(canceledItem(call, failure()).json).toMatchObject({
			...{ submitted: 'unknown', request_id: 'id-a' },
		});
	});

	test('has what deAPI answered where it makes no job: it is paid for', () => {
		const call = begin(4);
		ledgerOf(call.run).keepAnswer({ item: 5 }, { prompt: 'of another' });
		const purpose = { sum: 'x', endpoint: '/x', model: '', node: '' };
		ledgerOf(call.run).release({ item: 4, purpose });
		ledgerOf(call.run).keepAnswer({ item: 4 }, { prompt: 'better' });
		expect(canceledItem(call, failure()).json).toMatchObject({
			...{ message: 'It broke', submitted: 'yes', prompt: 'better' },
		});
	});

	test('has the clips of its film', () => {
		const call = begin();
		const pass = new Pass(1);
		const clip = { clip: 1, place: { frames: 9 }, key: { item: 0, clip: 1 }, jobs: ['id-a'] };
		keepFilm(
			{ ...call, pass },
			{ clips: [{ ...clip, job: 'id-a', submitted: 'yes' }], foreign: [] },
		);
		expect(canceledItem(call, failure()).json).toMatchObject({
			...{ message: 'It broke', submitted: 'yes' },
			clips: [{ clip: 1, request_id: 'id-a', frames: 9, status: 'pending' }],
		});
	});
});

const asText = (value: unknown) => (typeof value === 'string' ? value : '');
