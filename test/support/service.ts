/**
 * What tests about a session need: a fake deAPI that ends with the test, an account of its own that
 * shares no lane, no limit and no list of models with another test, and the values of a video.
 */
import type { IDataObject, INode, INodeParameters, IRun } from 'n8n-workflow';
import type { FakeDeapi, FakeDeapiOptions, RecordedRequest, Route } from '../fake-deapi';
import { startFakeDeapi } from '../fake-deapi';
import { outputOf, runWorkflow } from './engine';
import { deapiWorkflow, NODE, songItem } from './workflows';

export interface Service {
	fake: FakeDeapi;
	/** The `deapiApi` credential of the fake's first account. */
	credentials: { apiKey: string; baseUrl: string; apiVersion: 'v1' | 'v2' };
	/** The requests of one kind, in order of arrival. */
	requestsTo(route: Route): RecordedRequest[];
}

const open: Array<() => Promise<unknown>> = [];

/** Ends something when the test is over. */
export function closeLater(close: () => Promise<unknown>): void {
	open.push(close);
}

/** Ends all that tests have opened; call it once at the top of a test file. */
export function closeAfterEach(): void {
	afterEach(async () => {
		for (const close of open.splice(0).reverse()) await close();
	});
}

let lastAccount = 0;

/** Starts a fake with an account that no other test has. */
export async function startService(options: FakeDeapiOptions = {}): Promise<Service> {
	const apiKey = `key-${process.pid}-${++lastAccount}`;
	const fake = await startFakeDeapi({ apiKeys: [apiKey], ...options });
	closeLater(async () => await fake.close());
	return {
		fake,
		credentials: { apiKey: fake.settings.apiKeys[0] ?? '', baseUrl: fake.url, apiVersion: 'v1' },
		requestsTo: (route) => fake.requests.filter((request) => request.route === route),
	};
}

/** The parameters of a video that is waited for, looked at often. */
export function waitingVideo(
	options: INodeParameters = {},
	parameters: INodeParameters = {},
): INodeParameters {
	return {
		prompt: 'A singer on a rooftop',
		waitForCompletion: true,
		options: { pollInterval: 0.05, ...options },
		...parameters,
	};
}

/** A song for each item, numbered in its JSON. */
export function songs(count: number) {
	return Array.from({ length: count }, (_, index) => songItem('song.mp3', { index }));
}

/** Runs the node over as many songs. */
export async function generate(
	{ credentials }: Pick<Service, 'credentials'>,
	parameters: INodeParameters,
	{ count = 1, ...extra }: Partial<INode> & { count?: number } = {},
): Promise<IRun> {
	return await runWorkflow(deapiWorkflow(songs(count), parameters, extra), { credentials });
}

/** Runs one of the node's other operations, for one item or as many as there are. */
export async function runOperation(
	{ credentials }: Pick<Service, 'credentials'>,
	parameters: INodeParameters,
	{ items = [{}], ...extra }: Partial<INode> & { items?: IDataObject[] } = {},
): Promise<IRun> {
	const source = items.map((json) => ({ json }));
	return await runWorkflow(deapiWorkflow(source, parameters, extra), { credentials });
}

/** Submits a song without waiting, and returns the job's ID. */
export async function submitSong(service: Service): Promise<string> {
	const run = await generate(service, { prompt: 'A singer on a rooftop' });
	const [item] = outputOf(run, NODE);
	if (typeof item?.json.request_id !== 'string') throw new Error('The song was not submitted');
	return item.json.request_id;
}
