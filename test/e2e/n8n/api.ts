import { setTimeout as wait } from 'node:timers/promises';
import { readFlatted } from './flatted';

export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Olive',
	lastName: 'Owner',
	password: 'Example-Passw0rd',
};

export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
	onError?: string;
	notes?: string;
	disabled?: boolean;
	[setting: string]: unknown;
}

/** A workflow as it is written in a file. */
export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[property: string]: unknown;
}

export interface SavedWorkflow extends WorkflowFile {
	id: string;
	versionId: string;
	active: boolean;
}

export interface BinaryField {
	id?: string;
	data: string;
	mimeType: string;
	fileName?: string;
	fileSize?: string;
	bytes?: number;
}

export interface OutputItem {
	json: Record<string, unknown>;
	binary?: Record<string, BinaryField>;
	pairedItem?: unknown;
	error?: { message: string; description?: string };
}

/** One run of one node: what left it, by output, or why it failed. */
interface NodeRun {
	executionStatus: string;
	data?: { main?: Array<OutputItem[] | null> };
	error?: { message: string; description?: string; httpCode?: string };
}

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	mode: string;
	status: string;
	startedAt: string | null;
	stoppedAt: string | null;
}

export interface Execution extends ExecutionSummary {
	runs: Record<string, NodeRun[]>;
	error?: { message: string; description?: string; context?: { data?: Record<string, unknown> } };
}

interface ExecutionData {
	resultData: { runData: Record<string, NodeRun[]>; error?: Execution['error'] };
}

export interface InstalledPackage {
	packageName: string;
	installedVersion: string;
	installedNodes: Array<{ name: string; type: string }>;
	failedLoading?: boolean;
}

export interface NodeTypeDescription {
	name: string;
	displayName: string;
	version: number | number[];
	codex?: { alias?: string[]; categories?: string[] };
	iconUrl?: string | { light: string; dark: string };
}

interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: Array<{ nodeId: string; status: string; errorMessage: string | null }>;
}

const ENDED = ['success', 'error', 'canceled', 'crashed'];

/** n8n's own REST interface, as its editor uses it. */
export class N8nApi {
	private cookie = '';

	constructor(private readonly url: string) {}

	/** Makes the instance's owner and is logged in as that person from then on. */
	async setUpOwner(): Promise<void> {
		await this.call('POST', '/rest/owner/setup', OWNER);
	}

	/**
	 * Is logged in as the owner from then on; a new instance gets that owner. Another one's, of an n8n that
	 * somebody else has set up, is in `N8N_EMAIL` and `N8N_PASSWORD`.
	 */
	async beOwner(): Promise<void> {
		const { userManagement } = await this.call<{
			userManagement: { showSetupOnFirstLoad?: boolean };
		}>('GET', '/rest/settings');
		await (userManagement.showSetupOnFirstLoad ? this.setUpOwner() : this.logIn());
	}

	async logIn(): Promise<void> {
		await this.call('POST', '/rest/login', {
			emailOrLdapLoginId: process.env.N8N_EMAIL ?? OWNER.email,
			password: process.env.N8N_PASSWORD ?? OWNER.password,
		});
	}

	/** Has n8n fetch and install a community package, as Settings > Community nodes does. */
	async installPackage(name: string, version: string): Promise<InstalledPackage> {
		return await this.call('POST', '/rest/community-packages', { name, version });
	}

	async installedPackages(): Promise<InstalledPackage[]> {
		return await this.call('GET', '/rest/community-packages');
	}

	async nodeTypes(): Promise<NodeTypeDescription[]> {
		const answer = await this.request('GET', '/types/nodes.json');
		return (await answer.json()) as NodeTypeDescription[];
	}

	async createCredential(
		type: string,
		name: string,
		data: Record<string, unknown>,
	): Promise<{ id: string; name: string }> {
		const { id } = await this.call<{ id: string }>('POST', '/rest/credentials', {
			type,
			name,
			data,
		});
		return { id, name };
	}

	/** What n8n says when a user tests this credential: its status is `OK` or `Error`. */
	async testCredential(
		type: string,
		credential: { id: string; name: string },
		data: Record<string, unknown>,
	): Promise<{ status: string; message: string }> {
		return await this.call('POST', '/rest/credentials/test', {
			credentials: { ...credential, type, data },
		});
	}

	/** The entries of a resource locator's list, as the editor asks for them. */
	async searchList(
		nodeType: string,
		method: string,
		credentials: WorkflowNode['credentials'],
		filter?: string,
	): Promise<Array<{ name: string; value: string; description?: string }>> {
		const { results } = await this.call<{
			results: Array<{ name: string; value: string; description?: string }>;
		}>('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
			path: 'parameters.model',
			methodName: method,
			nodeTypeAndVersion: { name: nodeType, version: 1 },
			currentNodeParameters: {},
			credentials,
			filter,
		});
		return results;
	}

	async changeCredential(
		{ id, name }: { id: string; name: string },
		type: string,
		data: Record<string, unknown>,
	): Promise<void> {
		await this.call('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	async deleteCredential({ id }: { id: string }): Promise<void> {
		await this.call('DELETE', `/rest/credentials/${id}`);
	}

	async createWorkflow(workflow: WorkflowFile): Promise<SavedWorkflow> {
		return await this.call('POST', '/rest/workflows', workflow);
	}

	/**
	 * Publishes a workflow and waits until its triggers listen: n8n answers first and registers webhooks
	 * later. What a trigger throws on the way is in the message of the error.
	 */
	async activate({ id, versionId }: SavedWorkflow): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
		const { status, triggers } = await this.publicationEnds(id);
		if (status !== 'published') {
			const reasons = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
			throw new Error(`The workflow is ${status}: ${reasons.join('; ')}`);
		}
	}

	async deactivate({ id }: Pick<SavedWorkflow, 'id'>): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
		await this.publicationEnds(id);
	}

	/** Runs a workflow by hand from a trigger and gives the execution's id; the run goes on meanwhile. */
	async run({ id }: SavedWorkflow, triggerName: string): Promise<string> {
		const result = await this.call<{ executionId?: string }>('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: triggerName },
		});
		if (!result.executionId) throw new Error('n8n waits for a webhook instead of running');
		return result.executionId;
	}

	/** Ends a running execution, as the editor's Stop button does. */
	async stop(executionId: string): Promise<void> {
		await this.call('POST', `/rest/executions/${executionId}/stop`, {});
	}

	/**
	 * Goes on with a failed execution, as the button in n8n's list of executions does.
	 *
	 * @param withNewWorkflow whether with the workflow as it is now, or as it was
	 * @returns the new execution, which has ended
	 */
	async retry({ id, workflowId }: ExecutionSummary, withNewWorkflow = false): Promise<Execution> {
		const before = (await this.executions(workflowId)).map((execution) => execution.id);
		await this.call('POST', `/rest/executions/${id}/retry`, { loadWorkflow: withNewWorkflow });
		const again = (await this.executions(workflowId)).find(
			(execution) => !before.includes(execution.id),
		);
		if (again === undefined) throw new Error(`n8n has not retried the execution ${id}`);
		return await this.executionEnds(again.id);
	}

	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.call<{ results: ExecutionSummary[] }>(
			'GET',
			`/rest/executions?limit=100&filter=${filter}`,
		);
		return results;
	}

	async execution(id: string): Promise<Execution> {
		const { data, ...summary } = await this.call<ExecutionSummary & { data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		// Nothing is stored yet of an execution that has just begun.
		const stored = readFlatted(data) as ExecutionData | undefined;
		return { ...summary, runs: stored?.resultData.runData ?? {}, error: stored?.resultData.error };
	}

	/** Waits until an execution has ended, well or badly. */
	async executionEnds(id: string, timeout = 60_000): Promise<Execution> {
		return await until(`execution ${id} ends`, timeout, async () => {
			const execution = await this.execution(id);
			return ENDED.includes(execution.status) ? execution : undefined;
		});
	}

	/** Waits until a workflow has had so many executions and all of them have ended. */
	async executionsEnd(
		workflowId: string,
		count: number,
		timeout = 60_000,
	): Promise<ExecutionSummary[]> {
		return await until(`${count} executions end`, timeout, async () => {
			const executions = await this.executions(workflowId);
			const ended = executions.filter(({ status }) => ENDED.includes(status));
			return ended.length >= count && ended.length === executions.length ? ended : undefined;
		});
	}

	/** The bytes of a binary field, wherever n8n keeps them. */
	async binary({ id, data }: BinaryField): Promise<Buffer> {
		if (!id) return Buffer.from(data, 'base64');
		const query = new URLSearchParams({ id, action: 'download' });
		const answer = await this.request('GET', `/rest/binary-data?${query.toString()}`);
		return Buffer.from(await answer.arrayBuffer());
	}

	/** Calls one of n8n's `/rest` pages and gives what lies in its `data`. */
	async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await this.request(method, path, body);
		return ((await answer.json()) as { data: T }).data;
	}

	private async publicationEnds(id: string): Promise<PublicationStatus> {
		return await until(`workflow ${id} is published or not`, 60_000, async () => {
			const publication = await this.call<PublicationStatus>(
				'GET',
				`/rest/workflows/${id}/publication-status`,
			);
			return publication.status === 'in_progress' ? undefined : publication;
		});
	}

	private async request(method: string, path: string, body?: unknown): Promise<Response> {
		const answer = await fetch(this.url + path, {
			method,
			headers: {
				cookie: this.cookie,
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		for (const cookie of answer.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.cookie = cookie.split(';')[0] ?? '';
		}
		if (!answer.ok) {
			throw new Error(
				`${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 2000)}`,
			);
		}
		return answer;
	}
}

/** Asks again and again until there is an answer. */
export async function until<T>(
	what: string,
	timeout: number,
	ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
	const deadline = Date.now() + timeout;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > deadline) throw new Error(`Waited ${timeout / 1000} s in vain until ${what}`);
		await wait(200);
	}
}
