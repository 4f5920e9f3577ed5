import { expect, expectEqual } from '../check';
import { GENERATE, clipsOf, expectFilm, readWholeSong, withFilms } from '../film/film';
import { OUT_OF_MEMORY } from '../film/limits';
import { type Scene, deapiCredential, expectSuccess, onlyItem } from '../scene';
import { serveBytes } from '../services/files';
import { silence } from '../../support/wav';

const FIRST_SECONDS = 42;
const THEN_SECONDS = 30;

/**
 * A sound by URL is another one when Retry On Fail reads it again: the film is made of the new one's clips only, and
 * the item names every job that was paid for.
 */
export async function soundChanges(scene: Scene): Promise<void> {
	const { api, deapi } = scene.stage;
	await withFilms(scene, async () => {
		let song = silence(FIRST_SECONDS);
		const audioUrl = await serveBytes(() => song);
		deapi.failJob(
			({ index }) => {
				const isSecond = index === deapi.jobs.length - scene.jobs.length + 1;
				if (isSecond) song = silence(THEN_SECONDS);
				return isSecond;
			},
			{ ...OUT_OF_MEMORY, retryable: true },
		);
		const { connections, nodes, ...rest } = await readWholeSong(scene, {
			song: 'song.mp3',
			parameters: { audioSource: 'url', audioUrl },
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
		});
		const { 'Read Song': toGenerate, [GENERATE]: toWrite } = connections;
		const workflow = await api.createWorkflow({
			...rest,
			nodes: nodes.filter(({ name }) => name !== 'Read Song'),
			connections: { Start: toGenerate, [GENERATE]: toWrite },
		});
		const execution = await api.executionEnds(await api.run(workflow, 'Start'));
		expectSuccess(execution);
		const item = onlyItem(execution, GENERATE);
		const clips = clipsOf(item.json);
		const made = scene.jobs.filter(({ request_id }) =>
			clips.some((clip) => clip.request_id === request_id),
		);
		const song30 = { clips: clips.length, frames: THEN_SECONDS * 24 };
		await expectFilm(api, made, item, song30);
		const text = JSON.stringify(item.json);
		const lost = scene.jobs.filter(({ request_id }) => !text.includes(request_id));
		expectEqual(lost, [], 'Jobs that were paid for and that the item does not name');
		expect(made.length < scene.jobs.length, 'Some jobs should be those of the first sound');
	});
}

/** A wrong key, the newcomer's likeliest mistake: a film says that, and not that it knows no clip's length. */
export async function keyIsWrong(scene: Scene): Promise<void> {
	const { api } = scene.stage;
	const data = deapiCredential(scene.stage, { apiKey: 'not-the-key' });
	const deapiApi = await api.createCredential(
		'deapiApi',
		'deAPI account with a typing error',
		data,
	);
	scene.credentials = { ...scene.credentials, deapiApi };
	await scene.addFile('songs/half-minute.mp3', 'song.mp3');
	const workflow = await api.createWorkflow(
		await readWholeSong(scene, { song: 'songs/half-minute.mp3' }),
	);
	const execution = await api.executionEnds(await api.run(workflow, 'Start'));
	expectEqual(execution.status, 'error', 'The end of the execution');
	const { message = '' } = execution.error ?? {};
	expect(message.startsWith('deAPI did not accept the API key'), `It says: ${message}`);
	expectEqual(scene.jobs, [], 'Jobs');
}
