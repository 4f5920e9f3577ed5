import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, expectEqual } from '../check';
import { GENERATE, HALF_A_MINUTE, clipsOf, expectFilm } from '../film/film';
import { step } from '../machine/steps';
import { readExample } from '../n8n/example';
import { fixturePath, onlyItem } from '../scene';
import { executionsOf, makeCredential, startFromOutside, startedFromOutside } from './scenario';
import type { QueueStage } from './stage';

const SONGS = 4;

/** Four whole songs at once, on two workers: each becomes its own film, and every clip is paid for once. */
export async function fourSongs(stage: QueueStage): Promise<void> {
	const { api, deapi, files } = stage;
	await copyFile(fixturePath(HALF_A_MINUTE.fixture), path.join(files, 'song.mp3'));
	deapi.settings.results = 'film';
	const jobsBefore = deapi.jobs.length;
	const example = await readExample('song-to-video', {
		files,
		credentials: await makeCredential(stage),
		parameters: {
			[GENERATE]: {
				lengthMode: 'matchAudio',
				whenTooLong: 'clips',
				options: { pollInterval: 1 },
			},
		},
	});
	const workflow = await api.createWorkflow({
		...startedFromOutside(example, 'film', 'Write Video'),
		name: 'A whole song in queue mode',
	});
	await api.activate(workflow);
	const executions = await step(`${SONGS} whole songs at once`, async () => {
		await Promise.all(
			Array.from({ length: SONGS }, async () => await startFromOutside(stage, 'film')),
		);
		return await executionsOf(stage, workflow, SONGS);
	});
	await step('Each film is whole, and made of its own clips', async () => {
		const jobs = deapi.jobs.slice(jobsBefore);
		expectEqual(jobs.length, SONGS * HALF_A_MINUTE.clips, 'Jobs that deAPI made');
		const used = new Set<string | undefined>();
		for (const execution of executions) {
			const item = onlyItem(execution, GENERATE);
			const ids = clipsOf(item.json).map(({ request_id }) => request_id);
			for (const id of ids) {
				expect(!used.has(id), `The job ${id} should be in one film only`);
				used.add(id);
			}
			const own = jobs.filter(({ request_id }) => ids.includes(request_id));
			await expectFilm(api, own, item, HALF_A_MINUTE);
		}
	});
}
