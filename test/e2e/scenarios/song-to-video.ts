import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, expectBytes, expectEqual, expectProperties, sha256OfFile } from '../check';
import { fixturePath, onlyItem, type Scene } from '../scene';

/** One node turns a song into a video in a binary field; the next one writes it to disk. */
export async function songToVideo(scene: Scene): Promise<void> {
	const song = await scene.addFile('song.mp3');
	const execution = await scene.run(await scene.importExample('song-to-video'));

	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job');
	const { json, binary } = onlyItem(execution, 'Generate Video');
	const { seed, ...fields } = job.fields;
	expectEqual(
		fields,
		{
			prompt: 'A singer on a rooftop at sunset, warm light, slow camera move',
			model: 'Ltx2_3_22B_Dist_INT8',
			width: '512',
			height: '512',
			frames: '209',
			fps: '24',
		},
		'The text fields that deAPI got',
	);
	expectProperties(
		json,
		{ request_id: job.request_id, status: 'done', frames: 209, seed: Number(seed) },
		'The item',
	);

	expectEqual(job.files.length, 1, 'Files that deAPI got');
	expectProperties(
		{ ...job.files[0] },
		{
			name: 'audio',
			filename: 'song.mp3',
			contentType: 'audio/mpeg',
			sha256: await sha256OfFile(song),
		},
		'The audio that deAPI got',
	);

	const video = binary?.data;
	expect(video, "The item should have the video in the binary field 'data'");
	expectProperties(
		{ ...video },
		{ mimeType: 'video/mp4', fileName: 'song.mp4' },
		'The binary field',
	);
	const result = await readFile(fixturePath('result.mp4'));
	expectBytes(await scene.stage.api.binary(video), result, 'The video in the binary field');
	const written = path.join(scene.files, `${job.request_id}.mp4`);
	expectBytes(await readFile(written), result, 'The video that n8n wrote to disk');
}
