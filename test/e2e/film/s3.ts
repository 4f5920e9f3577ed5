import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, expectBytes, expectEqual } from '../check';
import { runTsx } from '../machine/child';
import { type Scene, deapiCredential } from '../scene';
import { OUTPUT_FOLDER } from '../stage';
import { HALF_A_MINUTE, expectPictures, readWholeSong, withFilms } from './film';
import type { S3Outcome } from './s3-engine';

/** n8n's files lie in S3: the song is read from there, and clips and film are put there. */
export async function filmInS3(scene: Scene): Promise<void> {
	const { s3 } = scene.stage;
	await withFilms(scene, async () => {
		const workflow = await readWholeSong(scene, { song: HALF_A_MINUTE.fixture });
		const logFile = path.join(OUTPUT_FOLDER, 's3-engine.log');
		const { endpoint, region, accessKeyId, secretAccessKey } = s3.credential;
		await runTsx(
			path.join(__dirname, 's3-engine.ts'),
			[JSON.stringify(workflow), JSON.stringify(deapiCredential(scene.stage))],
			{
				logFile,
				env: {
					N8N_DEFAULT_BINARY_DATA_MODE: 's3',
					N8N_EXTERNAL_STORAGE_S3_HOST: new URL(String(endpoint)).host,
					N8N_EXTERNAL_STORAGE_S3_PROTOCOL: 'http',
					N8N_EXTERNAL_STORAGE_S3_BUCKET_NAME: s3.bucket,
					N8N_EXTERNAL_STORAGE_S3_BUCKET_REGION: String(region),
					N8N_EXTERNAL_STORAGE_S3_ACCESS_KEY: String(accessKeyId),
					N8N_EXTERNAL_STORAGE_S3_ACCESS_SECRET: String(secretAccessKey),
					N8N_EXTERNAL_STORAGE_S3_FORCE_PATH_STYLE: 'true',
				},
			},
		);
		const printed = (await readFile(logFile, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
		const { stoppedBy, fileId, json } = JSON.parse(printed) as S3Outcome;
		expectEqual(stoppedBy, '', 'What stopped the workflow');
		expectEqual(json?.status, 'done', 'The state of the film');
		scene.expectSubmits(HALF_A_MINUTE.clips);
		expect(fileId?.startsWith('s3:') === true, `The film should lie in S3, it lies at ${fileId}`);
		const film = await s3.read(fileId.slice('s3:'.length));
		await expectPictures(film, HALF_A_MINUTE.frames);
		expectBytes(await readFile(path.join(scene.files, 'film.mp4')), film, 'The film on disk');
	});
}
