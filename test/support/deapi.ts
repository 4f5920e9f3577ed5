/**
 * The harness of all tests that run workflows: a fake deAPI that ends with its test, an account on it
 * that no other test has, and the node run on items against it.
 */
import { randomUUID } from 'node:crypto';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IRun,
} from 'n8n-workflow';
import { startFakeDeapi } from '../fake-deapi';
import type {
	FakeDeapi,
	FakeDeapiOptions,
	RecordedPart,
	RecordedRequest,
	Route,
} from '../fake-deapi';
import type { Execution, RunOptions, SavedWorkflow } from './engine';
import { errorOf, outputOf, runWorkflow, startWorkflow } from './engine';
import type { Source } from './nodes';
import { asText } from './text';
import { deapiWorkflow, NODE, songItem } from './workflows';

const opened: Array<() => Promise<unknown>> = [];

/** Registers something to be ended after the test. */
export function closeAfterTest(close: () => Promise<unknown>): void {
	opened.push(close);
}

afterEach(async () => {
	for (const close of opened.splice(0).reverse()) await close();
});

type Credentials = ICredentialDataDecryptedObject;

/** A service and an account on it that no other test has used: limits and models are remembered. */
export class Deapi {
	private constructor(
		readonly fake: FakeDeapi,
		private readonly credential: Credentials & { apiKey: string },
	) {}

	static async open(options: FakeDeapiOptions = {}): Promise<Deapi> {
		const fake = await startFakeDeapi({ apiKeys: [`key-${randomUUID()}`], ...options });
		closeAfterTest(async () => await fake.close());
		const apiKey = fake.settings.apiKeys[0] ?? '';
		return new Deapi(fake, { apiKey, baseUrl: fake.url, apiVersion: 'v1' });
	}

	/** The same service, asked with another credential. */
	with(changes: Credentials & { apiKey?: string }): Deapi {
		return new Deapi(this.fake, { ...this.credential, ...changes });
	}

	get apiKey(): string {
		return this.credential.apiKey;
	}

	/** The `deapiApi` credential of the account. */
	credentials(changes: Credentials = {}): Credentials {
		return { ...this.credential, ...changes };
	}

	/** The requests of one kind, in order of arrival. */
	requestsTo(route: Route): RecordedRequest[] {
		return this.fake.requests.filter((request) => request.route === route);
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

	/** Starts items on their way through the node and returns at once. */
	start(source: Source, parameters: INodeParameters, extra: Partial<INode> = {}): Execution {
		const saved = deapiWorkflow(source, parameters, extra);
		return startWorkflow(saved, { credentials: this.credentials() });
	}

	/** Runs the node over as many songs as are wanted. */
	async generate(
		parameters: INodeParameters = { prompt: PROMPT },
		{ count = 1, ...extra }: Partial<INode> & { count?: number } = {},
	): Promise<IRun> {
		return await this.start(songs(count), parameters, extra).result;
	}

	/** Runs one of the node's other operations, for one item or as many as there are. */
	async operate(
		parameters: INodeParameters,
		{ items = [{}], ...extra }: Partial<INode> & { items?: IDataObject[] } = {},
	): Promise<IRun> {
		const source = items.map((json) => ({ json }));
		return await this.start(source, parameters, extra).result;
	}

	/** Submits a song without waiting, and returns the job's ID. */
	async submitSong(): Promise<string> {
		const [item] = outputOf(await this.generate(), NODE);
		if (typeof item?.json.request_id !== 'string') throw new Error('The song was not submitted');
		return item.json.request_id;
	}
}

export const PROMPT = 'A singer on a rooftop at sunset';

/** A song for each item, numbered in its JSON. */
export function songs(count: number) {
	return Array.from({ length: count }, (_, index) => songItem('song.mp3', { index }));
}

/** The parameters of a video that is waited for, checked often. */
export function waitingVideo(
	options: INodeParameters = {},
	parameters: INodeParameters = {},
): INodeParameters {
	return {
		prompt: PROMPT,
		waitForCompletion: true,
		options: { pollInterval: 0.05, ...options },
		...parameters,
	};
}

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
export function expectGoodText(given: unknown): void {
	const text = asText(given);
	expect(text).not.toMatch(/\b(error|problem|failure|mistake)s?\b/i);
	expect(text).not.toMatch(/undefined|\bnull\b|\bNaN\b|Infinity|\[object|\$\{|\{\{/);
	expect(text.trim()).toBe(text);
	expect(text).not.toBe('');
}
