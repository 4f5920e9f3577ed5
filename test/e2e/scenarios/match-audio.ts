import { expect, expectEqual, expectProperties, sha256OfFile } from '../check';
import { readExample } from '../n8n/example';
import { type Scene, fixturePath, onlyItem } from '../scene';
import { serveFile } from '../services/files';

/** Length of the song in the tests, as FFmpeg decodes it. */
const SONG_SECONDS = 8.6;

/** The song comes from a URL, without a node that fetches it, and the video is as long as the song. */
export async function matchAudioFromUrl(scene: Scene): Promise<void> {
	const { api } = scene.stage;
	const audioUrl = await serveFile(fixturePath('song.mp3'));
	const { connections, nodes, name, settings } = await readExample('song-to-video', {
		files: scene.files,
		credentials: scene.credentials,
		parameters: { 'Generate Video': { audioSource: 'url', audioUrl, lengthMode: 'matchAudio' } },
	});
	const { 'Read Song': toGenerate, 'Generate Video': toWrite } = connections;
	const workflow = await api.createWorkflow({
		name: `${name}, from a URL`,
		settings,
		nodes: nodes.filter((node) => node.name !== 'Read Song'),
		connections: { Start: toGenerate, 'Generate Video': toWrite },
	});
	const execution = await scene.run(workflow);

	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job');
	const { json, binary } = onlyItem(execution, 'Generate Video');
	const frames = Number(job.fields.frames);
	const seconds = Number(json.audio_seconds);
	expect(
		Math.abs(seconds - SONG_SECONDS) < 0.001,
		`The sound should have ${SONG_SECONDS} s, the item says ${seconds}`,
	);
	expectEqual(
		frames,
		8 * Math.ceil((seconds * 24 - 1) / 8) + 1,
		'Frames, at 24 a second, as the model makes them',
	);
	expectProperties(
		json,
		{ video_seconds: Math.round((frames / 24) * 1000) / 1000, shortened: undefined },
		'The item',
	);
	expectProperties(
		{ ...job.files[0] },
		{
			name: 'audio',
			filename: 'song.mp3',
			contentType: 'audio/mpeg',
			sha256: await sha256OfFile(fixturePath('song.mp3')),
		},
		'The audio that deAPI got',
	);
	expect(binary?.data, 'The item should have the video');
}
