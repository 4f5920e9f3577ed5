/**
 * A node that runs a function where the package's operations run: in n8n's engine, with n8n's own
 * context and helpers. For what an operation does not let a test reach.
 */
import type {
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypeDescription,
	IRun,
	NodeParameterValueType,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Call } from '../../nodes/Deapi/engine/call';
import type { Operation } from '../../nodes/Deapi/engine/operation';
import { declareOperation } from '../../nodes/Deapi/engine/operation';
import type { Deapi } from './deapi';
import { errorOf, outputOf, runWorkflow } from './engine';
import { chain, node } from './workflows';

class ProbeNode implements INodeType {
	description: INodeTypeDescription;

	constructor({ option }: Operation) {
		this.description = {
			displayName: 'Probe',
			name: 'probe',
			group: ['transform'],
			version: 1,
			description: 'Probe',
			defaults: { name: 'Probe' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'deapiApi', required: true }],
			requestDefaults: { baseURL: 'http://127.0.0.1' },
			properties: [
				{
					displayName: 'Operation',
					name: 'operation',
					type: 'options',
					default: option.value,
					options: [option],
				},
				{ displayName: 'Given', name: 'given', type: 'json', default: '' },
				{ displayName: 'Options', name: 'options', type: 'json', default: '' },
			],
		};
	}
}

/** What every operation says of itself. */
export const PROBE = {
	name: 'probe',
	displayName: 'Probe',
	action: 'Probe',
	description: 'Probe',
	fields: [],
};

async function runProbe(
	deapi: Pick<Deapi, 'credentials'>,
	operation: Operation,
	parameters: INodeParameters,
	settings: Partial<INode> = {},
): Promise<IRun> {
	const credentials = { deapiApi: { id: '1', name: 'deAPI' } };
	return await runWorkflow(
		chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Probe', 'test.probe', parameters, { credentials, ...settings }),
		),
		{
			credentials: deapi.credentials(),
			nodeTypes: { 'test.probe': new ProbeNode(operation) },
		},
	);
}

/**
 * Runs a function in a node's context and returns what it returned.
 *
 * @param given the parameter of this name, which the probe does nothing with
 */
export async function inNode<T>(
	deapi: Pick<Deapi, 'credentials'>,
	work: (call: Call) => Promise<T>,
	given: NodeParameterValueType = '',
): Promise<T> {
	const results: T[] = [];
	const operation = declareOperation({
		...PROBE,
		work: async (call) => {
			results.push(await work(call));
			return [{ json: {} }];
		},
	});
	const run = await runProbe(deapi, operation, { given });
	const [result] = results;
	if (result === undefined) throw new Error(`The probe brought nothing: ${errorOf(run).message}`);
	return result;
}

/** The same call with something else in place. */
export function changed(call: Call, changes: { [name in keyof Call]?: unknown }): Call {
	const own = Object.entries(changes).map(([name, value]) => [name, { value }] as const);
	return Object.create(call, Object.fromEntries<{ value: unknown }>(own)) as Call;
}

/** Runs an operation of the test's own on one item, goes on where it fails, and returns its item. */
export async function itemOf(
	deapi: Pick<Deapi, 'credentials'>,
	operation: Operation,
	options: NodeParameterValueType = {},
): Promise<INodeExecutionData> {
	const run = await runProbe(deapi, operation, { options }, { onError: 'continueRegularOutput' });
	const [item] = outputOf(run, 'Probe');
	if (item === undefined) throw new Error(`The probe brought nothing: ${errorOf(run).message}`);
	return item;
}
