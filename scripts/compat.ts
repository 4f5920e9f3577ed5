/**
 * Runs the tests that go through n8n's engine on older engines as well: `npm run test:compat`, or only the
 * suites whose paths contain one of some words: `npm run test:compat -- submit/lane service`.
 *
 * The engines are installed once, in folders of their own outside the project.
 */
import { spawn } from 'node:child_process';
import { once as onceOn } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cacheFolder, expectVersion, installAfresh, once } from '../test/e2e/machine/cache';
import { step } from '../test/e2e/machine/steps';

/**
 * The latest n8n 1.123 and 2.0 that the npm registry has, with the versions that `npm view
 * n8n@<version> dependencies` names for them.
 *
 * All suites run on both. Some tests leave out what an engine lacks, always by asking
 * `test/support/engine-versions.ts`. Where no version is named, it holds for both:
 * - files inside an item's JSON (the workflow's Binary Mode): the two tests of upload.test.ts that
 *   find a file there by its path and by an expression do not exist;
 * - an agent that lets the engine run its tools is not told of a tool's error, the workflow stops with
 *   it: the one test of tool.test.ts about the call after a wrong one does not exist for that agent;
 *   where that agent reads a message, in tool.test.ts and examples.test.ts, the message that stopped
 *   the workflow is read instead;
 * - the error output takes no `details`: on-error.test.ts, wait.test.ts and job-get.test.ts look for
 *   the texts alone;
 * - an operation's routing knows no credential: routing.test.ts looks at the paths of v1 alone;
 * - a proxy spoils the upload of a file that is not in memory, if deAPI's address is no https: url-source.test.ts
 *   keeps its song in memory;
 * - n8n's test of a credential loses the status of the answer: credential.test.ts expects an error, but
 *   not our sentence;
 * - a node is not told that its execution has ended: passes.test.ts lets a pass that n8n leaves early, without
 *   a retry, send what was checked already;
 * - n8n's error loses the connection, so one that broke in TLS' handshake cannot be told from one that
 *   broke later: connection.test.ts, faults.test.ts and answers.test.ts expect 'unknown' there, not 'no'.
 */
const ENGINES = [
	{ n8n: '1.123.81', core: '1.122.48', workflow: '1.120.31', di: '0.10.0' },
	{ n8n: '2.0.3', core: '2.0.2', workflow: '2.0.1', di: '0.10.0' },
];
type Engine = (typeof ENGINES)[number];

/**
 * These suites do not use n8n's engine; every other suite does, new ones too. Three more are left out: n8n's
 * protection against internal addresses and its S3 manager, as the tests use them, are newer, and the
 * simulation would mistake timers that these engines leave behind for the package's own.
 */
const LEFT_OUT =
	/^(files\/attacks\/(protection|s3)|simulation|fake-deapi|film\/(cut|join|plan)|files\/length\/(?!storage)|resources\/description|package\/release-check|docs|layers|contributing)/;

/** Measures times: nothing else may run beside it. */
const ALONE = /^(webhook\/load|sound\/turns)/;

interface Count {
	passed: number;
	failed: number;
}

const root = path.join(__dirname, '..');
const jest = createRequire(__filename).resolve('jest/bin/jest');

async function install({ n8n, core, workflow, di }: Engine): Promise<string> {
	const folder = path.join(cacheFolder, `engine-${n8n}`);
	const modules = path.join(folder, 'node_modules');
	await once(`the engine of n8n ${n8n}`, path.join(folder, '.installed'), async () => {
		const packages = [`n8n-core@${core}`, `n8n-workflow@${workflow}`, `@n8n/di@${di}`];
		await installAfresh(folder, [...packages, 'reflect-metadata@0.2.2'], { ignoreScripts: true });
		await expectVersion(path.join(modules, 'n8n-core'), core);
		await expectVersion(path.join(modules, 'n8n-workflow'), workflow);
	});
	return modules;
}

/** Runs suites by their paths without ending; a suite that does not even load counts as failed. */
async function runSuites(modules: string, suites: string[], ...args: string[]): Promise<Count> {
	if (suites.length === 0) return { passed: 0, failed: 0 };
	const report = path.join(root, 'out', 'jest-compat.json');
	await mkdir(path.dirname(report), { recursive: true });
	await rm(report, { force: true });
	const config = path.join(root, 'test', 'compat', 'jest.config.js');
	const files = suites.map((suite) => path.join(root, 'test', `${suite}.test.ts`));
	const child = spawn(
		process.execPath,
		// These engines keep a timer, and the process with it.
		[jest, '--config', config, '--forceExit', '--json', '--outputFile', report, ...args]
			.concat('--runTestsByPath')
			.concat(files),
		{ cwd: root, stdio: 'inherit', env: { ...process.env, N8N_ENGINE_MODULES: modules } },
	);
	await onceOn(child, 'exit');
	const result = JSON.parse(await readFile(report, 'utf8')) as {
		numPassedTests: number;
		numFailedTests: number;
		numRuntimeErrorTestSuites: number;
	};
	return {
		passed: result.numPassedTests,
		failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
	};
}

async function main(): Promise<void> {
	const wanted = process.argv.slice(2);
	const files = await readdir(path.join(root, 'test'), { recursive: true });
	const suites = files
		.flatMap((name) => /^(.+)\.test\.ts$/.exec(name.split(path.sep).join('/'))?.[1] ?? [])
		.filter((name) => !LEFT_OUT.test(name))
		.filter((name) => wanted.length === 0 || wanted.some((text) => name.includes(text)));
	const together = suites.filter((name) => !ALONE.test(name));
	const alone = suites.filter((name) => ALONE.test(name));
	const lines: string[] = [];
	for (const engine of ENGINES) {
		const modules = await install(engine);
		const count = await step(`n8n ${engine.n8n}`, async () => {
			const shared = await runSuites(modules, together);
			const single = await runSuites(modules, alone, '--runInBand');
			return { passed: shared.passed + single.passed, failed: shared.failed + single.failed };
		});
		const { n8n, core, workflow } = engine;
		lines.push(
			`n8n ${n8n} (n8n-core ${core}, n8n-workflow ${workflow}): ${count.passed} passed, ${count.failed} failed`,
		);
		// A run without tests would look like success.
		if (count.failed > 0 || count.passed === 0) process.exitCode = 1;
	}
	console.log(lines.join('\n'));
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
