import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { FakeJob, RecordedRequest } from '../fake-deapi';
import type { Execution, OutputItem, SavedWorkflow } from './n8n/api';
import { expect, expectEqual } from './check';
import { type Preparation, readExample } from './n8n/example';
import { DEAPI_KEY, DEAPI_WEBHOOK_SECRET, PROJECT_FOLDER, type Stage } from './stage';

/** The data of a credential for the stand-in for deAPI. */
export function deapiCredential(
	stage: Stage,
	changes: Record<string, string> = {},
): Record<string, string> {
	return {
		apiKey: DEAPI_KEY,
		webhookSecret: DEAPI_WEBHOOK_SECRET,
		apiVersion: 'v1',
		baseUrl: stage.deapi.url,
		...changes,
	};
}

export type Credentials = Preparation['credentials'];

/** Makes the credentials that the workflows use, as the user would have them. */
export async function makeCredentials(stage: Stage): Promise<Credentials> {
	const { api, s3, social } = stage;
	const make = async (type: string, name: string, data: Record<string, string | boolean>) => ({
		[type]: await api.createCredential(type, name, data),
	});
	return {
		...(await make('deapiApi', 'deAPI account', deapiCredential(stage))),
		...(await make('s3', 'S3 account', s3.credential)),
		...(await make('openAiApi', 'OpenAi account', { apiKey: 'no-key' })),
		...(await make('httpBearerAuth', 'Bearer Auth account', { token: social.token })),
	};
}

/** One scenario's own corner of the stage: its folder of files, and what deAPI sees from its beginning. */
export class Scene {
	private readonly firstRequest: number;

	private readonly firstJob: number;

	private constructor(
		readonly stage: Stage,
		/** May be replaced by a scenario that needs others. */
		public credentials: Credentials,
		/** A folder from which n8n may read files, with nothing in it but what the scenario puts there. */
		readonly files: string,
	) {
		this.firstRequest = stage.deapi.requests.length;
		this.firstJob = stage.deapi.jobs.length;
	}

	static async begin(stage: Stage, credentials: Credentials): Promise<Scene> {
		return new Scene(stage, credentials, await mkdtemp(path.join(stage.files, 'scene-')));
	}

	/** Puts a song or picture of the tests into the scenario's folder and gives its path. */
	async addFile(fixture: string, as = fixture): Promise<string> {
		const target = path.join(this.files, as);
		await mkdir(path.dirname(target), { recursive: true });
		await copyFile(fixturePath(fixture), target);
		return target;
	}

	/** Imports one of the shipped examples, prepared as its notes tell the user. */
	async importExample(
		name: string,
		parameters?: Preparation['parameters'],
	): Promise<SavedWorkflow> {
		const { credentials, files } = this;
		return await this.stage.api.createWorkflow(
			await readExample(name, { credentials, files, parameters }),
		);
	}

	/** Runs a workflow by hand and waits for its end, which has to be a good one. */
	async run(workflow: SavedWorkflow, triggerName = 'Start'): Promise<Execution> {
		const { api } = this.stage;
		const execution = await api.executionEnds(await api.run(workflow, triggerName));
		expectSuccess(execution);
		return execution;
	}

	/** What deAPI was asked since the scenario began. */
	requests(route?: RecordedRequest['route']): RecordedRequest[] {
		const all = this.stage.deapi.requests.slice(this.firstRequest);
		return route === undefined ? all : all.filter((request) => request.route === route);
	}

	/** The jobs that deAPI made since the scenario began. */
	get jobs(): FakeJob[] {
		return this.stage.deapi.jobs.slice(this.firstJob);
	}

	/** Expects so many submits, each of which made a job: none was refused, none sent twice. */
	expectSubmits(count: number): FakeJob[] {
		const statuses = this.requests('submit').map(({ status }) => status);
		expectEqual(statuses, Array(count).fill(200), 'Answers to the submits that deAPI saw');
		const jobs = this.jobs.filter(({ job_type }) => job_type === 'audio2video');
		expectEqual(jobs.length, count, 'Jobs that deAPI made');
		return jobs;
	}
}

export function fixturePath(name: string): string {
	return path.join(PROJECT_FOLDER, 'test/fixtures', name);
}

export function expectSuccess(execution: Execution): void {
	if (execution.status === 'success') return;
	const { message, description } = execution.error ?? {};
	throw new Error(
		`Execution ${execution.id} should succeed; it ended with ${execution.status}: ${message} (${description})`,
	);
}

/** The items that left a node by one of its outputs. */
export function itemsOf(execution: Execution, node: string, output = 0): OutputItem[] {
	const run = execution.runs[node]?.[0];
	expect(
		run,
		`'${node}' should have run; these did: ${Object.keys(execution.runs).join(', ') || 'none'}`,
	);
	return run.data?.main?.[output] ?? [];
}

/** The one item that left a node by its first output. */
export function onlyItem(execution: Execution, node: string): OutputItem {
	const items = itemsOf(execution, node);
	const [item] = items;
	expect(item && items.length === 1, `'${node}' should give 1 item, it gave ${items.length}`);
	return item;
}
