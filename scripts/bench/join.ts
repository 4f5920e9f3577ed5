/** Joining clips under a song, through the engine, beside ffmpeg on the same files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { INodeExecutionData, INodeType } from 'n8n-workflow';
import { DEAPI_NODE, errorOf, outputOf, runWorkflow, sizeOf } from '../../test/support/engine';
import { sourceNode } from '../../test/support/nodes';
import { chain, node } from '../../test/support/workflows';

export interface JoinTask {
	type: 'join';
	/** An MP4 of ten seconds. */
	clip: string;
	/** An MP3. */
	song: string;
	/** As it is, which ffmpeg is measured beside, or as AAC. */
	soundtrack: 'binaryOriginal' | 'binary';
	/** How many clips: the same file again and again. */
	count: number;
	runs: number;
}

export interface Joined {
	/** Of each run. */
	seconds: number[];
	/** Growth of peak memory in MB, in the first run. */
	growth: number;
	/** Bytes of the film. */
	size: number;
}

/** Gives out the clips, and the song in the first item, as n8n stores them. */
function sourceOf({ clip, song, count }: JoinTask): INodeType {
	let items: INodeExecutionData[] | undefined;
	return sourceNode(async ({ helpers }) => {
		const store = async (file: string) =>
			await helpers.prepareBinaryData(createReadStream(file), path.basename(file));
		if (items === undefined) {
			const binary = { data: await store(clip) };
			const first = { ...binary, song: await store(song) };
			items = Array.from({ length: count }, (_, index) => ({
				json: {},
				binary: index === 0 ? first : binary,
			}));
		}
		return items;
	});
}

/** Runs Join Clips; the first run, of one clip, loads all that is loaded once. */
export async function measureJoin(task: JoinTask, deapi: INodeType): Promise<Joined> {
	await joinOnce({ ...task, count: 1 }, deapi);
	global.gc?.();
	let peak = process.memoryUsage.rss();
	const before = peak;
	const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 2);
	const { seconds: first, size } = await joinOnce(task, deapi);
	clearInterval(sampling);
	const growth = (Math.max(peak, process.memoryUsage.rss()) - before) / (1024 * 1024);
	const seconds = [first];
	while (seconds.length < task.runs) seconds.push((await joinOnce(task, deapi)).seconds);
	return { seconds, growth, size };
}

async function joinOnce(task: JoinTask, deapi: INodeType) {
	let started = 0;
	let seconds = 0;
	const options = { soundtrack: task.soundtrack };
	const parameters = { resource: 'video', operation: 'joinClips', options };
	const run = await runWorkflow(
		chain(
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Source', 'bench.clips'),
			node('deAPI', DEAPI_NODE, parameters, {
				credentials: { deapiApi: { id: '1', name: 'deAPI' } },
			}),
		),
		{
			credentials: { apiKey: 'test-key', baseUrl: 'http://127.0.0.1:9' },
			nodeTypes: { [DEAPI_NODE]: deapi, 'bench.clips': sourceOf(task) },
			onNode: (name, moment) => {
				if (name !== 'deAPI') return;
				if (moment === 'before') started = performance.now();
				else seconds = (performance.now() - started) / 1000;
			},
		},
	);
	const [film] = outputOf(run, 'deAPI');
	if (film === undefined) throw new Error(errorOf(run).message);
	return { seconds, size: await sizeOf(film.binary?.data) };
}

/**
 * Seconds that ffmpeg takes for the same film, its head in front as well.
 *
 * @returns undefined where there is no ffmpeg
 */
export function joinByFfmpeg(
	folder: string,
	{ clip, song, count, runs }: JoinTask,
): number[] | undefined {
	if (spawnSync('ffmpeg', ['-version']).status !== 0) return undefined;
	const list = path.join(folder, 'clips.txt');
	writeFileSync(list, `file '${clip}'\n`.repeat(count));
	const inputs = ['-f', 'concat', '-safe', '0', '-i', list, '-i', song];
	const output = ['-map', '0:v', '-map', '1:a', '-c', 'copy', '-movflags', '+faststart'];
	const film = path.join(folder, 'by-ffmpeg.mp4');
	return Array.from({ length: runs }, () => {
		const started = performance.now();
		const limits = ['-t', String(count * 10), film];
		execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, ...output, ...limits]);
		return (performance.now() - started) / 1000;
	});
}
