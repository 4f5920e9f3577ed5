/**
 * A node that runs a function where the package's operations run: in n8n's engine, with n8n's own
 * context and helpers. For what an operation does not let a test reach.
 */
import type { INodeType, INodeTypeDescription, NodeParameterValueType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import type { Call } from '../../nodes/Deapi/engine/call';
import { declareOperation } from '../../nodes/Deapi/engine/operation';
import type { Deapi } from './deapi';
import { errorOf, runWorkflow } from './engine';
import { chain, node } from './workflows';

type Work = (call: Call) => Promise<void>;

class ProbeNode implements INodeType {
	description: INodeTypeDescription;

	constructor(work: Work) {
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
					default: 'probe',
					options: [
						declareOperation({
							name: 'probe',
							displayName: 'Probe',
							action: 'Probe',
							description: 'Probe',
							fields: [],
							work: async (call) => {
								await work(call);
								return [{ json: {} }];
							},
						}).option,
					],
				},
				{ displayName: 'Given', name: 'given', type: 'json', default: '' },
			],
		};
	}
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
	const probe = new ProbeNode(async (call) => {
		results.push(await work(call));
	});
	const run = await runWorkflow(
		chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node(
				'Probe',
				'test.probe',
				{ given },
				{
					credentials: { deapiApi: { id: '1', name: 'deAPI' } },
				},
			),
		),
		{ credentials: deapi.credentials(), nodeTypes: { 'test.probe': probe } },
	);
	const [result] = results;
	if (result === undefined) throw new Error(`The probe brought nothing: ${errorOf(run).message}`);
	return result;
}
