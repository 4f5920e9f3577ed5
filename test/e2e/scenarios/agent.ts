import { startChatModel } from '../services/chat-model';
import { expect, expectEqual, expectProperties, sha256OfFile } from '../check';
import { readExample, nodeOf } from '../n8n/example';
import { serveFile } from '../services/files';
import { type Scene, expectSuccess, fixturePath } from '../scene';

const PROMPT = 'A singer in the rain';

/** The node as an AI agent's tool: the agent fills in URL and prompt and gets the link to the video. */
export async function agentTool(scene: Scene): Promise<void> {
	const { api, publicUrl } = scene.stage;
	const audioUrl = await serveFile(fixturePath('song.mp3'));
	const model = await startChatModel(({ properties }) =>
		Object.fromEntries(
			Object.keys(properties).map((name) => [name, /url/i.test(name) ? audioUrl : PROMPT]),
		),
	);
	const openAiApi = await api.createCredential('openAiApi', 'OpenAi account', {
		apiKey: 'chat-key',
		url: model.url,
	});
	const example = await readExample('ai-agent-tool', {
		files: scene.files,
		credentials: { ...scene.credentials, openAiApi },
		// So that the chat can be reached from outside of n8n's editor.
		parameters: { 'When chat message received': { public: true } },
	});
	const workflow = await api.createWorkflow(example);
	await api.activate(workflow);

	const { webhookId } = nodeOf(example, 'When chat message received');
	const chat = await fetch(`${scene.stage.n8n.url}/webhook/${webhookId}/chat`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({
			action: 'sendMessage',
			sessionId: 'chat-1',
			chatInput: `Make a video of a singer in the rain from ${audioUrl}`,
		}),
	});
	const { output } = (await chat.json()) as { output?: string };

	const [ended] = await api.executionsEnd(workflow.id, 1);
	expect(ended, `The chat should start an execution on ${publicUrl}`);
	const execution = await api.execution(ended.id);
	expectSuccess(execution);
	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job');
	expectEqual(job.fields.prompt, PROMPT, 'The prompt that the agent chose');
	expectProperties(
		{ ...job.files[0] },
		{ sha256: await sha256OfFile(fixturePath('song.mp3')) },
		'The audio that deAPI got',
	);
	const tool = model.requests[0]?.tools?.[0]?.function;
	expectEqual(
		Object.keys(tool?.parameters.properties ?? {}).sort(),
		['Audio_URL', 'Prompt'],
		'What the agent may fill in',
	);
	for (const part of [job.request_id, '/results/', '"status":"done"']) {
		expect(
			output?.replaceAll('\\', '').includes(part),
			`The agent's answer should tell ${part}, it is: ${output}`,
		);
	}
	await api.deactivate(workflow);
}
