import path from 'node:path';
import { Editor } from './browser';
import { OUTPUT_FOLDER, setTheStage } from './stage';
import { say, step } from './steps';
import { runAndTearDown } from './teardown';

/** Tries the packed package in a real n8n: `npm run e2e`. */
async function main(): Promise<void> {
	const stage = await setTheStage();
	const { api, publicUrl, tarball } = stage;

	await step('n8n lists the nodes', async () => {
		const names = (await api.nodeTypes()).map(({ name }) => name);
		for (const node of ['deapi', 'deapiTrigger']) {
			const name = `${tarball.name}.${node}`;
			if (!names.includes(name)) throw new Error(`n8n does not know ${name}`);
		}
	});

	const workflow = await step('A workflow runs', async () => {
		const saved = await api.createWorkflow({
			name: 'Smoke',
			nodes: [
				{
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				{
					name: 'Song',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					position: [220, 0],
					parameters: { mode: 'raw', jsonOutput: '{ "title": "Song" }' },
				},
			],
			connections: { Start: { main: [[{ node: 'Song', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1' },
		});
		const execution = await api.executionEnds(await api.run(saved, 'Start'));
		const title = execution.runs.Song?.[0]?.data?.main?.[0]?.[0]?.json.title;
		if (title !== 'Song') throw new Error(`It ended with ${JSON.stringify(execution)}`);
		return saved;
	});

	await step('The editor shows it, and finds the nodes', async () => {
		const editor = await Editor.open(publicUrl);
		if (!editor) {
			say('!!! NO CHROMIUM IN PATH: NOTHING WAS TRIED IN THE BROWSER !!!');
			return;
		}
		await editor.openWorkflow(workflow.id);
		await editor.screenshot(path.join(OUTPUT_FOLDER, 'canvas.png'));
		const found = await editor.searchNodes('audio to video');
		await editor.screenshot(path.join(OUTPUT_FOLDER, 'search.png'));
		if (!found.includes('deAPI')) throw new Error(`It found ${found.join(', ') || 'nothing'}`);
	});
}

void runAndTearDown(main);
