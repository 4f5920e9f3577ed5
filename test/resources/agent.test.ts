/** Each operation that needs no file, as a tool of an AI agent: all its values come from the agent. */
import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import { CallingAgent, RequestingAgent, toTool } from '../support/agents';
import { Deapi } from '../support/deapi';
import { DEAPI_NODE, outputOf, type SavedWorkflow } from '../support/engine';
import { registerSource } from '../support/nodes';
import { node } from '../support/workflows';
import { lineOf, NAMES, sentBy } from './table';
import { asText } from '../support/text';

const TOOL = 'Tool';
const AGENT = 'Agent';

function workflowOf(parameters: INodeParameters): SavedWorkflow {
	return {
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Items', 'test.source', { key: registerSource([{ json: { chat: 'hi' } }]) }),
			node(AGENT, 'test.agent'),
			node(TOOL, `${DEAPI_NODE}Tool`, parameters, {
				credentials: { deapiApi: { id: '1', name: 'deAPI account' } },
			}),
		],
		connections: {
			Start: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
			Items: { main: [[{ node: AGENT, type: 'main', index: 0 }]] },
			[TOOL]: { ai_tool: [[{ node: AGENT, type: 'ai_tool', index: 0 }]] },
		},
	};
}

const fromAI = (key: string, type = 'string') => `={{ $fromAI('${key}', '', '${type}') }}`;
const byId = (key: string) => ({ __rl: true, mode: 'id', value: fromAI(key) });
const SOON = { options: { pollInterval: 0.05 } };

/** Those that take their sound from a URL too. */
const TAKES_URL = ['Video > Generate From Audio', 'Audio > Transcribe'];

/** What the user leaves to the agent, what it says, what deAPI gets, and what the agent reads. */
const TOOLS: Array<[string, INodeParameters, IDataObject, IDataObject, IDataObject]> = [
	[
		'Audio > Generate Speech',
		{ text: fromAI('text'), voice: byId('voice'), speed: fromAI('speed', 'number'), ...SOON },
		{ text: 'Good evening', voice: 'am_adam', speed: 1.5 },
		{ text: 'Good evening', voice: 'am_adam', speed: '1.5' },
		{ status: 'done', result_url: expect.any(String) as string, voice: 'am_adam' },
	],
	[
		'Audio > Generate Music',
		{ caption: fromAI('caption'), duration: fromAI('duration', 'number'), ...SOON },
		{ caption: 'A march', duration: 20 },
		{ caption: 'A march', duration: '20' },
		{ status: 'done', result_url: expect.any(String) as string },
	],
	[
		'Audio > Transcribe',
		{ audioSource: 'sourceUrl', sourceUrl: fromAI('page'), ...SOON },
		{ page: 'https://www.youtube.com/watch?v=1' },
		{ source_url: 'https://www.youtube.com/watch?v=1' },
		{ status: 'done', result: expect.stringContaining('spoken line') as string },
	],
	[
		'Video > Generate From Text',
		{ prompt: fromAI('prompt'), duration: fromAI('seconds', 'number'), ...SOON },
		{ prompt: 'A harbour', seconds: 4 },
		{ prompt: 'A harbour', frames: 97 },
		{ status: 'done', result_url: expect.any(String) as string, video_seconds: 4.042 },
	],
	[
		'Image > Generate',
		{ prompt: fromAI('prompt'), width: fromAI('width', 'number'), ...SOON },
		{ prompt: 'A harbour', width: 1024 },
		{ prompt: 'A harbour', width: 1024 },
		{ status: 'done', result_url: expect.any(String) as string, width: 1024 },
	],
	[
		'Prompt > Enhance',
		{ prompt: fromAI('prompt'), options: {} },
		{ prompt: 'a harbour' },
		{ prompt: 'a harbour' },
		{ prompt: expect.stringContaining('a harbour') as string },
	],
];

/** What an agent would be told of an operation that works on a file. */
const ON_FILES = NAMES.filter((name) => {
	const { item, parameters } = lineOf(name);
	return item.files !== undefined && !('audioSource' in parameters) && !TAKES_URL.includes(name);
});

test.each(ON_FILES)('a tool of %s says that an agent cannot hand over files', (name) => {
	const { parameters } = lineOf(name);
	const { description } = toTool(new DeapiNode());
	const tool = { ...description, name: `${description.name}Tool` };
	const notices = tool.properties
		.filter(({ type }) => type === 'notice')
		.filter((each) => NodeHelpers.displayParameter(parameters, each, { typeVersion: 1 }, tool));
	expect(notices.map(({ displayName }) => displayName)).toEqual([
		expect.stringContaining('an agent cannot hand over files'),
	]);
});

describe.each<[string, (calls: IDataObject[]) => INodeType]>([
	['that calls its tools itself', (calls) => new CallingAgent(calls)],
	['that lets the engine run its tools', (calls) => new RequestingAgent(calls, TOOL)],
])('an agent %s', (_kind, agentFor) => {
	test.each(TOOLS)('uses %s', async (name, left, says, sent, reads) => {
		const deapi = await Deapi.open();
		const line = lineOf(name);
		const { run } = await deapi.runSaved(workflowOf({ ...line.parameters, ...left }), {
			nodeTypes: { 'test.agent': agentFor([says]), [`${DEAPI_NODE}Tool`]: toTool(new DeapiNode()) },
		});
		const [made, ...others] = deapi.requestsTo(line.route);
		expect(others).toEqual([]);
		expect(sentBy(made).fields).toMatchObject(sent);
		const { text, refused, answers } = outputOf(run, AGENT)[0]?.json ?? {};
		expect(JSON.parse(asText(text ?? refused ?? JSON.stringify(answers)))).toEqual([
			expect.objectContaining(reads),
		]);
	});
});
