/** What an operation's routing declares is what it sends, on both surfaces of the API. */
import type {
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import type { RoutingRequest } from '../../nodes/Deapi/engine/call';
import type { Surface } from '../fake-deapi';
import { Deapi } from '../support/deapi';
import { ROUTES_BY_CREDENTIAL } from '../support/engine-versions';
import type { SourceItem } from '../support/nodes';
import { deapiWorkflow } from '../support/workflows';
import { lineOf, NAMES } from './table';

type Handler = (
	this: IExecutePaginationFunctions,
	request: RoutingRequest,
) => Promise<INodeExecutionData[]>;

const SONG = lineOf('Video > Generate From Audio').item;
const UNKNOWN_JOB = '00000000-0000-4000-8000-000000000000';

/** Operations that make no job, and what their users enter. */
const READS: { [name: string]: [INodeParameters, SourceItem] } = {
	'Video > Estimate Price': [
		{ resource: 'video', operation: 'estimatePrice', lengthMode: 'seconds', duration: 3 },
		SONG,
	],
	'Job > Get': [{ resource: 'job', operation: 'get', requestId: UNKNOWN_JOB }, {}],
	'Model > Get Many': [{ resource: 'model', operation: 'getMany' }, {}],
	'Account > Get Balance': [{ resource: 'account', operation: 'getBalance' }, {}],
};
/** They send no request of their own: a file comes in, and files go out. */
const SENDS_NONE = ['joinClips', 'splitIntoClips'];

const operations = new DeapiNode().description.properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ options = [] }) => options)
	.flatMap((option) => ('routing' in option && 'value' in option ? [option] : []));

/** What n8n has made of the routing, for each item that came. */
const declared: Array<{ method: string; url: string }> = [];
// All instances of the node share these.
for (const { routing } of operations) {
	const hooks = routing?.operations;
	if (hooks === undefined) throw new Error('An operation without a hook');
	const handler = hooks.pagination as Handler;
	hooks.pagination = async function (this: IExecutePaginationFunctions, request) {
		const { method = '', baseURL = '', url = '' } = request.options;
		declared.push({ method, url: `${baseURL}${url}` });
		return await handler.call(this, request);
	};
}
beforeEach(() => declared.splice(0));

const surfaces: Surface[] = ROUTES_BY_CREDENTIAL ? ['v1', 'v2'] : ['v1'];
const all: Array<[string, Surface]> = [...NAMES, ...Object.keys(READS)].flatMap((name) =>
	surfaces.map((surface): [string, Surface] => [name, surface]),
);

test.each(all)("%s on %s: n8n's request is the one that deAPI gets", async (name, surface) => {
	const deapi = await Deapi.open();
	const [parameters, item] = READS[name] ?? [lineOf(name).parameters, lineOf(name).item];
	const extra = { onError: 'continueRegularOutput' as const };
	await deapi.runSaved(deapiWorkflow([item], { ...parameters, waitForCompletion: false }, extra), {
		credentials: deapi.credentials({ apiVersion: surface }),
	});
	expect(declared).toHaveLength(1);
	const got = deapi.fake.requests.map(({ method, path }) => ({
		method,
		url: `${deapi.fake.url}${path}`,
	}));
	expect(got).toContainEqual(declared[0]);
});

test('every other operation declares none', () => {
	const without = operations.filter(({ routing }) => routing?.request === undefined);
	expect(without.map(({ value }) => value).sort()).toEqual(SENDS_NONE);
	expect(operations).toHaveLength(NAMES.length + Object.keys(READS).length + SENDS_NONE.length);
});
