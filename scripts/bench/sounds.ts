/** Reading, planning and cutting sounds, and what a film at work does to everything else in n8n. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
import { DEAPI_NODE, errorOf, outputOf, runWorkflow } from '../../test/support/engine';
import { sourceNode } from '../../test/support/nodes';
import { chain, node, PLAIN } from '../../test/support/workflows';
import type { Turns } from './turns';
import { TurnWatch } from './turns';

/** A video of which a bare upload can send the fields as they stand. */
export const UPLOAD: INodeParameters = {
	...PLAIN,
	prompt: 'A singer on a rooftop',
	seed: 1,
	model: { __rl: true, mode: 'id', value: 'Ltx2_3_22B_Dist_INT8' },
};

export type SoundTask =
	| {
			/** One operation on one sound. */
			type: 'sound';
			url: string;
			file: string;
			parameters: INodeParameters;
			/** Runs before that are not measured: they compile what is compiled once. */
			warmUps: number;
	  }
	| {
			type: 'turns';
			url: string;
			/** What becomes a film; its clips are so many uploads with the bare upload. */
			song: string;
			clips: number;
			/** What each single video is made of. */
			sound: string;
			deapi: 'node' | 'bare';
	  };

export interface SoundMeasured {
	/** Processor seconds. */
	cpu: number;
	/** Growth of peak memory (RSS) in MB. */
	growth: number;
	turns: Turns;
}

/** Gives out items with a file each. */
function sourceOf(files: string[]): INodeType {
	return sourceNode(async ({ helpers }) => {
		const items: INodeExecutionData[] = [];
		for (const file of files) {
			const content = createReadStream(file);
			const data = await helpers.prepareBinaryData(content, path.basename(file));
			items.push({ json: {}, binary: { data } });
		}
		return items;
	});
}

/** Runs the node over items with these files; `onNode` is told when the node itself begins and ends. */
async function work(
	url: string,
	deapi: INodeType,
	files: string[],
	parameters: INodeParameters,
	onNode: (moment: 'before' | 'after') => void = () => undefined,
): Promise<void> {
	const workflow = chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node('Source', 'bench.sounds'),
		node('deAPI', DEAPI_NODE, parameters, {
			credentials: { deapiApi: { id: '1', name: 'deAPI' } },
		}),
	);
	const run = await runWorkflow(workflow, {
		credentials: { apiKey: 'test-key', baseUrl: url },
		nodeTypes: { [DEAPI_NODE]: deapi, 'bench.sounds': sourceOf(files) },
		onNode: (name, moment) => {
			if (name === 'deAPI') onNode(moment);
		},
	});
	if (outputOf(run, 'deAPI').length === 0) throw new Error(errorOf(run).message);
}

/** Measures one operation on one sound. */
export async function measureSoundTask(
	{ url, file, parameters, warmUps }: SoundTask & { type: 'sound' },
	deapi: INodeType,
): Promise<SoundMeasured> {
	for (let run = 0; run < warmUps; run++) await work(url, deapi, [file], parameters);
	global.gc?.();
	let before = process.memoryUsage.rss();
	let peak = before;
	let used = process.cpuUsage();
	const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
	const watch = new TurnWatch();
	await work(url, deapi, [file], parameters, (moment) => {
		if (moment === 'before') {
			watch.start();
			before = process.memoryUsage.rss();
			peak = before;
			used = process.cpuUsage();
		} else {
			peak = Math.max(peak, process.memoryUsage.rss());
			used = process.cpuUsage(used);
		}
	});
	clearInterval(sampling);
	return {
		cpu: (used.user + used.system) / 1e6,
		growth: (peak - before) / (1024 * 1024),
		turns: watch.end(),
	};
}

/** How many single videos are made beside the film. */
const SINGLES = 20;
/** How often, of which the run in the middle counts. */
const RUNS = 3;

/**
 * Makes a film of a song and single videos of a sound at the same time, and measures everybody's turns, once
 * n8n has started all items, which takes it a turn of its own; with the bare upload as many uploads as these are.
 */
export async function measureTurns(
	{ url, song, clips, sound, deapi: client }: SoundTask & { type: 'turns' },
	deapi: INodeType,
): Promise<Turns & { seconds: number }> {
	const prompt = 'A singer on a rooftop';
	const waiting = { waitForCompletion: true, options: { pollInterval: 0.2, downloadResult: true } };
	const video = { prompt, lengthMode: 'matchAudio', ...waiting };
	const times = (count: number) => Array.from({ length: count }, () => sound);
	const all = async (onNode?: (moment: 'before' | 'after') => void) => {
		const each = async (files: string[], parameters: INodeParameters) =>
			await work(url, deapi, files, parameters, onNode);
		if (client === 'bare') {
			await Promise.all([each(times(clips), UPLOAD), each(times(SINGLES), UPLOAD)]);
			return;
		}
		await Promise.all([
			each([song], { ...video, whenTooLong: 'clips' }),
			each(times(SINGLES), { ...video, whenTooLong: 'shorten' }),
		]);
	};
	// The first time all code is compiled, n8n's as well.
	await all();
	const runs: Array<Turns & { seconds: number }> = [];
	while (runs.length < RUNS) {
		const watch = new TurnWatch();
		const started = performance.now();
		let begun = 0;
		await all((moment) => {
			if (moment === 'before' && ++begun === 2) setImmediate(() => watch.start());
		});
		runs.push({ ...watch.end(), seconds: (performance.now() - started) / 1000 });
	}
	runs.sort((one, other) => one.held - other.held);
	const [, middle] = runs;
	if (middle === undefined) throw new Error('Nothing was measured');
	return middle;
}
