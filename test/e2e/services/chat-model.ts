import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from '../machine/teardown';

/** A message of a chat, as OpenAI's chat completions have it. */
interface Message {
	role: string;
	content: unknown;
}

interface ChatRequest {
	messages: Message[];
	tools?: Array<{ function: { name: string; description: string; parameters: ToolParameters } }>;
}

interface ToolParameters {
	properties: Record<string, { description?: string }>;
}

export interface ChatModel {
	/** The base URL for an n8n credential of type `openAiApi`. */
	url: string;
	/** What it was asked, in order. */
	requests: ChatRequest[];
}

/**
 * Starts a stand-in for a chat model that calls the one tool it is given, and then answers with what the
 * tool said.
 *
 * @param argumentsFor what it fills into the tool's parameters
 */
export async function startChatModel(
	argumentsFor: (parameters: ToolParameters) => Record<string, string>,
): Promise<ChatModel> {
	const requests: ChatRequest[] = [];
	const server = createServer((request, response) => {
		void readJson(request).then((body) => {
			const chat = body as ChatRequest;
			requests.push(chat);
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify(completion(answerTo(chat, argumentsFor))));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	atTheEnd(() => {
		server.close();
		server.closeAllConnections();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests };
}

function answerTo(
	{ messages, tools }: ChatRequest,
	argumentsFor: (parameters: ToolParameters) => Record<string, string>,
): Record<string, unknown> {
	const last = messages.at(-1);
	if (last?.role === 'tool') return { role: 'assistant', content: `Done: ${String(last.content)}` };
	const tool = tools?.[0];
	if (!tool) return { role: 'assistant', content: 'There is no tool' };
	const { name, parameters } = tool.function;
	const call = { name, arguments: JSON.stringify(argumentsFor(parameters)) };
	return {
		role: 'assistant',
		content: null,
		tool_calls: [{ id: 'call-1', type: 'function', function: call }],
	};
}

function completion(message: Record<string, unknown>): Record<string, unknown> {
	return {
		id: 'completion-1',
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model: 'stand-in',
		choices: [
			{ index: 0, message, finish_reason: 'tool_calls' in message ? 'tool_calls' : 'stop' },
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
