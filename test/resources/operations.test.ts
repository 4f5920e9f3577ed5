/**
 * What every operation that costs money has to do, whatever it makes: one table, each operation through
 * n8n's engine and over HTTP; what differs between the surfaces of the API, on both.
 */
import { readFileSync } from 'node:fs';
import type { INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { RecordedRequest, Surface } from '../fake-deapi';
import { outputOf, readBinary, startWorkflow } from '../support/engine';
import type { SourceItem } from '../support/nodes';
import { Deapi, expectGoodText, Outcome } from '../support/deapi';
import { deapiWorkflow, fixture, NODE } from '../support/workflows';
import { expected, lineOf, matching, NAMES, sentBy } from './table';
import type { Line } from './table/line';
import { clockForTests } from '../support/clock';
import { asText } from '../support/text';

const clock = clockForTests();

const SURFACES: Surface[] = ['v1', 'v2'];
const EVERY = NAMES.flatMap((name) =>
	SURFACES.map((surface): [string, Surface] => [name, surface]),
);
/** What is the same on both: each operation on one of them, in turn. */
const IN_TURN = NAMES.map((name, index): [string, Surface] => [name, SURFACES[index % 2] ?? 'v1']);
const makesVideo = ([name]: [string, Surface]) => lineOf(name).result.file?.[1] === 'video/mp4';
const isJob = ([name]: [string, Surface]) => !lineOf(name).isInstant;

interface Setting {
	surface?: Surface;
	items?: SourceItem[];
	parameters?: INodeParameters;
	options?: INodeParameters;
	node?: Partial<INode>;
}

/** The workflow of a line: what its user has to enter, without waiting unless asked for. */
function workflowOf(line: Line, { items, parameters, options, node }: Setting) {
	const { item, isInstant } = line;
	const waiting = isInstant ? {} : { waitForCompletion: false };
	return deapiWorkflow(
		items ?? [item],
		{
			...{ lengthMode: 'matchAudio', size: 'square' },
			...{ ...line.parameters, ...waiting, ...parameters },
			options: { ...(line.parameters.options as INodeParameters | undefined), ...options },
		},
		node,
	);
}

async function run(deapi: Deapi, line: Line, setting: Setting = {}): Promise<Outcome> {
	const credentials = deapi.credentials({ apiVersion: setting.surface ?? 'v1' });
	return await deapi.runSaved(workflowOf(line, setting), { credentials });
}

/** The requests that would make something. */
function made(deapi: Deapi, { route }: Line): RecordedRequest[] {
	return deapi.fake.requests.filter((request) => request.route === route);
}

function prices(deapi: Deapi): RecordedRequest[] {
	return deapi.fake.requests.filter(({ route }) => route === 'price');
}

/** Some items after one another, each with the same file. */
function several({ item }: Line, count: number): SourceItem[] {
	return Array.from({ length: count }, (_, index) => ({ ...item, json: { index } }));
}

const idsOf = (items: INodeExecutionData[]) => items.map(({ json }) => asText(json.request_id));

/** What fails often is not waited for as long as in earnest. */
const SOON = { pollInterval: 0.01 };

describe.each(EVERY)('%s on %s', (name, surface) => {
	const line = lineOf(name);

	test('sends what is required, and no option that is not set', async () => {
		const deapi = await Deapi.open();
		const { json } = await run(deapi, line, { surface });
		const [request, ...others] = made(deapi, line);
		expect(others).toEqual([]);
		expect(request?.path).toBe(line.path[surface]);
		expect(sentBy(request)).toEqual(expected(line.model.submit.encoding, line.minimal));
		if (line.isInstant) expect(json).toEqual(matching(line.result.json ?? {}));
		else expect(json).toEqual({ request_id: deapi.requestIds[0], ...line.says });
	});

	test('sends every option', async () => {
		const deapi = await Deapi.open();
		const { every } = line;
		const setting = { surface, parameters: every.parameters ?? {}, options: every.options };
		const { items } = await run(deapi, line, { ...setting, items: [every.item ?? line.item] });
		expect(items).toHaveLength(1);
		const [request] = made(deapi, line);
		expect(request?.path).toBe(line.path[every.needsV2 === true ? 'v2' : surface]);
		expect(request?.unexpectedFields).toEqual([]);
		expect(sentBy(request)).toEqual(expected(line.model.submit.encoding, every.sends));
	});

	test('asks for the price with exactly what it depends on, and sends nothing above the limit', async () => {
		const deapi = await Deapi.open({ price: 0.2 });
		const { stop } = await run(deapi, line, { surface, options: { maxPrice: 0.1 } });
		const [question, ...others] = prices(deapi);
		expect(others).toEqual([]);
		expect(question?.path).toBe(line.pricePath[surface]);
		expect(sentBy(question)).toEqual(expected(line.model.price.encoding, line.price));
		expect(stop.message).toBe(`This job would cost 0.2 USD; 'Max Price (USD)' is 0.1 USD`);
		expect(stop.data).toMatchObject({ submitted: 'no', price: 0.2, max_price: 0.1 });
		expect(made(deapi, line)).toEqual([]);
	});

	test('is sent where its price is within the limit, options included', async () => {
		const { every } = line;
		// Its fee has a question of its own.
		const isEnhanced = every.options.enhancePrompt === true;
		const deapi = await Deapi.open({
			price: 0.2,
			...(isEnhanced ? { prices: { prompt: 0.05 } } : {}),
		});
		const outcome = await run(deapi, line, {
			...{ surface, items: [every.item ?? line.item], parameters: every.parameters ?? {} },
			options: { ...every.options, maxPrice: 0.3 },
		});
		expect(outcome.items).toHaveLength(1);
		expect(prices(deapi).map(({ status }) => status)).toEqual(isEnhanced ? [200, 200] : [200]);
		expect(made(deapi, line)).toHaveLength(1);
	});
});

test.each(IN_TURN.filter(makesVideo))(
	'%s on %s takes a picture for no video',
	async (name, surface) => {
		clock.leap();
		const deapi = await Deapi.open({ resultFile: readFileSync(fixture('frame.png')) });
		const parameters = { waitForCompletion: true };
		const { stop } = await run(deapi, lineOf(name), { surface, parameters, options: SOON });
		expect(stop.message).toContain('something other than an MP4 video');
	},
);

describe.each(EVERY.filter(isJob))('%s on %s', (name, surface) => {
	const line = lineOf(name);

	test('waits for the job and gives out what it made', async () => {
		const deapi = await Deapi.open();
		const parameters = { waitForCompletion: true };
		const { items } = await run(deapi, line, { surface, parameters, options: SOON });
		const [item] = items;
		expect(item?.json).toMatchObject({
			...{ request_id: deapi.requestIds[0], status: 'done' },
			...{ ...line.says, ...matching(line.result.json ?? {}) },
		});
		const [fileName, mimeType] = line.result.file ?? [];
		expect(item?.binary?.data?.fileName).toBe(fileName);
		expect(item?.binary?.data?.mimeType).toBe(mimeType);
		if (fileName !== undefined) {
			expect((await readBinary(item?.binary?.data)).length).toBeGreaterThan(0);
		}
	});

	test('passes the webhook URL on, and over v2 the secret', async () => {
		const deapi = await Deapi.open();
		const webhookUrl = 'https://n8n.example.com/webhook/1';
		const webhookSecret = 'a-webhook-secret-of-40-characters-012345';
		const saved = workflowOf(line, { options: { webhookUrl } });
		await deapi.runSaved(saved, {
			credentials: deapi.credentials({ apiVersion: surface, webhookSecret }),
		});
		const [job] = deapi.fake.jobs;
		expect(job).toMatchObject({
			webhookUrl,
			webhookSecret: surface === 'v2' ? webhookSecret : null,
		});
	});
});

describe.each(IN_TURN)('%s on %s', (name, surface) => {
	const line = lineOf(name);

	test('calls a field that deAPI refuses by its label, and says that nothing was made', async () => {
		const deapi = await Deapi.open();
		const [field, label] = line.refused;
		const body = { message: 'Refused.', errors: { [field]: ['It is not as it should be.'] } };
		deapi.fake.faults.add({ route: line.route, fault: { type: 'status', status: 422, body } });
		const { stop } = await run(deapi, line, { surface });
		expect(stop.message).toBe(`deAPI did not accept '${label}'`);
		expect(stop.description).toContain(`'${label}': It is not as it should be.`);
		expect(stop.data).toMatchObject({ submitted: 'no', status: 422 });
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test('waits for a limit per minute and goes on', async () => {
		const deapi = await Deapi.open();
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: '0.05' } as const;
		deapi.fake.faults.add({ route: line.route, fault });
		const { items } = await run(deapi, line, { surface });
		expect(items).toHaveLength(1);
		expect(made(deapi, line).map(({ status }) => status)).toEqual([429, 200]);
	});

	test('gives up at a limit per minute where no retries are wanted', async () => {
		const deapi = await Deapi.open();
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: '60' } as const;
		deapi.fake.faults.add({ route: line.route, fault });
		const { stop } = await run(deapi, line, { surface, options: { rateLimitRetries: 0 } });
		expect(stop.data).toMatchObject({ submitted: 'no' });
		expect(made(deapi, line)).toHaveLength(1);
	});

	test.each([
		['a 500', { type: 'acceptThenError', status: 500 } as const],
		['a cut connection', { type: 'cutAfterBody', accept: true } as const],
	])('never repeats %s, Retry On Fail or not, and says so', async (_what, fault) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: line.route, fault });
		const retries = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { stop } = await run(deapi, line, { surface, node: retries });
		expect(made(deapi, line)).toHaveLength(1);
		expect(stop.data).toMatchObject({ submitted: 'unknown' });
		expect(stop.message).toMatch(/may have been charged$/);
		expect(stop.description).toMatch(/^It was not sent again, because deAPI would charge /);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test('makes as many as there are items, each linked to its own', async () => {
		const deapi = await Deapi.open();
		const { items } = await run(deapi, line, { surface, items: several(line, 4) });
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
		expect(made(deapi, line)).toHaveLength(4);
		if (!line.isInstant) expect(idsOf(items).sort()).toEqual(deapi.requestIds.sort());
	});

	test('sends an item that is refused to the error output, the others to the first', async () => {
		const deapi = await Deapi.open();
		const [field] = line.refused;
		const body = { message: 'Refused.', errors: { [field]: ['No.'] } };
		deapi.fake.faults.add({ route: line.route, fault: { type: 'status', status: 422, body } });
		const outcome = await run(deapi, line, {
			...{ surface, items: several(line, 3) },
			node: { onError: 'continueErrorOutput' },
		});
		const good = outputOf(outcome.run, NODE, 0);
		const bad = outputOf(outcome.run, NODE, 1);
		expect([good.length, bad.length]).toEqual([2, 1]);
		expect(bad[0]?.json.error).toMatch(/^deAPI did not accept /);
		const paired = [...good, ...bad].map(({ pairedItem }) => pairedItem);
		expect(paired).toEqual(expect.arrayContaining([{ item: 0 }, { item: 1 }, { item: 2 }]));
	});

	test('ends at once when the execution is canceled, and does not call the item unsent', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: line.route, times: 9, fault: { type: 'hang' } });
		const credentials = deapi.credentials({ apiVersion: surface });
		const execution = startWorkflow(workflowOf(line, {}), { credentials });
		await deapi.fake.waitFor(() => made(deapi, line)[0]?.bodyComplete === true);
		execution.cancel();
		expect((await execution.result).status).toBe('canceled');
		expect(made(deapi, line)).toHaveLength(1);
	});
});

describe.each(IN_TURN.filter(isJob))('%s on %s', (name, surface) => {
	const line = lineOf(name);

	test('puts the file into the field that the user names, or nowhere', async () => {
		const deapi = await Deapi.open();
		const parameters = { waitForCompletion: true };
		const own = { ...SOON, outputBinaryProperty: 'made' };
		const named = await run(deapi, line, { surface, parameters, options: own });
		const fields = line.result.file === undefined ? [] : ['made'];
		expect(Object.keys(named.items[0]?.binary ?? {})).toEqual(fields);
		const none = { ...SOON, downloadResult: false };
		const bare = await run(deapi, line, { surface, parameters, options: none });
		expect(bare.items[0]?.binary).toBeUndefined();
		expect(bare.items[0]?.json.status).toBe('done');
	});

	test('waits or not where a workflow does not say, as its field does', async () => {
		const deapi = await Deapi.open();
		const saved = workflowOf(line, { options: SOON });
		delete saved.nodes.find((node) => node.name === NODE)?.parameters.waitForCompletion;
		const outcome = await deapi.runSaved(saved, {
			credentials: deapi.credentials({ apiVersion: surface }),
		});
		expect(outcome.json.status).toBe(line.waits ? 'done' : undefined);
	});

	test('calls a job that failed by what it was to make, and keeps its ID', async () => {
		const deapi = await Deapi.open({ jobErrors: () => ({ error_message: 'worker gone' }) });
		const parameters = { waitForCompletion: true };
		const { stop } = await run(deapi, line, { surface, parameters, options: SOON });
		const [id] = deapi.requestIds;
		expect(stop.message).toBe(
			`deAPI could not make ${line.product}: worker gone (request ID ${id})`,
		);
		expect(stop.data).toMatchObject({ submitted: 'yes', request_id: id });
	});

	test('calls a wait that is over by what it waited for', async () => {
		const deapi = await Deapi.open();
		deapi.fake.holdJobs(true);
		const parameters = { waitForCompletion: true };
		const options = { ...SOON, timeout: 0.05 };
		const { stop } = await run(deapi, line, { surface, parameters, options });
		const subject = line.product.replace('the', 'The');
		expect(stop.message).toMatch(new RegExp(`^${subject} was not ready within 1 second `));
		expect(stop.data).toMatchObject({ submitted: 'yes', request_id: deapi.requestIds[0] });
	});

	test('is sent once by Retry On Fail, whose second pass waits for the first job', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'status', fault: { type: 'status', status: 403 } });
		const { items } = await run(deapi, line, {
			...{ surface, parameters: { waitForCompletion: true }, options: SOON },
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(items[0]?.json).toMatchObject({ status: 'done', request_id: deapi.requestIds[0] });
		expect(made(deapi, line)).toHaveLength(1);
	});
});
