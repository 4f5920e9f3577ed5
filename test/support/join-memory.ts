/**
 * Joins clips of 10 MB, which lie on disk, and prints how much memory that took. Arguments: a clip of a
 * second, a folder to write into, the number of clips.
 */
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { joinClips } from '../../nodes/Deapi/film/join/joinClips';
import { FPS, makeClip, SECONDS } from './large-clip';

/** What garbage collection cannot free, in bytes. */
function memoryInUse(): number {
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

async function main([source = '', folder = '', count = '']: string[]): Promise<void> {
	const file = path.join(folder, 'clip.mp4');
	await writeFile(file, await makeClip(await readFile(source)));
	const before = memoryInUse();
	let most = before;
	const content = async () => {
		most = Math.max(most, memoryInUse());
		return await readFile(file);
	};
	const film = await joinClips({
		clips: Array.from({ length: Number(count) }, (_, index) => ({
			label: `Clip ${index + 1}`,
			frames: SECONDS * FPS,
			content,
		})),
		fps: FPS,
		soundtrack: { kind: 'clips' },
	});
	const target = await open(path.join(folder, 'film.mp4'), 'w');
	let pieces = 0;
	for await (const piece of film.content()) {
		await target.write(piece);
		if (pieces++ % 8 === 0) most = Math.max(most, memoryInUse());
	}
	const { size } = await target.stat();
	await target.close();
	process.stdout.write(JSON.stringify({ ...film.facts, size, growth: most - before }));
}

main(process.argv.slice(2)).catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exitCode = 1;
});
