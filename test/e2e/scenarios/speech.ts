import { readdir } from 'node:fs/promises';
import { expect, expectEqual, expectProperties, sha256OfFile } from '../check';
import { type Scene, fixturePath, onlyItem } from '../scene';

/** deAPI reads a text aloud, and the speech becomes a video. */
export async function textToSpeechToVideo(scene: Scene): Promise<void> {
	const workflow = await scene.importExample('text-to-speech-to-video');
	const execution = await scene.run(workflow);

	expectEqual(
		scene.jobs.map(({ job_type }) => job_type),
		['txt2audio', 'audio2video'],
		'Jobs that deAPI made',
	);
	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job for the video');
	const { mimeType, fileName } = onlyItem(execution, 'Speak').binary?.data ?? {};
	expectEqual(mimeType, 'audio/mpeg', `The type of the speech, named ${fileName}`);
	expectProperties(
		{ ...job.files[0] },
		{ name: 'audio', sha256: await sha256OfFile(fixturePath('speech.mp3')) },
		'The audio that deAPI got',
	);
	expectEqual(await readdir(scene.files), [`${job.request_id}.mp4`], 'Videos written');
}
