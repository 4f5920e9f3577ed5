/** What the items of a pass tell each other. */
import { useClock } from '../../nodes/Deapi/basics/clock';
import { Failure } from '../../nodes/Deapi/engine/failure';
import { Pass } from '../../nodes/Deapi/engine/pass';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import { HandClock } from '../basics/hand-clock';
import { closeAfterTest } from '../support/deapi';

const failure = (message = 'x') => new Failure({ message, description: 'y' });

/** Whether a promise has been resolved by now. */
async function isOver(promise: Promise<unknown>): Promise<boolean> {
	let over = false;
	void promise.then(() => (over = true));
	await new Promise(setImmediate);
	return over;
}

test('all are checked when each item is, however often one is', async () => {
	const pass = new Pass(2);
	const all = pass.allChecked();
	pass.check(0);
	pass.check(0);
	expect(await isOver(all)).toBe(false);
	pass.check(1);
	expect(await all).toBe(true);
	expect(await isOver(pass.allChecked())).toBe(true);
});

test('nobody waits for checks once the pass has stopped, and the first cause counts', async () => {
	const pass = new Pass(2);
	const all = pass.allChecked();
	expect(pass.signal.aborted).toBe(false);
	const first = failure('first');
	pass.stop(first);
	pass.stop(failure('second'));
	expect(await isOver(all)).toBe(true);
	expect(pass.stoppedBy).toBe(first);
	expect(pass.signal.reason).toBe(first);
	expect(pass.isAbandoned).toBe(false);
});

test('that all have entered is waited for after a stop too, until n8n leaves the pass', async () => {
	const pass = new Pass(2);
	pass.enter(0);
	pass.stop(failure());
	const all = pass.allEntered();
	expect(await isOver(all)).toBe(false);
	pass.enter(1);
	expect(await isOver(all)).toBe(true);
	expect([pass.has(1), pass.has(2)]).toEqual([true, false]);

	const left = new Pass(2);
	const entered = left.allEntered();
	left.abandon(failure('left'));
	expect(await isOver(entered)).toBe(true);
	expect([left.isAbandoned, left.stoppedBy?.message]).toEqual([true, 'left']);
});

test('what is on its way is waited for, whatever comes of it, also after a stop', async () => {
	const pass = new Pass(1);
	expect(await isOver(pass.allSettled())).toBe(true);
	let land = () => {};
	const work = pass.whileWorking(async () => {
		await new Promise<void>((resolve) => (land = resolve));
		throw new Error('lost');
	});
	pass.stop(failure());
	const settled = pass.allSettled();
	expect(await isOver(settled)).toBe(false);
	land();
	await expect(work).rejects.toThrow('lost');
	expect(await isOver(settled)).toBe(true);
	expect(await pass.whileWorking(async () => await Promise.resolve(7))).toBe(7);
});

describe('should n8n hold items back until the first have ended', () => {
	const time = new HandClock();
	beforeEach(() => {
		const putBack = useClock(time);
		closeAfterTest(async () => {
			putBack();
			await Promise.resolve();
		});
	});

	test('those that have come go on once they are in order and none follows for 10 seconds', async () => {
		const pass = new Pass(4);
		pass.enter(0);
		pass.enter(1);
		pass.check(0);
		const all = pass.allChecked();
		// One is not in order yet: that may take any time.
		await time.pass(60_000);
		expect(await isOver(all)).toBe(false);
		pass.check(1);
		await time.pass(9000);
		pass.enter(2);
		pass.check(2);
		await time.pass(9900);
		expect(await isOver(all)).toBe(false);
		await time.pass(200);
		expect(await all).toBe(false);
		// Those that come behind them wait no more.
		pass.enter(3);
		expect(await pass.allChecked()).toBe(false);
		await time.pass(1000);
		expect(time.running).toBe(0);
	});

	test('all that come in time are waited for, and no timer is left', async () => {
		const pass = new Pass(2);
		pass.enter(0);
		pass.check(0);
		const all = pass.allChecked();
		await time.pass(5000);
		pass.enter(1);
		pass.check(1);
		expect(await all).toBe(true);
		await time.pass(1000);
		expect(time.running).toBe(0);
	});

	test('a processor that is busy for 10 seconds is no sign of it', async () => {
		const pass = new Pass(2);
		pass.enter(0);
		pass.check(0);
		const all = pass.allChecked();
		await time.pass(500);
		time.time += 30_000;
		await time.pass(1500);
		pass.enter(1);
		pass.check(1);
		expect(await all).toBe(true);
	});

	test('the failed one among them says so, except with Batching, where others come later', async () => {
		const pass = new Pass(2);
		pass.enter(0);
		pass.stop(failure());
		const entered = pass.allEntered();
		const withBatching = pass.allEntered(true);
		await time.pass(11_000);
		expect(await isOver(entered)).toBe(true);
		expect(await isOver(withBatching)).toBe(false);
		pass.enter(1);
		expect(await isOver(withBatching)).toBe(true);
		expect(await Promise.all([entered, withBatching])).toEqual([false, true]);
	});
});

describe('a run', () => {
	test('begins a new pass when an item comes a second time', () => {
		const run = new NodeRun(undefined, 2, false, true);
		const first = run.enter(0);
		expect(run.enter(1)).toBe(first);
		const second = run.enter(1);
		expect(second).not.toBe(first);
		expect(first.isAbandoned).toBe(true);
		expect(first.stoppedBy?.facts).toEqual({
			message: 'The execution has already moved past this item',
			description: 'Nothing was sent for this item.',
			submitted: 'no',
			isInterrupted: true,
		});
		expect(second.isAbandoned).toBe(false);
		expect(run.enter(0)).toBe(second);
	});

	test('sends nothing after its end, whoever comes', () => {
		const run = new NodeRun(undefined, 1, false, true);
		run.end();
		expect(run.enter(0).isAbandoned).toBe(true);
		const other = new NodeRun(undefined, 2, false, true);
		const pass = other.enter(0);
		other.end();
		expect(pass.isAbandoned).toBe(true);
		expect(other.enter(1).isAbandoned).toBe(true);
	});
});
