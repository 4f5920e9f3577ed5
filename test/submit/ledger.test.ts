/** What is known of a run's submits, and what n8n stores of it. */
import type { IExecuteData } from 'n8n-workflow';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import { Ledger, ledgerOf } from '../../nodes/Deapi/submit/ledger';

const UNCLEAR = { happened: 'It was cut', makesJob: true };

/** What a submit is for; each sum is something else. */
const purposeOf = (sum: string, changes: object = {}) => ({
	...{ sum, endpoint: '/videos', model: 'Ltx', node: 'as it is' },
	...changes,
});

function runOf(metadata?: object): NodeRun {
	const node = { id: '1', name: 'N', type: 't', typeVersion: 1, position: [0, 0], parameters: {} };
	const data = { node, data: {}, source: null, metadata } as unknown as IExecuteData;
	return new NodeRun(data, 3, false, true);
}

/** As n8n brings it back from its database. */
const stored = ({ executeData }: NodeRun) =>
	runOf(JSON.parse(JSON.stringify(executeData?.metadata)) as object);

test('beside an accepted job all stay known that it was made after', () => {
	const ledger = new Ledger(runOf());
	const key = { item: 1 };
	ledger.accept(key, { request_id: 'a', seed: 1 });
	expect(ledger.get(key)?.job).toEqual({ request_id: 'a', seed: 1 });
	ledger.release(key);
	expect(ledger.get(key)).toStrictEqual({ item: 1, request_ids: ['a'] });
	ledger.accept(key, { request_id: 'b' });
	expect(ledger.get(key)).toEqual({
		...{ item: 1, request_ids: ['a', 'b'], job: { request_id: 'b' } },
	});
	ledger.doubt(key, UNCLEAR);
	expect(ledger.get(key)).toEqual({ item: 1, request_ids: ['a', 'b'], unclear: UNCLEAR });
});

test('what was never sent can be released and doubted as well', () => {
	const ledger = new Ledger(runOf());
	ledger.release({ item: 0 });
	ledger.doubt({ item: 1 }, UNCLEAR);
	expect(ledger.all).toEqual([
		{ item: 0, request_ids: [] },
		{ item: 1, request_ids: [], unclear: UNCLEAR },
	]);
});

test('entries come in the order of items and clips, each under its own key', () => {
	const ledger = new Ledger(runOf());
	const keys = [
		{ item: 1, clip: 12 },
		{ item: 1, clip: 2 },
		{ item: 11 },
		{ item: 1 },
		{ item: 0, clip: 3 },
	];
	for (const key of keys) ledger.accept(key, { request_id: JSON.stringify(key) });
	expect(ledger.all.map(({ item, clip }) => [item, clip])).toEqual([
		[0, 3],
		[1, undefined],
		[1, 2],
		[1, 12],
		[11, undefined],
	]);
	expect(ledger.of(1)).toHaveLength(3);
	expect(ledger.get({ item: 1, clip: 12 })?.request_ids).toEqual(['{"item":1,"clip":12}']);
	expect(ledger.get({ item: 1, clip: 1 })).toBeUndefined();
});

test('what an earlier version kept without a purpose is not taken for the same', () => {
	const ledger = new Ledger(runOf());
	ledger.accept({ item: 1, clip: 2 }, { request_id: 'a' });
	const purpose = purposeOf('x', { stable: 'y' });
	expect(ledger.get({ item: 1, purpose })).toBeUndefined();
});

test('n8n stores all of it beside its own metadata, and it comes back', () => {
	const run = runOf({ subRun: [{ node: 'N', runIndex: 0 }] });
	const ledger = ledgerOf(run);
	ledger.accept({ item: 0, clip: 2 }, { request_id: 'a', seed: 7 });
	ledger.accept({ item: 1 }, { request_id: 'b' });
	ledger.doubt({ item: 1 }, { ...UNCLEAR, makesJob: false, status: 502 });
	ledger.keepAnswer({ item: 2 }, { prompt: 'better' });
	ledger.accept({ item: 0, clip: 2, part: 'picture' }, { request_id: 'c' }, 0.5);
	ledger.doubt({ item: 3, purpose: purposeOf('x') }, { ...UNCLEAR, cost: 0.25 });
	ledger.doubt({ item: 4 }, UNCLEAR);
	expect(run.executeData?.metadata).toMatchObject({ subRun: [{ node: 'N', runIndex: 0 }] });
	const again = ledgerOf(stored(run));
	expect(again).not.toBe(ledger);
	expect(again.all).toStrictEqual(ledger.all);
	expect(again.get({ item: 0, clip: 2 })?.job).toEqual({ request_id: 'a', seed: 7 });
	expect(again.get({ item: 2 })).toEqual({
		...{ item: 2, request_ids: [], answer: { prompt: 'better' } },
	});
});

test('what an earlier version of this package has stored is found under its key', () => {
	const deapi = { '0': { item: 0, request_ids: ['a'] }, '1/2': { item: 1, clip: 2 } };
	const ledger = new Ledger(runOf({ deapi }));
	expect(ledger.get({ item: 0 })?.request_ids).toEqual(['a']);
	expect(ledger.get({ item: 1, clip: 2 })).toMatchObject({ item: 1, clip: 2 });
});

test('a run has one ledger, also where n8n gives nothing to store it in', () => {
	const run = new NodeRun(undefined, 1, false, true);
	ledgerOf(run).accept({ item: 0 }, { request_id: 'a' });
	expect(ledgerOf(run).get({ item: 0 })?.job).toEqual({ request_id: 'a' });
	expect(ledgerOf(new NodeRun(undefined, 1, false, true)).all).toEqual([]);
});

test.each([undefined, null, 'x', 7, [], { '0': null }, { '0': 'x' }, { '0': { item: '0' } }])(
	'what is no ledger holds nothing: %j',
	(deapi) => {
		// Strictly: for toEqual an entry that is undefined is none.
		expect(new Ledger(runOf({ deapi })).all).toStrictEqual([]);
	},
);

test('of a spoilt entry that counts which can be read', () => {
	const spoilt = {
		item: 0,
		clip: 'x',
		part: 'x',
		request_ids: ['a', 7, null],
		costs: { a: 2, b: 'x', c: null },
		job: { seed: 1 },
		answer: 'x',
		unclear: 'x',
	};
	const none = { item: 1, request_ids: 'a', job: { request_id: '' } };
	expect(new Ledger(runOf({ deapi: { '0': spoilt, '1': none } })).all).toStrictEqual([
		{ item: 0, request_ids: ['a'], costs: { a: 2 } },
		{ item: 1, request_ids: [] },
	]);
});

test('a submit in flight is waited for, whatever comes of it, and no longer than it takes', async () => {
	const ledger = new Ledger(runOf());
	let end = () => {};
	let uploads = 0;
	const work = async () => {
		uploads++;
		await new Promise<void>((resolve) => (end = resolve));
		if (uploads === 2) throw new Error('lost');
		return uploads;
	};
	const first = ledger.once({ item: 0 }, work);
	const beside = ledger.once({ item: 0 }, work);
	end();
	expect(await Promise.all([first, beside])).toEqual([1, 'settled']);
	const second = ledger.once({ item: 0 }, work);
	const waiting = ledger.once({ item: 0 }, work);
	end();
	await expect(second).rejects.toThrow('lost');
	expect(await waiting).toBe('settled');
	const third = ledger.once({ item: 0 }, work);
	end();
	expect(await third).toBe(3);
});

test('what is under way when n8n stores the execution comes back as unclear', () => {
	const run = runOf();
	const ledger = ledgerOf(run);
	ledger.accept({ item: 0 }, { request_id: 'a' });
	ledger.release({ item: 0 });
	ledger.markInFlight({ item: 0 }, UNCLEAR);
	ledger.markInFlight({ item: 1, clip: 2 }, UNCLEAR);
	expect(ledgerOf(stored(run)).all).toEqual([
		{ item: 0, request_ids: ['a'], unclear: UNCLEAR },
		{ item: 1, clip: 2, request_ids: [], unclear: UNCLEAR },
	]);
	// The run itself waits for what comes of it.
	expect(ledger.all).toEqual([{ item: 0, request_ids: ['a'] }]);
});

test('an upload that is over leaves behind what came of it, and nothing else', () => {
	const run = runOf();
	const ledger = ledgerOf(run);
	for (const item of [0, 1, 2]) ledger.markInFlight({ item }, UNCLEAR);
	ledger.settle({ item: 0 });
	ledger.settle({ item: 1 });
	ledger.accept({ item: 1 }, { request_id: 'b' });
	ledger.accept({ item: 2 }, { request_id: 'c' });
	expect(ledgerOf(stored(run)).all).toEqual([
		{ item: 1, request_ids: ['b'], job: { request_id: 'b' } },
		{ item: 2, request_ids: ['c'], job: { request_id: 'c' } },
	]);
});

test('of a doubt that is stored otherwise there remains that there is one', () => {
	const unclear = { message: 'It was cut', description: 'Look.' };
	const { all } = new Ledger(runOf({ deapi: { '0': { item: 0, unclear } } }));
	expect(all).toMatchObject([
		{ unclear: { happened: 'An upload got no clear answer', makesJob: true } },
	]);
});

test('what jobs have cost is known by their IDs, and what deAPI tells in the end counts', () => {
	const ledger = new Ledger(runOf());
	const key = { item: 0 };
	ledger.accept(key, { request_id: 'a' }, 1);
	ledger.charge(key, 'a', 0);
	ledger.release(key);
	ledger.accept(key, { request_id: 'b' }, 2);
	ledger.charge(key, 'of another item', 9);
	ledger.charge({ item: 1 }, 'a', 9);
	expect(ledger.all).toStrictEqual([
		{ item: 0, request_ids: ['a', 'b'], costs: { a: 0, b: 2 }, job: { request_id: 'b' } },
	]);
	ledger.accept({ item: 0, clip: 1 }, { request_id: 'c' });
	ledger.doubt({ item: 0, clip: 2 }, { ...UNCLEAR, cost: 4 });
	expect(ledger.spentOn(0)).toEqual({ known: 6, unknown: 1 });
});

test('what is for something else stands beside it; a clip is the same under another number', () => {
	const ledger = new Ledger(runOf());
	for (const [index, sum] of ['x', 'y'].entries()) {
		ledger.accept({ item: 0, clip: 1, purpose: purposeOf(sum) }, { request_id: `${index}` });
	}
	expect(ledger.of(0).map(({ job }) => job?.request_id)).toEqual(['0', '1']);
	expect(ledger.get({ item: 0, clip: 7, purpose: purposeOf('x') })?.job?.request_id).toBe('0');
	expect(ledger.get({ item: 0, clip: 1, purpose: purposeOf('z') })).toBeUndefined();
});

test('what an expression gives anew makes nothing else of an item that is paid for', () => {
	const ledger = new Ledger(runOf());
	const keyOf = (sum: string, changes: object = {}) => ({
		...{ item: 0, purpose: purposeOf(sum, { stable: 's' }) },
		...changes,
	});
	ledger.accept(keyOf('first'), { request_id: 'a' });
	expect(ledger.get(keyOf('second'))?.job?.request_id).toBe('a');
	// Its price, and that it may be made again, are told under what was drawn last.
	ledger.charge(keyOf('second'), 'a', 2);
	ledger.release(keyOf('third'));
	expect(ledger.all).toEqual([
		{ item: 0, purpose: purposeOf('first', { stable: 's' }), request_ids: ['a'], costs: { a: 2 } },
	]);
	expect(ledger.get(keyOf('fourth'))).toBeUndefined();
	ledger.accept(keyOf('fourth'), { request_id: 'b' });
	ledger.doubt(keyOf('fourth'), UNCLEAR);
	// What counts is what is settled, though the first was drawn again.
	expect(ledger.get(keyOf('first'))).toMatchObject({ request_ids: ['b'], unclear: UNCLEAR });
	expect(ledger.get(keyOf('x', { purpose: purposeOf('x', { stable: 't' }) }))).toBeUndefined();
	expect(ledger.get(keyOf('x', { purpose: purposeOf('x') }))).toBeUndefined();
	expect(ledger.get(keyOf('x', { item: 1 }))).toBeUndefined();
});

test('of what an item has come to with these parameters, the latest counts that is settled', () => {
	const ledger = new Ledger(runOf());
	const job = { request_id: 'a' };
	expect(ledger.unedited(0, 'as it is')).toBeUndefined();
	for (const sum of ['first', 'latest']) ledger.accept({ item: 0, purpose: purposeOf(sum) }, job);
	ledger.accept({ item: 0, purpose: purposeOf('edited', { node: 'as it was' }) }, job);
	ledger.release({ item: 0, purpose: purposeOf('to be made again') });
	ledger.accept({ item: 0, clip: 1, purpose: purposeOf('of a film') }, job);
	ledger.accept({ item: 1, purpose: purposeOf('of another item') }, job);
	expect(ledger.unedited(0, 'as it is')).toEqual(purposeOf('latest'));
});

test('the model stays that of the latest from the same endpoint, where that is known', () => {
	const ledger = new Ledger(runOf());
	const models: unknown[] = [];
	let clip = 0;
	const then = (work: (key: { item: number; clip: number }) => void) => {
		work({ item: 0, clip: ++clip });
		models.push(ledger.modelOf(0, '/videos'));
	};
	const made = (sum: string, changes: object) =>
		then((key) => ledger.accept({ ...key, purpose: purposeOf(sum, changes) }, { request_id: sum }));
	then((key) => ledger.doubt(key, UNCLEAR));
	// An earlier version did not keep what it was for.
	then((key) => ledger.accept(key, { request_id: 'a', model: 'Old' }));
	then((key) => ledger.doubt(key, UNCLEAR));
	made('b', { model: 'New' });
	made('c', { model: 'Painter', endpoint: '/images' });
	made('d', { model: '' });
	then((key) => ledger.release({ ...key, purpose: purposeOf('e', { model: 'Failed' }) }));
	expect(models).toEqual([undefined, 'Old', 'Old', 'New', 'New', 'New', 'New']);
});
