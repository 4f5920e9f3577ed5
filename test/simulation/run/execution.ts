/** One execution of a scenario, through n8n's engine, with all its tries. */
import { WorkflowExecute } from 'n8n-core';
import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IRun,
	IRunExecutionData,
	IWorkflowBase,
} from 'n8n-workflow';
import { NodeConnectionTypes, Workflow } from 'n8n-workflow';
import { Deapi } from '../../../nodes/Deapi/Deapi.node.ts';
import { additionalDataFor, DEAPI_NODE, NodeTypes } from '../../support/engine';
import { startRun } from '../../support/engine-versions';
import { standInNodes } from '../../support/nodes';
import { asText } from '../../support/text';
import { chain, node } from '../../support/workflows';
import type { ExecutionPlan, ItemPlan } from '../scenario/scenario';
import { SOUND_HOST } from '../service/service';
import type { SimulatedStorage } from '../world/storage';
import type { ByItem } from './credentials';
import { FRAMES_A_CLIP } from './clips';
import { NO_SOUND, PICTURE, REFERENCE, songOf } from './media';
import { EDITED, FILES, operationNamed, ownParameters, promptOf } from './operations';

export const DEAPI = 'deAPI';

/** Items by the key of the node that gives them. */
const prepared = new Map<string, INodeExecutionData[]>();

class ItemsNode implements INodeType {
	description: INodeType['description'] = {
		displayName: 'Items',
		name: 'items',
		group: ['transform'],
		version: 1,
		description: 'Items',
		defaults: { name: 'Items' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Key', name: 'key', type: 'string', default: '' }],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const key = asText(this.getNodeParameter('key', 0));
		return await Promise.resolve([prepared.get(key) ?? []]);
	}
}

const registry = new NodeTypes({
	...standInNodes(),
	'sim.items': new ItemsNode(),
	[DEAPI_NODE]: new Deapi(),
});

/** A run of n8n's engine. */
export interface Attempt {
	startedAt: number;
	/** Whether it goes on with the clips of a run before it. */
	hasExisting: boolean;
	/** Whether the user had edited the node before it. */
	isEdited: boolean;
	/** When it was stopped from outside. */
	canceledAt: number | undefined;
	endedAt: number | undefined;
	run: IRun | undefined;
	/** What n8n stores of it, as it is at its end. */
	stored: string | undefined;
	/** Resolves at its end. */
	done: Promise<void>;
	cancel(how: 'stop' | 'timeout'): void;
}

let lastKey = 0;

/** Prepares an execution: its items with their files, and the workflow as n8n saves it. */
export class Execution {
	readonly attempts: Attempt[] = [];

	private readonly workflowData: IWorkflowBase;

	private readonly key = String(++lastKey);

	private isEdited = false;

	constructor(
		readonly index: number,
		readonly plan: ExecutionPlan,
		private readonly credentials: ByItem,
		storage: SimulatedStorage,
		isOnDisk: boolean,
	) {
		const items = plan.items.map((item, each) => this.toItem(item, each, storage, isOnDisk));
		prepared.set(this.key, items);
		const saved = chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Items', 'sim.items', { key: this.key }),
			node(DEAPI, DEAPI_NODE, parametersOf(plan, false), nodeSettingsOf(plan)),
		);
		this.workflowData = {
			id: `workflow-${index}`,
			name: 'Simulated',
			active: false,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(0),
			updatedAt: new Date(0),
			...saved,
			settings: { executionOrder: 'v1', timezone: 'UTC' },
		};
	}

	/** How many items the node works on. */
	get size(): number {
		return this.plan.executeOnce ? 1 : this.plan.items.length;
	}

	/** Forgets what is kept for the workflow's node. */
	close(): void {
		prepared.delete(this.key);
	}

	/** Starts it, or starts it again from what n8n stored of the last try. */
	start(now: () => number, existing?: unknown): Attempt {
		const last = existing === undefined ? this.attempts.at(-1) : undefined;
		if (existing !== undefined) this.takeExisting(existing);
		if (last !== undefined && this.plan.edits) this.edit();
		const workflow = new Workflow({
			...this.workflowData,
			nodeTypes: registry,
			staticData: {},
		});
		const mode = last === undefined ? 'manual' : 'retry';
		const additionalData = additionalDataFor(mode, this.workflowData, this.credentials);
		const running =
			last?.stored === undefined
				? startRun(new WorkflowExecute(additionalData, mode), workflow)
				: new WorkflowExecute(
						additionalData,
						mode,
						this.storedData(last.stored),
					).processRunExecutionData(workflow);
		const attempt: Attempt = {
			startedAt: now(),
			hasExisting: existing !== undefined,
			isEdited: this.isEdited,
			canceledAt: undefined,
			endedAt: undefined,
			run: undefined,
			stored: undefined,
			done: running.then((run) => {
				attempt.run = run;
				if (this.plan.retriesFromStore > 0) attempt.stored = JSON.stringify(run.data);
				attempt.endedAt = now();
			}),
			cancel: (how) => {
				if (attempt.endedAt !== undefined || attempt.canceledAt !== undefined) return;
				attempt.canceledAt = now();
				if (how === 'timeout') additionalData.executionTimeoutTimestamp = now();
				running.cancel();
			},
		};
		this.attempts.push(attempt);
		return attempt;
	}

	private get node(): INode {
		const own = this.workflowData.nodes.find(({ name }) => name === DEAPI);
		if (own === undefined) throw new Error('The workflow has no node of this package');
		return own;
	}

	/** The user puts an earlier run's clips into the node. */
	private takeExisting(clips: unknown): void {
		Object.assign(this.node.parameters.options ?? {}, { existingClips: JSON.stringify(clips) });
	}

	/** The user writes other words into the node. */
	private edit(): void {
		this.isEdited = true;
		this.node.parameters = parametersOf(this.plan, true);
	}

	/** What n8n reads back from its database for "Retry with currently saved workflow". */
	private storedData(stored: string): IRunExecutionData {
		const data = JSON.parse(stored) as IRunExecutionData;
		const { resultData, executionData } = data;
		const last = resultData.lastNodeExecuted;
		delete resultData.error;
		const runs = last === undefined ? undefined : resultData.runData[last];
		// n8n removes the run that went wrong, so that the new one can take its place.
		if (runs !== undefined && runs.at(-1)?.error !== undefined) runs.pop();
		for (const each of executionData?.nodeExecutionStack ?? []) {
			if (each.node.name === DEAPI) each.node = this.node;
		}
		return data;
	}

	private toItem(
		{ account, file, flaw, picture }: ItemPlan,
		index: number,
		storage: SimulatedStorage,
		isOnDisk: boolean,
	): INodeExecutionData {
		const binary: INodeExecutionData['binary'] = {};
		const put = (field: string, content: Buffer, name: string, mimeType: string) => {
			const id = `item-${this.index}-${index}-${field}`;
			binary[field] = {
				fileName: name,
				mimeType,
				data: isOnDisk ? 'filesystem-v2' : content.toString('base64'),
				...(isOnDisk ? { id: `filesystem-v2:${id}` } : {}),
			};
			const wrong = file === 'wrongSize' && field === 'data' ? (index % 2 === 0 ? -300 : 300) : 0;
			const metadata = { fileName: name, mimeType, fileSize: content.length + wrong };
			if (isOnDisk) storage.files.set(id, { content, metadata });
		};
		const name = `of-${this.index}-${index}`;
		const { takes = 'song', pictures } = operationNamed(this.plan.operation);
		if (file === 'noSound') put('data', NO_SOUND, `${name}.mp3`, 'audio/mpeg');
		else if (file !== 'none') {
			const { extension, mimeType, content } = FILES[takes];
			put('data', takes === 'song' ? songOf(this.plan) : content, `${name}.${extension}`, mimeType);
		}
		for (const field of pictures) put(field, PICTURE, `${field}.png`, 'image/png');
		if (picture) put('frame', PICTURE, 'frame.png', 'image/png');
		if (hasMadePictures(this.plan)) put('reference', REFERENCE, 'reference.png', 'image/png');
		return {
			json: {
				account,
				flaw,
				url: file === 'none' ? '' : `${SOUND_HOST}/${name}.wav`,
				prompt: flaw === 'noPrompt' ? '' : promptOf(`${this.index}/${index}`),
				picture: picture ? 'frame' : '',
				width: flaw === 'tooWide' ? 5000 : 512,
				proxy: flaw === 'proxy' ? 'nonsense' : '',
				webhookUrl: flaw === 'noAddress' ? 'ftp://nowhere' : 'https://n8n.sim/webhook/1',
			},
			binary,
			pairedItem: { item: 0 },
		};
	}
}

/** Files of items that become others, with what they become. */
export function changedFiles({ index, plan }: Execution): Array<[id: string, content: Buffer]> {
	if (plan.film === 0) return [];
	return plan.items.flatMap(({ file }, item): Array<[string, Buffer]> =>
		file === 'changes' ? [[`item-${index}-${item}-data`, songOf(plan, 1)]] : [],
	);
}

/** Files of items that n8n prunes in the middle of the scenario. */
export function prunedFiles({ index, plan }: Execution): string[] {
	return plan.items.flatMap(({ file }, item) =>
		file === 'pruned' ? [`item-${index}-${item}-data`] : [],
	);
}

function nodeSettingsOf({ onError, retry, executeOnce }: ExecutionPlan): Partial<INode> {
	return {
		credentials: { deapiApi: { id: '1', name: 'deAPI account' } },
		onError,
		...(executeOnce ? { executeOnce } : {}),
		...(retry === null
			? {}
			: { retryOnFail: true, maxTries: retry.maxTries, waitBetweenTries: retry.wait }),
	};
}

/** Each clip has a scene of its own, so that its prompt says which clip it is. */
function scenesOf({ film }: ExecutionPlan, isEdited: boolean): string {
	const scenes = Array.from({ length: film }, (_, clip) => `clip ${clip + 1}`).join('\n');
	return isEdited ? `${scenes}${EDITED}` : scenes;
}

/** Whether each clip begins with a picture that the node has made for it. */
export function hasMadePictures({ film, pictures }: ExecutionPlan): boolean {
	return film > 0 && pictures;
}

/** What the cuts of a film follow, by the number of its clips: only a song of five has a beat. */
const CUT_AT: { [clips: number]: string } = { 2: 'equal', 3: 'music', 4: 'sections', 5: 'music' };

/**
 * Whether an expression gives another seed in each try: without an edit that makes nothing else of an item. With
 * one it does, also where what was edited is not seen in what is sent.
 */
const drawsSeed = ({ items, edits }: ExecutionPlan) => items.length % 2 === 1 && !edits;

function parametersOf(plan: ExecutionPlan, isEdited: boolean): INodeParameters {
	const { waits, downloads, timeout, pollInterval, rateLimitRetries, maxPrice, batching } = plan;
	const { takesUrl, isInstant } = operationNamed(plan.operation);
	const isMain = plan.operation === 'audioToVideo';
	const isMade = hasMadePictures(plan);
	const hasPictures = isMain && !isMade && plan.items.some(({ picture }) => picture);
	const hasWebhook = plan.webhook || plan.items.some(({ flaw }) => flaw === 'noAddress');
	return {
		...ownParameters(plan.operation, plan.items, isEdited && plan.film === 0),
		...(takesUrl
			? {
					audioSource: plan.fromUrl ? 'url' : 'binary',
					audioUrl: plan.fromUrl ? '={{ $json.url }}' : '',
				}
			: {}),
		...(isInstant ? {} : { waitForCompletion: waits }),
		...(isMain
			? {
					lengthMode: plan.matchesSound || plan.film > 0 ? 'matchAudio' : 'frames',
					whenTooLong: plan.film > 0 ? 'clips' : 'fail',
					frames: FRAMES_A_CLIP + 1,
					size: 'custom',
					...(drawsSeed(plan) ? { seed: '={{ Math.floor($now.toMillis()) % 1e9 }}' } : {}),
				}
			: {}),
		options: {
			rateLimitRetries,
			...(isInstant ? {} : { timeout, pollInterval, downloadResult: downloads }),
			...(plan.film > 0
				? { scenes: scenesOf(plan, isEdited), cutAt: CUT_AT[plan.film] ?? 'equal' }
				: {}),
			...(isMade ? { keyframes: 'made', referenceBinaryProperty: 'reference' } : {}),
			...(maxPrice > 0 ? { maxPrice } : {}),
			...(hasPictures ? { firstFrameBinaryProperty: '={{ $json.picture }}' } : {}),
			...(hasWebhook && !isInstant ? { webhookUrl: '={{ $json.webhookUrl }}' } : {}),
		},
		requestOptions: {
			...(plan.items.some(({ flaw }) => flaw === 'proxy') ? { proxy: '={{ $json.proxy }}' } : {}),
			...(batching === null
				? {}
				: {
						batching: {
							batch: { batchSize: batching.size, batchInterval: batching.interval },
						},
					}),
		},
	};
}
