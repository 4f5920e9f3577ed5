import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '../check';
import type { Scene } from '../scene';
import { DEAPI_KEY, DEAPI_WEBHOOK_SECRET, OUTPUT_FOLDER } from '../stage';

/** Whatever went on before: n8n's log tells of the jobs, and holds neither key nor secret. */
export async function logIsClean(scene: Scene): Promise<void> {
	await scene.addFile('song.mp3');
	await scene.run(await scene.importExample('song-to-video'));
	const [job] = scene.expectSubmits(1);
	const log = await readFile(path.join(OUTPUT_FOLDER, 'n8n.log'), 'utf8');
	expect(
		job && log.includes(`deAPI accepted the job ${job.request_id}`),
		"n8n's log should name the job",
	);
	for (const secret of [DEAPI_KEY, DEAPI_WEBHOOK_SECRET, 'wrong-key']) {
		expect(!log.includes(secret), `n8n's log should not hold '${secret}'`);
	}
}
