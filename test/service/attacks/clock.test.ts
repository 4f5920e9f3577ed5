/** Answers that drip, never end, or are far too large: every request has a deadline of its own. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../fake-deapi';
import { batchOf, begin, prompts } from '../../support/attacks';
import { clockForTests } from '../../support/clock';
import { closeAfterTest, Deapi, expectGoodText, Outcome } from '../../support/deapi';
import { songItem } from '../../support/workflows';

const clock = clockForTests();

/** A server that ends with the test and answers with whatever comes into its mind. */
async function rawServer(answer: (socket: Socket) => void): Promise<string> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => sockets.delete(socket));
		socket.once('data', () => answer(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closeAfterTest(async () => {
		const closed = once(server, 'close');
		server.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes a text again and again until the connection is gone. */
function drip(socket: Socket, text: string, everyMs = 50): void {
	const timer = setInterval(() => socket.write(text), everyMs);
	socket.on('close', () => clearInterval(timer));
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const WAYS: Array<[string, (socket: Socket) => void]> = [
	['a head that drips', (socket) => drip(socket, 'X-A: 1\r\n'.repeat(1))],
	[
		'a body that drips',
		(socket) => {
			socket.write(`${HEAD}Content-Length: 100000\r\n\r\n{"data":`);
			drip(socket, ' ');
		},
	],
	[
		'a body in pieces that never ends',
		(socket) => {
			socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
			drip(socket, '1\r\n \r\n');
		},
	],
	['silence', () => undefined],
	['silence after the head', (socket) => void socket.write(`${HEAD}\r\n`)],
];
const getJob = (options: INodeParameters, waitForCompletion = true): INodeParameters => ({
	resource: 'job',
	operation: 'get',
	requestId: 'c08a339c-73e5-4d67-a4d5-231302fbff9a',
	waitForCompletion,
	options,
});

describe.each(WAYS)('%s', (_name, answer) => {
	beforeEach(() => clock.leap());

	test('ends with Wait At Most, two seconds later at the most', async () => {
		const deapi = await Deapi.open();
		const baseUrl = await rawServer((socket) => {
			if (_name === 'a head that drips') socket.write('HTTP/1.1 200 OK\r\n');
			answer(socket);
		});
		const start = Date.now();
		const credentials = deapi.credentials({ baseUrl });
		const { stop } = await deapi.run(
			[{}],
			getJob({ timeout: 1, pollInterval: 0.1 }),
			{},
			{ credentials },
		);
		expect(Date.now() - start).toBeLessThan(3000);
		expect(stop.message).toMatch(/not ready within 1 second/);
		expect(stop.message).toContain('c08a339c');
		expectGoodText(stop.description);
	});

	test('ends a read of the status, the balance and the models by itself', async () => {
		const deapi = await Deapi.open();
		const credentials = deapi.credentials({ baseUrl: await rawServer(answer) });
		const start = performance.now();
		for (const parameters of [
			getJob({}, false),
			{ resource: 'account', operation: 'getBalance' },
			{ resource: 'model', operation: 'getMany' },
			{ operation: 'estimatePrice', lengthMode: 'frames' },
		]) {
			const { stop } = await deapi.run([{}], parameters, {}, { credentials });
			expect(stop.message).toMatch(/time limit|could not be reached/);
			expectGoodText(stop.message);
		}
		expect(performance.now() - start).toBeLessThan(8000);
	});

	test('ends a submit, whose outcome is then unknown', async () => {
		const deapi = await Deapi.open();
		const credentials = deapi.credentials({ baseUrl: await rawServer(answer) });
		const start = performance.now();
		const { stop } = await deapi.run(undefined, {}, {}, { credentials });
		expect(stop.data.submitted).toBe('unknown');
		expect(performance.now() - start).toBeLessThan(6000);
	});
});

test('a second read for the reason of a failed job does not outlast Wait At Most either', async () => {
	clock.leap();
	const { after } = clock;
	const deapi = await Deapi.open({ v1ErrorReasons: false, pendingMs: 0, processingMs: 0, after });
	deapi.fake.failJobs(() => true, { retryable: false });
	deapi.fake.faults.add({ route: 'status', fault: { type: 'slow', ms: 3300 } });
	deapi.fake.faults.add({ route: 'status', after: 1, times: 9, fault: { type: 'hang' } });
	const start = Date.now();
	const parameters = { waitForCompletion: true, options: { pollInterval: 0.4, timeout: 4 } };
	const { stop } = await deapi.run(undefined, parameters);
	expect(Date.now() - start).toBeLessThan(6000);
	expect(stop.message).toContain(deapi.requestIds[0]);
});

describe('answers of megabytes', () => {
	const padded = (bytes: number): Fault => ({ type: 'padded', bytes });

	test('up to 4 MB are read', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: padded(3_000_000) });
		deapi.fake.faults.add({ route: 'status', fault: padded(3_000_000) });
		const { json } = await deapi.run(undefined, {
			waitForCompletion: true,
			options: { pollInterval: 0.02, downloadResult: false },
		});
		expect(json).toMatchObject({ request_id: deapi.requestIds[0], status: 'done' });
	});

	test('more is not: a submit is then unknown, and is not repeated', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', times: 9, fault: padded(60_000_000) });
		const { stop } = await deapi.run(undefined, {}, { retryOnFail: true, waitBetweenTries: 5 });
		expect(stop.data.submitted).toBe('unknown');
		expect(deapi.submits).toHaveLength(1);
	});

	test('nor in a status, which is asked for again', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', times: 2, fault: padded(60_000_000) });
		const { json } = await deapi.run(undefined, {
			waitForCompletion: true,
			options: { pollInterval: 0.02, downloadResult: false },
		});
		expect(json.status).toBe('done');
	});

	test('nor without an end', async () => {
		const deapi = await Deapi.open();
		const baseUrl = await rawServer((socket) => {
			socket.write(`${HEAD}\r\n{"data":"`);
			const piece = Buffer.alloc(65_536, 'x');
			const pour = () => {
				while (!socket.destroyed && socket.write(piece)) continue;
			};
			socket.on('drain', pour);
			pour();
		});
		const before = process.memoryUsage().rss;
		const { stop } = await deapi.run(
			[{}],
			getJob({}, false),
			{},
			{ credentials: deapi.credentials({ baseUrl }) },
		);
		expect(stop.message).toMatch(/could not be read/);
		expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
	});
});

describe('a list of models that two executions share', () => {
	test('is read again by the other where the first is canceled: no check is dropped', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', fault: { type: 'hang' } });
		const first = begin(deapi, batchOf(prompts(1)));
		await deapi.fake.waitFor(() => deapi.fake.requests.some(({ route }) => route === 'models'));
		const others = [1, 2, 3].map(() =>
			begin(
				deapi,
				batchOf([songItem('song.mp3', { prompt: 'x' })], { size: 'custom', width: 99_999 }),
			),
		);
		await new Promise((resolve) => setTimeout(resolve, 100));
		first.cancel();
		await first.result;
		for (const { result } of others) {
			expect(new Outcome(await result).stop.message).toMatch(/'Width' does not fit the model/);
		}
		expect(deapi.submits).toEqual([]);
		expect(deapi.fake.requests.filter(({ route }) => route === 'models')).toHaveLength(2);
	});

	test('that drips is given up, and deAPI decides', async () => {
		clock.leap();
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'drip', everyMs: 20 } });
		const start = Date.now();
		const { items } = await deapi.runSaved(batchOf(prompts(3)));
		expect(items).toHaveLength(3);
		expect(Date.now() - start).toBeLessThan(60_000);
	});
});
