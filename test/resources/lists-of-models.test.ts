/** The model picker: the account's models as the user chooses from them. */
import { LoadOptionsContext } from 'n8n-core';
import type { INodeListSearchResult } from 'n8n-workflow';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi as DeapiNode } from '../../nodes/Deapi/Deapi.node.ts';
import type { FakeModel } from '../fake-deapi';
import { Deapi } from '../support/deapi';
import { additionalDataFor, outputOf, TestCredentials, toWorkflow } from '../support/engine';
import { deapiWorkflow, NODE } from '../support/workflows';
import { clockForTests } from '../support/clock';

const clock = clockForTests();
beforeEach(() => clock.leap());

/** A model of which only what PHP does to it matters. */
function model(slug: string, rest: Partial<FakeModel> = {}): FakeModel {
	return { name: `Model ${slug}`, slug, inference_types: ['audio2video'], ...rest };
}

describe('the model picker', () => {
	/** What n8n's editor does when the user opens or searches the list. */
	async function search(deapi: Deapi, filter?: string): Promise<INodeListSearchResult> {
		const { workflow, workflowData } = toWorkflow(deapiWorkflow([], {}));
		const additionalData = additionalDataFor(
			'internal',
			workflowData,
			new TestCredentials(deapi.credentials()),
		);
		const node = workflow.getNode(NODE);
		if (!node) throw new Error('The workflow has no node');
		const context = new LoadOptionsContext(workflow, node, additionalData, 'parameters.model');
		const { getModels } = new DeapiNode().methods.listSearch;
		if (getModels === undefined) throw new Error('The node has no list of models');
		return await getModels.call(context, filter);
	}

	it.each([
		['lip sync', ['LtxLipSync_2B']],
		['DIST', ['Ltx2_3_22B_Dist_INT8', 'LtxStudio_30B_Dist_FP8']],
		['_2b', ['LtxLipSync_2B']],
		['  ', ['auto', 'Ltx2_3_22B_Dist_INT8', 'LtxStudio_30B_Dist_FP8', 'LtxLipSync_2B']],
		['Sora', []],
		['automatic', ['auto']],
	])("finds models by name and slug: '%s'", async (filter, expected) => {
		const deapi = await Deapi.open();
		const { results } = await search(deapi, filter);
		expect(results.map(({ value }) => value)).toEqual(expected);
	});

	it('lists models of which nothing is known', async () => {
		const deapi = await Deapi.open({ models: [model('bare', { info: [] })] });
		expect((await search(deapi)).results).toEqual([
			{ name: 'Automatic', value: 'auto' },
			{ name: 'Model bare', value: 'bare' },
		]);
	});

	it('shows models beyond the first page', async () => {
		const models = Array.from({ length: 120 }, (_, index) => model(`m${index}`));
		const deapi = await Deapi.open({ models });
		expect((await search(deapi)).results).toHaveLength(121);
		expect((await search(deapi, 'm119')).results).toHaveLength(1);
	});

	it.each([
		[{ type: 'status' as const, status: 401 }, 'deAPI did not accept the API key'],
		[{ type: 'html' as const, status: 503 }, 'deAPI is not available at the moment (status 503)'],
		[{ type: 'cutBeforeBody' as const }, 'deAPI could not be reached: the connection was cut'],
	])('says why the list cannot be read, and how to go on: %j', async (fault, reason) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault });
		await expect(search(deapi)).rejects.toMatchObject({
			message: `The list of models could not be read: ${reason}`,
			description: expect.stringContaining("choose 'By ID' and enter the model's slug"),
		});
	});

	it('is not needed: a slug works while the list cannot be read', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'models', times: 9, fault: { type: 'html', status: 503 } });
		await expect(search(deapi)).rejects.toThrow('could not be read');
		const run = await deapi.generate({
			prompt: 'A singer',
			model: { __rl: true, mode: 'id', value: 'LtxLipSync_2B' },
			frames: 121,
		});
		expect(outputOf(run, NODE)[0]?.json.model).toBe('LtxLipSync_2B');
		expect(deapi.fake.jobs[0]?.fields.model).toBe('LtxLipSync_2B');
	});
});
