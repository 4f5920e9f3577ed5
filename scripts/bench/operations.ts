/** Each operation that makes something, through the node and through n8n's engine with a bare upload. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import FormData from 'form-data';
import type {
	IDataObject,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { Gate } from '../../nodes/Deapi/basics/gate';
import type { RoutingRequest } from '../../nodes/Deapi/engine/call';
import { lineOf } from '../../test/resources/table';
import type { Line } from '../../test/resources/table/line';
import { DEAPI_NODE, errorOf, outputOf, runWorkflow } from '../../test/support/engine';
import { asText } from '../../test/support/text';
import { sourceNode } from '../../test/support/nodes';
import { chain, node } from '../../test/support/workflows';

/** An operation by its line in the table of tests. */
export interface OperationTask {
	type: 'operation';
	url: string;
	name: string;
	items: number;
	runs: number;
}

/** Runs until V8 has compiled what is used again and again: n8n is a process that lives long. */
const WARM_UPS = 4;

/** Uploads that go on at the same time, as in the node's lane. */
const PARALLEL = 3;

/** Gives out items that all carry the files of a line, stored once. */
function sourceOf({ item }: Line, items: number): INodeType {
	let stored: INodeExecutionData['binary'];
	return sourceNode(async ({ helpers }) => {
		if (stored === undefined) {
			stored = {};
			for (const [field, { data, fileName }] of Object.entries(item.files ?? {})) {
				if (typeof data !== 'string') throw new Error(`${field} is no file on disk`);
				const content = createReadStream(data);
				const name = fileName ?? path.basename(data);
				stored[field] = await helpers.prepareBinaryData(content, name);
			}
		}
		const binary = stored;
		return Array.from({ length: items }, () => ({ json: {}, binary }));
	});
}

/** Sends a line's fields and files as they stand there: nothing else is done for an item. */
function bareNode(deapi: INodeType, { path: paths, minimal, model }: Line): INodeType {
	const gate = new Gate({ all: PARALLEL });
	const { fields, files = {} } = minimal;
	const isJson = model.submit.encoding === 'json';
	async function formOf(context: IExecutePaginationFunctions): Promise<FormData> {
		const form = new FormData();
		for (const [name, value] of Object.entries(fields)) form.append(name, asText(value));
		const binaries = Object.values(context.getInputData().binary ?? {});
		for (const [index, name] of Object.keys(files).entries()) {
			const file = binaries[index];
			form.append(name, await context.helpers.getBinaryStream(file?.id ?? ''), {
				...{ filename: file?.fileName, contentType: file?.mimeType, knownLength: file?.bytes },
			});
		}
		return form;
	}
	async function upload(this: IExecutePaginationFunctions, { options }: RoutingRequest) {
		return await gate.pass(async () => {
			const body = isJson ? fields : await formOf(this);
			const answer = (await this.helpers.httpRequestWithAuthentication.call(this, 'deapiApi', {
				...(options as IHttpRequestOptions),
				...{ url: paths.v1, method: 'POST', body, disableFollowRedirect: true },
				headers: { ...options.headers, ...(body instanceof FormData ? body.getHeaders() : {}) },
			})) as { data?: IDataObject };
			return [{ json: answer.data ?? {}, pairedItem: { item: this.getItemIndex() } }];
		});
	}
	const choices = deapi.description.properties.filter(({ name }) => name === 'operation');
	for (const option of choices.flatMap(({ options = [] }) => options)) {
		if ('routing' in option && option.routing?.operations) {
			option.routing.operations.pagination = upload;
		}
	}
	return deapi;
}

/** Runs a node over the items; returns the seconds that the node itself took. */
async function secondsOf(
	{ url, items }: OperationTask,
	{ parameters, isInstant }: Line,
	source: INodeType,
	deapi: INodeType,
): Promise<number> {
	const waiting = isInstant ? {} : { waitForCompletion: false };
	const workflow = chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Source', 'bench.source'),
		node(
			'deAPI',
			DEAPI_NODE,
			{ ...parameters, ...waiting },
			{
				credentials: { deapiApi: { id: '1', name: 'deAPI' } },
				onError: 'continueRegularOutput',
			},
		),
	);
	let started = 0;
	let seconds = 0;
	const run = await runWorkflow(workflow, {
		credentials: { apiKey: 'test-key', baseUrl: url },
		nodeTypes: { [DEAPI_NODE]: deapi, 'bench.source': source },
		onNode: (name, moment) => {
			if (name !== 'deAPI') return;
			if (moment === 'before') started = performance.now();
			else seconds = (performance.now() - started) / 1000;
		},
	});
	const output = outputOf(run, 'deAPI');
	const bad = output.find(({ json }) => json.error !== undefined);
	if (output.length !== items || bad !== undefined) {
		throw new Error(`${output.length} of ${items}: ${JSON.stringify(bad?.json ?? errorOf(run))}`);
	}
	return seconds;
}

/**
 * The seconds of each run, in turn, so that what else the machine does falls on both.
 *
 * @param built gives the built node
 */
export async function measureOperation(
	task: OperationTask,
	built: () => INodeType,
): Promise<{ engine: number[]; bare: number[] }> {
	const line = lineOf(task.name);
	const source = sourceOf(line, task.items);
	const measured = { engine: new Array<number>(), bare: new Array<number>() };
	for (let run = -WARM_UPS; run < task.runs; run++) {
		const engine = await secondsOf(task, line, source, built());
		const bare = await secondsOf(task, line, source, bareNode(built(), line));
		if (run < 0) continue;
		measured.engine.push(engine);
		measured.bare.push(bare);
	}
	return measured;
}
