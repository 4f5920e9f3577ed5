/** The node as a tool of an AI agent, in both ways in which n8n's agents call tools. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INode, INodeParameters, INodeType } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { CallingAgent, RequestingAgent, toTool } from '../support/agents';
import { DEAPI_NODE, outputOf, type SavedWorkflow } from '../support/engine';
import { TELLS_AGENT_OF_ERRORS } from '../support/engine-versions';
import { registerSource, type SourceItem } from '../support/nodes';
import { closeAfterTest, Deapi, expectGoodText, fieldsOf, filePart } from '../support/deapi';
import { fixture, node, songItem } from '../support/workflows';
import { asText } from '../support/text';

const TOOL = 'Make Video';
const AGENT = 'Agent';

/** The tool as a user sets it up: the agent chooses the sound, the prompt and the size. */
const CHOSEN_BY_AGENT: INodeParameters = {
	audioSource: 'url',
	audioUrl: "={{ $fromAI('audio_url', 'Where the sound lies', 'string') }}",
	prompt: "={{ $fromAI('prompt', 'What the video shows', 'string') }}",
	size: 'custom',
	waitForCompletion: false,
	width: "={{ $fromAI('width', 'Pixels', 'number') }}",
};

function agentWorkflow(
	source: SourceItem[],
	parameters: INodeParameters,
	extra: Partial<INode> = {},
): SavedWorkflow {
	return {
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Items', 'test.source', { key: registerSource(source) }),
			node(AGENT, 'test.agent'),
			node(TOOL, `${DEAPI_NODE}Tool`, parameters, {
				credentials: { deapiApi: { id: '1', name: 'deAPI account' } },
				...extra,
			}),
		],
		connections: {
			Start: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: AGENT, type: 'main', index: 0 }]] },
			[TOOL]: { ai_tool: [[{ node: AGENT, type: 'ai_tool', index: 0 }]] },
		},
	};
}

interface Setting {
	source?: SourceItem[];
	parameters?: INodeParameters;
	extra?: Partial<INode>;
}

/** Runs a workflow with an agent and returns what it got from the tool, as text. */
async function answersTo(
	deapi: Deapi,
	agent: INodeType,
	{ source = [{ json: { chat: 'hi' } }], parameters = CHOSEN_BY_AGENT, extra = {} }: Setting = {},
): Promise<string[]> {
	const { run } = await deapi.runSaved(agentWorkflow(source, parameters, extra), {
		nodeTypes: { 'test.agent': agent, [`${DEAPI_NODE}Tool`]: toTool(new DeapiNode()) },
	});
	const { error } = run.data.resultData;
	if (error && TELLS_AGENT_OF_ERRORS) throw error;
	if (error) return [error.message];
	return outputOf(run, AGENT).map(({ json }) => {
		const answers = json.answers as IDataObject[] | undefined;
		return asText(json.text ?? json.refused ?? JSON.stringify(answers));
	});
}

/** Serves the song over HTTP, as a tool gets only JSON. */
async function openSounds(): Promise<string> {
	const song = readFileSync(fixture('song.mp3'));
	const server = http.createServer((_request, response) => {
		response.writeHead(200, { 'Content-Type': 'audio/mpeg' }).end(song);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closeAfterTest(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/song.mp3`;
}

function call(audio_url: string, prompt: string, width = 512): IDataObject {
	return { audio_url, prompt, width };
}

test('an agent is told what the tool does and which arguments it takes', async () => {
	const deapi = await Deapi.open();
	const agent = new CallingAgent([]);
	await answersTo(deapi, agent);
	const [tool, ...others] = agent.tools;
	expect(others).toEqual([]);
	expect(tool?.name).toBe('Make_Video');
	expect(tool?.description).toBe('Generate video from audio in deAPI');
	expect(Object.keys(tool?.schema.shape ?? {}).sort()).toEqual(['audio_url', 'prompt', 'width']);
});

describe.each<[string, (calls: IDataObject[]) => INodeType]>([
	['that calls its tools itself', (calls) => new CallingAgent(calls)],
	['that calls its tools itself, all at once', (calls) => new CallingAgent(calls, true)],
	['that lets the engine run its tools', (calls) => new RequestingAgent(calls, TOOL)],
])('an agent %s', (kind, agentFor) => {
	test('gets the request ID of the video that it asked for', async () => {
		const deapi = await Deapi.open();
		const [answer] = await answersTo(
			deapi,
			agentFor([call(await openSounds(), 'A lighthouse', 768)]),
		);
		const [request] = deapi.submits;
		expect(request?.status).toBe(200);
		expect(fieldsOf(request)).toMatchObject({ prompt: 'A lighthouse', width: '768' });
		expect(filePart(request).size).toBe(readFileSync(fixture('song.mp3')).length);
		expect(JSON.parse(answer ?? '')).toMatchObject([
			{ request_id: deapi.requestIds[0], width: 768, fps: 24 },
		]);
	});

	test('gets as many videos as it asks for', async () => {
		const deapi = await Deapi.open();
		const url = await openSounds();
		const answers = await answersTo(
			deapi,
			agentFor([call(url, 'One'), call(url, 'Two'), call(url, 'Two')]),
		);
		const prompts = deapi.submits.map((request) => fieldsOf(request).prompt);
		expect(prompts.sort()).toEqual(['One', 'Two', 'Two']);
		expect(deapi.requestIds).toHaveLength(3);
		for (const id of deapi.requestIds) expect(answers.join()).toContain(id);
	});

	test('with several items is not kept waiting by those that call nothing', async () => {
		const deapi = await Deapi.open();
		const source = [songItem(), songItem(), songItem()];
		const agent = agentFor([call(await openSounds(), 'One')]);
		const answers = await answersTo(deapi, agent, { source });
		expect(deapi.requestIds.length).toBeGreaterThan(0);
		for (const id of deapi.requestIds) expect(answers.join()).toContain(id);
	});

	test('reads what is wrong with its arguments, and nothing is sent', async () => {
		const deapi = await Deapi.open();
		const [answer = ''] = await answersTo(
			deapi,
			agentFor([call(await openSounds(), 'One', 512.5)]),
		);
		expect(answer).toContain("'Width' is 512.5");
		expectGoodText(answer.replaceAll('"error"', ''));
		expect(deapi.submits).toEqual([]);
	});

	if (TELLS_AGENT_OF_ERRORS || !kind.includes('the engine')) {
		test('goes on with its next call after one went wrong', async () => {
			const deapi = await Deapi.open();
			const url = await openSounds();
			const answers = await answersTo(deapi, agentFor([call(url, ' '), call(url, 'Two')]));
			expect(answers.join()).toContain("'Prompt' is empty");
			expect(answers.join()).toContain(deapi.requestIds[0]);
			expect(deapi.submits).toHaveLength(1);
		});
	}

	test('starts with a URL for the sound, because a tool gets no files', async () => {
		const deapi = await Deapi.open();
		const parameters = { prompt: "={{ $fromAI('prompt') }}" };
		const agent = agentFor([{ prompt: 'One' }]);
		const [answer] = await answersTo(deapi, agent, { source: [songItem()], parameters });
		expect(answer).toContain("'Audio URL' is empty");
		expect(deapi.submits).toEqual([]);
	});

	test('is told that a tool gets no files', async () => {
		const deapi = await Deapi.open();
		const parameters = { prompt: "={{ $fromAI('prompt') }}", audioSource: 'binary' };
		const agent = agentFor([{ prompt: 'One' }]);
		const [answer] = await answersTo(deapi, agent, { source: [songItem()], parameters });
		expect(answer).toContain("The item has no binary field 'data' ('Input Audio Field')");
		expect(deapi.submits).toEqual([]);
	});

	test('never has a call with an unclear outcome sent again by Retry On Fail', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'acceptThenError', status: 500 } });
		const [answer] = await answersTo(deapi, agentFor([call(await openSounds(), 'One')]), {
			extra: { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 },
		});
		expect(answer).toContain('the job may exist and may have been charged');
		expect(deapi.submits).toHaveLength(1);
	});

	test('has a call sent again by Retry On Fail where nothing was submitted', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status: 403, body: {} } });
		const [answer] = await answersTo(deapi, agentFor([call(await openSounds(), 'One')]), {
			extra: { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 },
		});
		expect(deapi.submits).toHaveLength(2);
		expect(answer).toContain(deapi.requestIds[0]);
	});

	test('gets a failed call as JSON with On Error = Continue', async () => {
		const deapi = await Deapi.open();
		const agent = agentFor([call(await openSounds(), ' ')]);
		const extra = { onError: 'continueRegularOutput' as const };
		const [answer] = await answersTo(deapi, agent, { extra });
		expect(JSON.parse(answer ?? '')).toEqual([
			{
				error: "'Prompt' is empty",
				message: 'Describe the video in it.',
				details: { submitted: 'no' },
			},
		]);
	});

	test('can read the balance', async () => {
		const deapi = await Deapi.open({ balance: 12.5 });
		const parameters = { resource: 'account', operation: 'getBalance' };
		const [answer] = await answersTo(deapi, agentFor([{}]), { parameters });
		expect(JSON.parse(answer ?? '')).toMatchObject([{ balance: 12.5, currency: 'USD' }]);
	});
});
