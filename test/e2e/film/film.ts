import { FILM_COLORS, type FakeJob } from '../../fake-deapi';
import { readFilm, shownAt } from '../../support/films';
import { expect, expectEqual, expectProperties } from '../check';
import type { Execution, N8nApi, OutputItem, SavedWorkflow, WorkflowFile } from '../n8n/api';
import { readExample } from '../n8n/example';
import type { Scene } from '../scene';

/** The song of three minutes among the fixtures, at 24 frames a second, and what it becomes. */
export const THREE_MINUTES = {
	fixture: 'songs/three-minutes.mp3',
	frames: 4393,
	clips: 19,
};

/** The song of half a minute. */
export const HALF_A_MINUTE = {
	fixture: 'songs/half-minute.mp3',
	frames: 785,
	clips: 4,
};

/** The node that makes the film, by its name in the workflow. */
export const GENERATE = 'Generate Video';

interface SongWorkflow {
	/** A fixture. */
	song: string;
	options?: Record<string, unknown>;
	parameters?: Record<string, unknown>;
	/** Settings of the node itself, such as Retry On Fail. */
	node?: Record<string, unknown>;
}

/** Imports the workflow of one node that makes a film of a whole song and writes it to disk. */
export async function importWholeSong(scene: Scene, song: SongWorkflow): Promise<SavedWorkflow> {
	return await scene.stage.api.createWorkflow(await readWholeSong(scene, song));
}

/** The same workflow as a file, with the song where it looks for it. */
export async function readWholeSong(
	scene: Scene,
	{ song, options, parameters, node }: SongWorkflow,
): Promise<WorkflowFile> {
	await scene.addFile(song, 'song.mp3');
	const example = await readExample('song-to-video', {
		credentials: scene.credentials,
		files: scene.files,
		parameters: {
			[GENERATE]: {
				lengthMode: 'matchAudio',
				whenTooLong: 'clips',
				options: { pollInterval: 1, ...options },
				...parameters,
			},
			'Write Video': { fileName: `${scene.files}/film.mp4` },
		},
	});
	return {
		...example,
		name: 'A whole song as one film',
		nodes: example.nodes.map((each) => (each.name === GENERATE ? { ...each, ...node } : each)),
	};
}

/** While a scenario plays, deAPI makes films of the length asked for, each job's in its own colour. */
export async function withFilms<T>({ stage }: Scene, play: () => Promise<T>): Promise<T> {
	const { deapi } = stage;
	deapi.settings.results = 'film';
	try {
		return await play();
	} finally {
		deapi.settings.results = 'file';
		deapi.faults.clear();
		deapi.holdJobs(false);
	}
}

export interface ClipFacts {
	clip: number;
	request_id?: string;
	start_seconds: number;
	seconds: number;
	frames: number;
	status?: string;
}

/** The clips that an item or the details of a failed item tell of. */
export function clipsOf(json: Record<string, unknown> | undefined): ClipFacts[] {
	const clips = json?.clips;
	expect(Array.isArray(clips), `There should be a list of clips in ${JSON.stringify(json)}`);
	return clips as ClipFacts[];
}

/** Expects an item with a whole film that is made of these jobs. */
export async function expectFilm(
	api: N8nApi,
	jobs: FakeJob[],
	{ json, binary }: OutputItem,
	song: { clips: number; frames: number },
): Promise<{ clips: ClipFacts[]; film: Buffer }> {
	expectProperties(json, { status: 'done', fps: 24 }, 'The item');
	// Where it is cut decides how far it goes on behind its song: by less than the step of the model's lengths.
	const frames = Number(json.frames);
	expect(
		Math.abs(frames - song.frames) < 8,
		`The film should have about ${song.frames} frames, it has ${frames}`,
	);
	const clips = clipsOf(json);
	expectEqual(clips.length, song.clips, 'Clips');
	expectEqual(
		new Set(clips.map(({ request_id }) => request_id)),
		new Set(jobs.filter(({ status }) => status === 'done').map(({ request_id }) => request_id)),
		'The jobs of the clips',
	);
	expect(binary?.data, "The item should have the film in the binary field 'data'");
	const film = await api.binary(binary.data);
	await expectPictures(film, frames);
	return { clips, film };
}

/** Expects an MP4 that shows a picture at each of so many places, 24 a second, and has a sound. */
export async function expectPictures(bytes: Buffer, frames: number): Promise<void> {
	const film = await readFilm(bytes);
	const times = shownAt(film.pictures);
	// What a clip has beyond its place is shown for a moment at its end.
	const places = new Set(
		times.map((time) => time * 24).filter((place) => Math.abs(place - Math.round(place)) < 0.024),
	);
	const shown = new Set([...places].map(Math.round));
	const missing = Array.from({ length: frames }, (_, place) => place).find(
		(place) => !shown.has(place),
	);
	expectEqual(missing, undefined, 'The first place without a picture of its own');
	expect(Math.max(...times) * 24 < frames, `The film should have ${frames} frames`);
	expect(film.sound, 'The film should have a sound');
}

/** The colour that deAPI gave to a clip, as the stand-in's films have it. */
export function colorOf(jobs: FakeJob[], { request_id }: ClipFacts): string {
	const job = jobs.find((each) => each.request_id === request_id);
	expect(job, `deAPI should have the job ${request_id}`);
	return FILM_COLORS[job.index % FILM_COLORS.length] ?? '';
}

/** What stopped an execution: its message, its description, and the clips in its details. */
export function failureOf(execution: Execution): {
	message: string;
	description: string;
	clips: ClipFacts[];
} {
	const { message = '', description = '', context } = execution.error ?? {};
	return { message, description, clips: clipsOf(context?.data) };
}

/** Whether a job got this piece of a song. */
export function isPiece(files: FakeJob['files'], clip: number): boolean {
	return files[0]?.filename?.includes(`-${String(clip).padStart(2, '0')}.`) ?? false;
}
