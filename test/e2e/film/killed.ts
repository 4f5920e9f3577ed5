import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, expectEqual } from '../check';
import { readExample } from '../n8n/example';
import { type Scene, expectSuccess, itemsOf, onlyItem } from '../scene';
import { OUTPUT_FOLDER } from '../stage';
import { GENERATE, THREE_MINUTES, expectFilm, importWholeSong, withFilms } from './film';

/** After so many submits deAPI asks for a long pause; a few more may be on their way by then. */
const ACCEPTED = 7;

/** Until those have arrived, in milliseconds. */
const ON_THEIR_WAY_MS = 2000;

/**
 * n8n dies in the middle of a song. Its log has the request ID of every clip that was submitted; put into
 * 'Existing Clips' with the plan that Split Into Clips gives for nothing, only the others are paid for.
 */
export async function killedInTheMiddle(scene: Scene): Promise<void> {
	const { api, deapi, n8n } = scene.stage;
	await withFilms(scene, async () => {
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 600 } as const;
		deapi.faults.add({ route: 'submit', after: ACCEPTED, fault });
		const workflow = await importWholeSong(scene, { song: THREE_MINUTES.fixture });
		await api.run(workflow, 'Start');
		await deapi.waitFor(
			() => scene.requests('submit').some(({ status }) => status === 429),
			60_000,
		);
		await wait(ON_THEIR_WAY_MS);
		await n8n.kill();
		await n8n.start();
		const submitted = scene.jobs.length;
		expect(submitted < THREE_MINUTES.clips, 'n8n should die in the middle of the song');
		const ids = await jobsInLog(scene);
		expectEqual(ids.size, submitted, 'Jobs that the log names');

		const existing = (await planOf(scene)).flatMap((clip) => {
			const request_id = ids.get(clip.clip);
			return request_id === undefined ? [] : [{ ...clip, request_id }];
		});
		expectEqual(existing.length, submitted, 'Clips of the plan with a job in the log');
		const repeat = await importWholeSong(scene, {
			song: THREE_MINUTES.fixture,
			options: { existingClips: JSON.stringify(existing) },
		});
		const execution = await api.executionEnds(await api.run(repeat, 'Start'));
		expectSuccess(execution);
		expectEqual(scene.jobs.length, THREE_MINUTES.clips, 'Jobs that were paid for, of both runs');
		await expectFilm(api, scene.jobs, onlyItem(execution, GENERATE), THREE_MINUTES);
	});
}

/** The request IDs that n8n's log has of this scenario's jobs, by the clips' numbers. */
async function jobsInLog(scene: Scene): Promise<Map<number, string>> {
	const log = await readFile(path.join(OUTPUT_FOLDER, 'n8n.log'), 'utf8');
	const known = new Set(scene.jobs.map(({ request_id }) => request_id));
	const found = new Map<number, string>();
	for (const [, id = '', clip] of log.matchAll(
		/deAPI accepted the job (\S+) \(clip (\d+) of \d+\)/g,
	)) {
		if (known.has(id)) found.set(Number(clip), id);
	}
	return found;
}

/** Where the clips lie in the film, as the operation that costs nothing says. */
async function planOf(
	scene: Scene,
): Promise<Array<{ clip: number; start_seconds: number; seconds: number; frames: number }>> {
	const { connections, nodes, ...rest } = await readExample('song-to-video', {
		credentials: scene.credentials,
		files: scene.files,
	});
	const workflow = await scene.stage.api.createWorkflow({
		...rest,
		name: 'The plan of a song',
		nodes: nodes
			.filter(({ name }) => name !== 'Write Video')
			.map((node) =>
				node.name === GENERATE
					? { ...node, parameters: { resource: 'audio', operation: 'splitIntoClips' } }
					: node,
			),
		connections: { ...connections, [GENERATE]: { main: [] } },
	});
	const execution = await scene.run(workflow);
	return itemsOf(execution, GENERATE).map(({ json }) => ({
		clip: Number(json.clip),
		start_seconds: Number(json.start_seconds),
		seconds: Number(json.frames) / Number(json.fps),
		frames: Number(json.frames),
	}));
}
