import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { openForm } from '../editor/form';
import { expect, expectEqual } from '../check';
import { Editor } from '../editor/editor';
import { Child, TSX } from '../machine/child';
import { freePort } from '../machine/ports';
import { atTheEnd, temporaryFolder } from '../machine/teardown';
import { N8nApi, type SavedWorkflow, until } from '../n8n/api';
import { expectSuccess } from '../scene';
import { OUTPUT_FOLDER, PROJECT_FOLDER } from '../stage';

/** For n8n to start while another n8n works, in milliseconds. */
const TIMEOUT = 180_000;

/**
 * `npm run n8n`: all examples are there and one runs, a change of the sources brings n8n back with them,
 * and Ctrl+C leaves nothing behind.
 */
export async function playground(): Promise<void> {
	const port = await freePort();
	// Whatever the program starts has this in its environment.
	const mark = randomUUID();
	const program = new Child(
		process.execPath,
		[
			...[TSX, path.join(PROJECT_FOLDER, 'test/e2e/playground/main.ts')],
			...['--port', String(port), '--folder', temporaryFolder('playground-user')],
		],
		{
			cwd: PROJECT_FOLDER,
			env: { E2E_MARK: mark },
			logFile: path.join(OUTPUT_FOLDER, 'playground.log'),
		},
	);
	atTheEnd(async () => await program.stop());
	await untilItSays(program, 'n8n is ready');
	const api = new N8nApi(`http://127.0.0.1:${port}`);
	await api.beOwner();
	const workflows = await api.call<SavedWorkflow[]>('GET', '/rest/workflows');
	const examples = await readdir(path.join(PROJECT_FOLDER, 'examples'));
	expectEqual(workflows.length, examples.length, 'Workflows in the playground');
	await runExample(api, workflows);
	await formOpens(`http://localhost:${port}`, workflows);

	for (const times of [1, 2]) {
		await replace(path.join(PROJECT_FOLDER, 'nodes/Deapi/Deapi.node.ts'));
		await untilItSays(program, 'start n8n again: done', times);
		await runExample(api, workflows);
	}

	program.signalGroup('SIGINT');
	expectEqual(await program.exited, 130, 'The exit code after Ctrl+C');
	expectEqual(await processesWith(mark), [], 'Processes that outlive Ctrl+C');
}

/** A browser that knows nothing of the run's certificate gets to the form, as the playground says. */
async function formOpens(url: string, workflows: SavedWorkflow[]): Promise<void> {
	const workflow = workflows.find(({ name }) => name === 'Upload a song, get a video');
	expect(workflow, 'The playground should have the example with a form');
	const editor = await Editor.open(url, { trustsAll: false });
	if (!editor) return;
	const { page } = editor;
	await editor.openWorkflow(workflow.id);
	const form = await openForm(page);
	await form.locator('input[type=file]').waitFor();
	await page.context().close();
}

async function runExample(api: N8nApi, workflows: SavedWorkflow[]): Promise<void> {
	const workflow = workflows.find(({ name }) => name === 'Song to video in one node');
	expect(workflow, 'The playground should have the first example');
	expectSuccess(await api.executionEnds(await api.run(workflow, 'Start')));
}

/** Puts a copy in a file's place, as git and many editors do it. */
async function replace(file: string): Promise<void> {
	const copy = `${file}.new`;
	await copyFile(file, copy);
	await rename(copy, file);
}

async function untilItSays(program: Child, text: string, times = 1): Promise<void> {
	await until(`the playground says '${text}' (${times})`, TIMEOUT, async () => {
		const log = await program.logTail(1000);
		expect(program.running, `The playground should go on. It said: ${log}`);
		return log.split(text).length > times ? true : undefined;
	});
}

/** Programs with this text in their environment; where the system does not tell, none are found. */
async function processesWith(mark: string): Promise<string[]> {
	if (!existsSync('/proc')) return [];
	const found: string[] = [];
	for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
		const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
		if (!environment.includes(mark)) continue;
		const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		// What has ended and is not yet cleared away has no command any more.
		if (command !== '') found.push(command.replaceAll('\0', ' '));
	}
	return found;
}
