import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { N8nApi, WorkflowFile, WorkflowNode } from '../n8n/api';
import { type Preparation, readExample, webhookPathOf } from '../n8n/example';
import { PROJECT_FOLDER } from '../stage';

/** How the workflows reach what is outside of n8n. */
export interface Addresses {
	/** n8n itself, as deAPI calls it. */
	publicUrl: string;
	/** The fake deAPI; left out for the real one. */
	deapi?: string | undefined;
	/** Where the small social network takes posts. */
	posts: string;
	bucket: string;
}

/** A credential by its type. Without data it is made empty, and never touched again. */
export type WantedCredentials = Record<
	string,
	{ name: string; data: Record<string, string | boolean> | undefined }
>;

/** Makes the credentials, or gives those that are there the addresses of this run. */
export async function putCredentials(
	api: N8nApi,
	wanted: WantedCredentials,
): Promise<Preparation['credentials']> {
	const there = await api.call<Array<{ id: string; name: string; type: string }>>(
		'GET',
		'/rest/credentials',
	);
	const chosen: Preparation['credentials'] = {};
	for (const [type, { name, data }] of Object.entries(wanted)) {
		const known = there.find((each) => each.type === type && each.name === name);
		if (known && data) {
			await api.call('PATCH', `/rest/credentials/${known.id}`, { name, type, data });
		}
		chosen[type] = known
			? { id: known.id, name }
			: await api.createCredential(type, name, data ?? { apiKey: '' });
	}
	return chosen;
}

/** The examples to begin with, in their order. */
const FIRST = ['song-to-video', 'whole-song', 'upload-form'];

/** Examples that tell of more than the half minute of the song. */
const NEEDS_LONG_SONG: Record<string, (files: string) => Preparation['parameters']> = {
	'lyrics-to-film': (files) => ({
		'Read Song': {
			fileSelector: `${files}/three-minutes.mp3`,
			options: { dataPropertyName: 'song' },
		},
	}),
};

/** Imports all examples; those of an earlier run are replaced, and what else is there stays. */
export async function putExamples(
	api: N8nApi,
	{ files, credentials, addresses }: Preparation & { addresses: Addresses },
): Promise<void> {
	const there = await api.call<KnownWorkflow[]>('GET', '/rest/workflows');
	const entries = await readdir(path.join(PROJECT_FOLDER, 'examples'));
	const names = entries.flatMap((entry) => /^(.+)\.json$/.exec(entry)?.[1] ?? []);
	// n8n's list has the latest on top.
	const others = names.filter((name) => !FIRST.includes(name));
	for (const name of [...others, ...FIRST.toReversed()]) {
		const parameters = NEEDS_LONG_SONG[name]?.(files);
		const example = await readExample(name, { files, credentials, parameters });
		const workflow = {
			...example,
			nodes: example.nodes.map((node) => withAddresses(example, node, addresses)),
		};
		for (const known of there.filter(({ name }) => name === workflow.name)) {
			await remove(api, known);
		}
		await api.createWorkflow(workflow);
	}
}

interface KnownWorkflow {
	id: string;
	name: string;
	active: boolean;
	isArchived: boolean;
}

/** Deletes a workflow; n8n takes only those that are archived, and its triggers have to rest before. */
async function remove(api: N8nApi, workflow: KnownWorkflow): Promise<void> {
	if (workflow.active) await api.deactivate(workflow);
	if (!workflow.isArchived) await api.call('POST', `/rest/workflows/${workflow.id}/archive`, {});
	await api.call('DELETE', `/rest/workflows/${workflow.id}`);
}

/** What the examples' notes ask the user to fill in, filled in. */
function withAddresses(
	workflow: WorkflowFile,
	node: WorkflowNode,
	{ publicUrl, deapi, posts, bucket }: Addresses,
): WorkflowNode {
	const parameters = { ...node.parameters };
	const { options, url } = parameters;
	if (typeof url === 'string') {
		parameters.url = url
			.replace('https://api.deapi.ai', deapi ?? 'https://api.deapi.ai')
			.replace('https://social.example.com/posts', posts);
	}
	if ('bucketName' in parameters) parameters.bucketName = bucket;
	const asksForUrl = typeof options === 'object' && options !== null && 'webhookUrl' in options;
	const trigger = workflow.nodes.find(({ type }) => type.endsWith('.deapiTrigger'));
	if (asksForUrl && trigger) {
		const webhookUrl = publicUrl + webhookPathOf(workflow, trigger.name);
		parameters.options = { ...options, webhookUrl };
	}
	return { ...node, parameters };
}
