/**
 * What the tests of the submit have in common: a fake deAPI of its own for each test, and the node
 * run on items against it.
 */
import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IRun,
} from 'n8n-workflow';
import { startFakeDeapi } from '../fake-deapi';
import type { FakeDeapi, FakeDeapiOptions, RecordedPart, RecordedRequest } from '../fake-deapi';
import { errorOf, outputOf, runWorkflow, type RunOptions, type SavedWorkflow } from './engine';
import type { Source } from './nodes';
import { deapiWorkflow, NODE, songItem } from './workflows';

const opened: Array<() => Promise<unknown>> = [];

/** Registers something to be ended after the test. */
export function closeAfterTest(close: () => Promise<unknown>): void {
	opened.push(close);
}

afterEach(async () => {
	for (const close of opened.splice(0).reverse()) await close();
});

/** A service and an account on it that no other test has used: limits and models are remembered. */
export class Deapi {
	private constructor(
		readonly fake: FakeDeapi,
		readonly apiKey: string,
	) {}

	static async open(options: FakeDeapiOptions = {}): Promise<Deapi> {
		const apiKey = `key-${randomUUID()}`;
		const fake = await startFakeDeapi({ apiKeys: [apiKey], ...options });
		closeAfterTest(async () => await fake.close());
		return new Deapi(fake, apiKey);
	}

	credentials(changes: ICredentialDataDecryptedObject = {}): ICredentialDataDecryptedObject {
		return { apiKey: this.apiKey, baseUrl: this.fake.url, ...changes };
	}

	/** The submits that the service got, in order of arrival. */
	get submits(): RecordedRequest[] {
		return this.fake.requests.filter(({ method }) => method === 'POST');
	}

	/** The IDs that the service gave out, in order. */
	get requestIds(): string[] {
		return this.fake.jobs.map(({ request_id }) => request_id);
	}

	/**
	 * Runs items through the node.
	 *
	 * @param source the items, by default one with a song
	 * @param parameters besides a prompt
	 * @param extra node settings such as `onError`
	 */
	async run(
		source: Source = [songItem()],
		parameters: INodeParameters = {},
		extra: Partial<INode> = {},
		options: Partial<RunOptions> = {},
	): Promise<Outcome> {
		const saved = deapiWorkflow(source, { prompt: PROMPT, ...parameters }, extra);
		return await this.runSaved(saved, options);
	}

	async runSaved(saved: SavedWorkflow, options: Partial<RunOptions> = {}): Promise<Outcome> {
		return new Outcome(await runWorkflow(saved, { credentials: this.credentials(), ...options }));
	}
}

export const PROMPT = 'A singer on a rooftop at sunset';

/** What came of a run. */
export class Outcome {
	constructor(readonly run: IRun) {}

	/** The node's items; fails where the workflow stopped. */
	get items(): INodeExecutionData[] {
		if (this.run.data.resultData.error) throw this.run.data.resultData.error;
		return outputOf(this.run, NODE);
	}

	/** The only item's JSON. */
	get json() {
		const { items } = this;
		expect(items).toHaveLength(1);
		return items[0]?.json ?? {};
	}

	/** What stopped the workflow; fails where nothing did. */
	get stop() {
		expect(this.run.data.resultData.error).toBeDefined();
		return errorOf(this.run);
	}
}

/** A request's text parts by name. */
export function fieldsOf(request: RecordedRequest | undefined): { [name: string]: string } {
	const texts = (request?.parts ?? []).filter(({ kind }) => kind === 'field');
	return Object.fromEntries(texts.map(({ name, value }) => [name, value ?? '']));
}

/** A request's file part. */
export function filePart(request: RecordedRequest | undefined, name = 'audio'): RecordedPart {
	const [part, ...others] = (request?.parts ?? []).filter((each) => each.name === name);
	if (part === undefined || others.length > 0) throw new Error(`Not one part ${name}`);
	return part;
}

/**
 * Holds a text for users against n8n's guidelines: no word that only says that something is wrong,
 * and nothing that was left unfilled.
 */
export function expectGoodText(text: string): void {
	expect(text).not.toMatch(/\b(error|problem|failure|mistake)s?\b/i);
	expect(text).not.toMatch(/undefined|\bnull\b|\bNaN\b|Infinity|\[object|\$\{|\{\{/);
	expect(text.trim()).toBe(text);
	expect(text).not.toBe('');
}
