import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { startFakeDeapi, type Delivery, type FakeDeapi, type FakeJob } from '../fake-deapi';
import { outputOf, runWorkflow } from '../support/engine';
import { ENGINE_MODULES } from '../support/engine-versions';
import type { Order, Report } from '../support/trigger-process';
import { deapiWorkflow, NODE, songItem } from '../support/workflows';

const MB = 1024 * 1024;
const RESULT_BYTES = 100 * MB;
const SECRET = 'the webhook secret of the load tests, long enough';

let fake: FakeDeapi;
let closeFake: (() => Promise<void>) | undefined;
let child: ChildProcess | undefined;
let folder = '';
let url = '';
let job: FakeJob | undefined;

jest.setTimeout(120_000);

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'trigger-process-'));
	const program = path.join(folder, 'process.cjs');
	await build({
		entryPoints: [path.join(__dirname, '..', 'support', 'trigger-process.ts')],
		outfile: program,
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		external: ['n8n-core', 'n8n-workflow', '@n8n/*', 'reflect-metadata'],
		logLevel: 'warning',
	});
	fake = await startFakeDeapi({ webhookSecret: SECRET });
	closeFake = async () => await fake.close();
	// jest's own options for Node and the like are none of the process' business.
	child = fork(program, {
		execArgv: [],
		env: { PATH: process.env.PATH, NODE_PATH: ENGINE_MODULES },
	});
	const credentials = { apiKey: 'test-key', baseUrl: fake.url, webhookSecret: SECRET };
	({ url } = await ask({ type: 'start', credentials }));
	const run = await runWorkflow(deapiWorkflow([songItem()], { prompt: 'A singer' }), {
		credentials,
	});
	const requestId = outputOf(run, NODE)[0]?.json.request_id;
	job = fake.jobs.find(({ request_id }) => request_id === requestId);
	fake.completeJob(job?.request_id ?? '');
});

afterAll(async () => {
	if (child?.connected) {
		const exited = once(child, 'exit');
		child.send({ type: 'stop' } satisfies Order);
		await exited;
	}
	await closeFake?.();
	await rm(folder, { recursive: true, force: true });
});

async function ask(order: Order): Promise<Report> {
	const to = child;
	if (to === undefined) throw new Error('The process was not started');
	const answer = new Promise<Report>((resolve, reject) => {
		const onExit = () => reject(new Error('The process has ended'));
		to.once('exit', onExit);
		to.once('message', (report: Report) => {
			to.off('exit', onExit);
			resolve(report);
		});
	});
	to.send(order);
	return await answer;
}

/** Reports once nothing is being worked on, summing up the peak since the last one. */
async function reportWhenIdle(): Promise<Report> {
	let peak = 0;
	for (let before: number | undefined; ;) {
		const report = await ask({ type: 'report' });
		before ??= report.before;
		peak = Math.max(peak, report.peak);
		if (report.pending === 0) return { ...report, before, peak };
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

test('fetches 100 MB with less than 100 MB more memory', async () => {
	// The first time loads code, and that is not what is measured.
	fake.settings.resultFile = { size: MB };
	await deliver('job.completed');
	const { files } = await reportWhenIdle();

	fake.settings.resultFile = { size: RESULT_BYTES };
	expect((await deliver('job.completed')).status).toBe(200);
	const report = await reportWhenIdle();
	expect(report.reasons).toEqual([]);
	expect(report.files.slice(files.length)).toEqual([RESULT_BYTES]);
	expect((report.peak - report.before) / MB).toBeLessThan(100);
});

test('answers 1,000 deliveries within 50 ms in the median and 250 ms in the worst, while it fetches 100 MB', async () => {
	fake.settings.resultFile = { size: RESULT_BYTES };
	// A machine that is busy with something else is none of the trigger's doing: it has five tries.
	let round = await answerThousand();
	for (let tries = 1; tries < 5 && round.worst > 250; tries++) round = await answerThousand();
	expect(round.duringDownload).toBeGreaterThan(500);
	expect(round.median).toBeLessThanOrEqual(50);
	expect(round.worst).toBeLessThanOrEqual(250);
});

/** Sends 1,000 deliveries while results are being fetched; gives the times to the answers in ms. */
async function answerThousand(): Promise<{
	median: number;
	worst: number;
	/** How many answers came while a result was on its way. */
	duringDownload: number;
}> {
	const { executions, files } = await reportWhenIdle();
	const deliveries: Delivery[] = [];
	const downloads: Delivery[] = [];
	let areDone = false;
	let duringDownload = 0;
	/** The next download begins when the last one has come to its end. */
	const fetchResults = async () => {
		while (!areDone) {
			const before = results().length;
			downloads.push(await deliver('job.completed'));
			await fake.waitFor(() => results().length > before && !isFetching(), 60_000);
		}
	};
	const fetching = fetchResults();
	let left = 1000;
	/** Four senders, each after the answer to its last call. */
	const sending = Array.from({ length: 4 }, async () => {
		while (left-- > 0) {
			deliveries.push(await deliver('job.failed'));
			if (isFetching()) duringDownload++;
		}
	});
	await Promise.all(sending);
	areDone = true;
	await fetching;

	const all = [...deliveries, ...downloads];
	expect(deliveries).toHaveLength(1000);
	expect(all.every(({ status }) => status === 200)).toBe(true);
	const report = await reportWhenIdle();
	expect(report.executions - executions).toBe(all.length);
	expect(report.files.slice(files.length)).toEqual(downloads.map(() => RESULT_BYTES));
	expect(report.reasons).toEqual([]);
	const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
	return { median: times[times.length >> 1] ?? 0, worst: times.at(-1) ?? 0, duringDownload };
}

async function deliver(event: string): Promise<Delivery> {
	return await fake.deliver({ url, event, ...(job ? { job } : {}) });
}

function results() {
	return fake.requests.filter(({ route }) => route === 'result');
}

/** Whether the fake is sending a result at the moment. */
function isFetching(): boolean {
	return results().some(({ endedAt }) => endedAt === null);
}
