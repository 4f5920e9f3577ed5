/**
 * Measures the built package, beside n8n's engine and the raw client, and prints medians with the machine's
 * details. Ends with code 1 where a target is missed.
 *
 * Usage: npm run bench [-- a b c d e f g h i] [--write]
 * All parts without a letter. Always writes out/bench.json, in which the rows of all other parts are kept, and with
 * --write docs/benchmark.md, of all parts.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { NAMES } from '../../test/resources/table';
import type { FakeDeapiOptions } from '../../test/fake-deapi/types';
import { FIGURES } from '../../test/support/decoded';
import { makeClip } from '../../test/support/large-clip';
import type { Joined } from './join';
import { joinByFfmpeg } from './join';
import type { Row } from './report';
import { tableOf, writePage } from './report';
import type { Deliveries, ServiceOrder } from './service';
import type { SoundMeasured } from './sounds';
import type { Turns } from './turns';
import type { Client, Task } from './worker';

const ROOT = path.join(__dirname, '..', '..');
const SONG = path.join(ROOT, 'test', 'fixtures', 'song.mp3');
const REPORT = path.join(ROOT, 'out', 'bench.json');
const MB = 1024 * 1024;

const rows: Row[] = [];

function add(what: string, value: string, target: string, met: boolean, raw: unknown): void {
	rows.push({ what, value, target, met, raw });
	process.stdout.write(`${met ? 'ok  ' : 'MISS'}  ${what}: ${value} (target ${target})\n`);
}

function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
	return (low + high) / 2;
}

/** The fake service in its own process. */
class Service {
	private constructor(
		private readonly child: ChildProcess,
		readonly url: string,
	) {}

	static async start(options: FakeDeapiOptions): Promise<Service> {
		const child = fork(path.join(__dirname, 'service.ts'));
		child.send({ type: 'start', options } satisfies ServiceOrder);
		const [{ url }] = (await once(child, 'message')) as [{ url: string }];
		return new Service(child, url);
	}

	async deliver(order: Omit<ServiceOrder & { type: 'deliver' }, 'type'>): Promise<Deliveries> {
		this.child.send({ type: 'deliver', ...order } satisfies ServiceOrder);
		const [deliveries] = (await once(this.child, 'message')) as [Deliveries];
		return deliveries;
	}

	async stop(): Promise<void> {
		const exited = once(this.child, 'exit');
		this.child.send({ type: 'stop' } satisfies ServiceOrder);
		await exited;
	}
}

/** Runs one measurement in a fresh process. */
async function measure<T>(task: Task): Promise<T> {
	const child = fork(path.join(__dirname, 'worker.ts'), [JSON.stringify(task)], {
		execArgv: [...process.execArgv, '--expose-gc'],
	});
	const [message] = (await Promise.race([
		once(child, 'message'),
		once(child, 'exit').then(() => {
			throw new Error(`The measurement ${task.type} ended without a result`);
		}),
	])) as [{ result: T }];
	return message.result;
}

/** A song of a given size, for its upload: as long as a video may be, behind a tag that fills the rest. */
function makeSong(folder: string, size: number): string {
	const file = path.join(folder, `song-${size}.mp3`);
	const song = soundOf(SONG);
	const filler = size - song.length - 10;
	const tag = Buffer.alloc(10 + filler, 0);
	tag.write('ID3\x04', 'latin1');
	for (const [index, shift] of [21, 14, 7, 0].entries()) tag[6 + index] = (filler >> shift) & 0x7f;
	writeFileSync(file, Buffer.concat([tag, song]));
	return file;
}

/** The frames of an MP3, without the tag in front. */
function soundOf(file: string): Buffer {
	const song = readFileSync(file);
	const tag =
		10 + (((song[6] ?? 0) << 21) | ((song[7] ?? 0) << 14) | ((song[8] ?? 0) << 7) | (song[9] ?? 0));
	return song.subarray(song.toString('latin1', 0, 3) === 'ID3' ? tag : 0);
}

/** An MP3 of so many seconds or a little more: the same sound of the fixtures again and again. */
function makeLong(folder: string, name: string, seconds: number): string {
	const file = path.join(folder, `${seconds}-${name}`);
	const sound = soundOf(path.join(ROOT, 'test', 'fixtures', name));
	const times = Math.ceil(seconds / (FIGURES[name]?.seconds ?? NaN));
	writeFileSync(file, Buffer.concat(Array.from({ length: times }, () => sound)));
	return file;
}

/** Seconds of each run: the node, n8n's engine with a bare upload, and the raw client. */
interface Series {
	engine: number[];
	bare: number[];
	hand: number[];
}

/** (a) One submit through the engine against the same request by form-data and http. */
async function uploads(folder: string): Promise<void> {
	const service = await Service.start({ recordBodies: false, balance: 1e6 });
	for (const [size, target] of [
		[1, undefined],
		[20, 1.15],
	] as const) {
		const file = makeSong(folder, size * MB);
		const task = {
			type: 'submit',
			url: service.url,
			file,
			items: 1,
			runs: 15,
			parallel: 1,
		} as const;
		const { engine, hand } = await measure<Series>(task);
		const ratio = median(engine) / median(hand);
		const ms = (values: number[]) => `${(median(values) * 1000).toFixed(0)} ms`;
		add(
			`(a) submit of ${size} MB, engine against form-data and http`,
			`${ratio.toFixed(2)} (${ms(engine)} against ${ms(hand)})`,
			target === undefined ? 'none' : `at most ${target}`,
			target === undefined || ratio <= target,
			{ engine, hand },
		);
	}
	await service.stop();
}

/** Growth of memory in MB: the median of three fresh processes. */
async function growthOf(
	file: string,
	items: number,
	client: Client,
	of: (Task & { type: 'memory' })['of'] = 'process',
): Promise<number> {
	const values: number[] = [];
	for (let run = 0; run < 3; run++) {
		const service = await Service.start({ recordBodies: false, balance: 1e6 });
		const task: Task = { type: 'memory', url: service.url, file, items, client, of };
		values.push(await measure<number>(task));
		await service.stop();
	}
	return median(values);
}

/** (b) Growth of peak memory with the number of items. */
async function memory(folder: string): Promise<void> {
	const file = makeSong(folder, 20 * MB);
	const growth = async (items: number, client: Client = 'node') => {
		const value = await growthOf(file, items, client);
		return { value, text: `${value.toFixed(0)} MB` };
	};
	const name = (items: number) => `(b) growth of peak memory, ${items} items of 20 MB`;
	const one = await growth(1);
	add(name(1), one.text, 'none', true, one.value);
	const ten = await growth(10);
	add(name(10), ten.text, 'at most 40 MB', ten.value <= 40, ten.value);
	const hundred = await growth(100);
	const bare = await growth(100, 'bare');
	const times = hundred.value / bare.value;
	const text = `${hundred.text}, ${times.toFixed(2)} times that of the bare upload`;
	add(name(100), text, 'at most 1.1 times', times <= 1.1, hundred.value);
	add(
		"(b) the same fields through n8n's engine, with a bare upload, 100 items",
		bare.text,
		'none',
		true,
		bare.value,
	);
	const more = await growth(200);
	add(name(200), more.text, 'none', true, more.value);
	for (const items of [10, 100, 200]) {
		const inUse = await growthOf(file, items, 'node', 'use');
		const what = `(b) growth of the memory in use, ${items} items of 20 MB`;
		add(what, `${inUse.toFixed(0)} MB`, 'at most 40 MB', inUse <= 40, inUse);
	}
	const hand = await growth(100, 'hand');
	add(
		'(b) the raw client, 100 items of 20 MB, three at a time',
		hand.text,
		'none',
		true,
		hand.value,
	);
}

/** (c) The trigger: deliveries a second, and how long deAPI waits for the answer. */
async function deliveries(): Promise<void> {
	for (const withResult of [false, true]) {
		const service = await Service.start({ webhookSecret: 'secret', recordBodies: false });
		const task: Task = { type: 'trigger', url: service.url };
		const child = fork(path.join(__dirname, 'worker.ts'), [JSON.stringify(task)]);
		const [{ url }] = (await once(child, 'message')) as [{ url: string }];
		await service.deliver({ url, count: 50, parallel: 1, withResult });
		const { ms, seconds, accepted } = await service.deliver({
			url,
			count: 1000,
			parallel: 4,
			withResult,
		});
		const ended = once(child, 'message');
		child.send('end');
		const [{ result }] = (await ended) as [{ result: { executions: number; files: number } }];
		await service.stop();
		const worst = Math.max(...ms);
		add(
			`(c) 1,000 deliveries ${withResult ? 'with' : 'without'} download`,
			`${Math.round(ms.length / seconds)} a second, answered in ${median(ms).toFixed(1)} ms (median), ${worst.toFixed(0)} ms (worst); ${result.executions - 50} executions`,
			'50 ms median, 250 ms worst',
			accepted === 1000 && median(ms) <= 50 && worst <= 250 && result.executions === 1050,
			{ median: median(ms), worst, seconds, accepted, ...result },
		);
	}
}

/** (d) A thousand items against the same requests by hand. */
async function thousand(): Promise<void> {
	const service = await Service.start({ recordBodies: false, balance: 1e6 });
	const file = path.join(ROOT, 'test', 'fixtures', 'song.mp3');
	const task = {
		type: 'submit',
		url: service.url,
		file,
		items: 1000,
		runs: 3,
		parallel: 3,
	} as const;
	const { engine, bare, hand } = await measure<Series>(task);
	await service.stop();
	const [ours, floor, theirs] = [engine, bare, hand].map((runs) => 1000 / median(runs));
	const share = (ours ?? 0) / (floor ?? 1);
	add(
		"(d) 1,000 items, items a second against the same fields through n8n's engine with a bare upload",
		`${Math.round(ours ?? 0)} against ${Math.round(floor ?? 0)}, ${share.toFixed(2)} of it`,
		'at least 0.85',
		share >= 0.85,
		{ engine, bare, hand },
	);
	add('(d) the raw client, without n8n', `${Math.round(theirs ?? 0)} a second`, 'none', true, hand);
}

/** (i) Each operation that makes something, beside a bare upload of the same fields and files. */
async function operations(): Promise<void> {
	for (const name of NAMES) {
		const service = await Service.start({ recordBodies: false, balance: 1e6 });
		const task = { type: 'operation', url: service.url, name, items: 300, runs: 5 } as const;
		const { engine, bare } = await measure<Omit<Series, 'hand'>>(task);
		await service.stop();
		const [ours, floor] = [300 / median(engine), 300 / median(bare)];
		// Each run beside the one that came just before: the machine is not always as fast.
		const share = median(bare.map((seconds, run) => seconds / (engine[run] ?? NaN)));
		add(
			`(i) ${name}, items a second against a bare upload through n8n's engine`,
			`${Math.round(ours)} against ${Math.round(floor)}, ${share.toFixed(2)} of it`,
			'at least 0.9',
			share >= 0.9,
			{ engine, bare },
		);
	}
}

/** (e) What n8n has to load and to store. */
async function size(): Promise<void> {
	const { n8n } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	const files = [...n8n.nodes, ...n8n.credentials].map((file) => path.join(ROOT, file));
	const times: number[] = [];
	for (let run = 0; run < 9; run++) times.push(await measure<number>({ type: 'load', files }));
	add(
		'(e) time to load',
		`${median(times).toFixed(0)} ms`,
		'at most 150 ms',
		median(times) <= 150,
		times,
	);

	const packed = JSON.parse(
		execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
			cwd: ROOT,
			encoding: 'utf8',
		}),
	) as Array<{ files: Array<{ path: string; size: number }> }>;
	const bytes = (packed[0]?.files ?? [])
		.filter((file) => !file.path.endsWith('.map'))
		.reduce((sum, file) => sum + statSync(path.join(ROOT, file.path)).size, 0);
	add(
		'(e) unpacked size without source maps',
		`${Math.round(bytes / 1000)} kB`,
		'at most 1,600 kB',
		bytes <= 1_600_000,
		bytes,
	);
}

/** (f) Clips of 10 MB under a song, joined through the engine against ffmpeg's copy of the same files. */
async function joins(folder: string): Promise<void> {
	const clip = path.join(folder, 'clip.mp4');
	const second = readFileSync(path.join(ROOT, 'test', 'fixtures', 'clips', 'red.mp4'));
	writeFileSync(clip, await makeClip(second));
	const song = makeSong(folder, 16 * MB);
	for (const count of [1, 18, 60]) {
		const soundtrack = 'binaryOriginal';
		const task = { type: 'join', clip, song, soundtrack, count, runs: 5 } as const;
		const { seconds, growth, size: bytes } = await measure<Joined>(task);
		const ffmpeg = joinByFfmpeg(folder, task);
		const what = `(f) joining ${count} ${count === 1 ? 'clip' : 'clips'} of 10 MB under an MP3`;
		const film = `${median(seconds).toFixed(2)} s for ${(bytes / 1e6).toFixed(0)} MB`;
		const isGoal = count === 18;
		const times = ffmpeg && median(seconds) / median(ffmpeg);
		add(
			what,
			ffmpeg === undefined || times === undefined
				? `${film}; no ffmpeg here`
				: `${film}, ${times.toFixed(1)} times ffmpeg's ${median(ffmpeg).toFixed(2)} s`,
			isGoal ? "at most 3 times ffmpeg's" : 'none',
			!isGoal || times === undefined || times <= 3,
			{ seconds, ffmpeg },
		);
		add(
			`${what}, growth of peak memory`,
			`${growth.toFixed(0)} MB`,
			isGoal ? 'at most 100 MB' : 'none',
			!isGoal || growth <= 100,
			growth,
		);
	}
	const threeMinutes = makeLong(folder, 'song.mp3', 180);
	const aac = { soundtrack: 'binary', count: 18, runs: 3 } as const;
	const { seconds } = await measure<Joined>({ type: 'join', clip, song: threeMinutes, ...aac });
	add(
		'(f) the same 18 clips under three minutes of MP3, which become AAC',
		`${median(seconds).toFixed(1)} s`,
		'at most 12 s',
		median(seconds) <= 12,
		seconds,
	);
}

const PLAN = { resource: 'video', operation: 'estimatePrice' };
const WHOLE = { lengthMode: 'matchAudio', whenTooLong: 'clips' };

/** (g) Sounds: read to their end and planned. */
async function sounds(folder: string): Promise<void> {
	const service = await Service.start({ recordBodies: false, balance: 1e6 });
	const song = path.join(ROOT, 'test', 'fixtures', 'songs', 'three-minutes.mp3');
	const plan = { ...PLAN, ...WHOLE };
	const measureOne = async (file: string, warmUps: number) =>
		await measure<SoundMeasured>({
			...{ type: 'sound', url: service.url, file, parameters: plan, warmUps },
		});
	const stereo = makeLong(folder, 'song.mp3', 180);
	for (const [what, file, warmUps, most, mostTurn] of [
		['a song of three minutes, the first of a process', song, 0, undefined, undefined],
		['a song of three minutes', song, 1, 2.5, 25],
		['a song of three minutes in stereo at 44.1 kHz', stereo, 1, 2.5, 25],
		['an hour of speech', makeLong(folder, 'speech.mp3', 3600), 0, 60, undefined],
	] as const) {
		const { cpu, growth, turns } = await measureOne(file, warmUps);
		add(
			`(g) read and planned: ${what}`,
			`${cpu.toFixed(1)} s of one core, ${growth.toFixed(0)} MB`,
			most === undefined ? 'none' : `at most ${most} s, 120 MB`,
			most === undefined || (cpu <= most && growth <= 120),
			{ cpu, growth },
		);
		add(
			`(g) longest turn while it is read and planned: ${what}`,
			inWords(turns),
			mostTurn === undefined ? 'none' : `at most ${mostTurn} ms`,
			mostTurn === undefined || turns.held <= mostTurn,
			turns,
		);
	}
	await service.stop();
}

/** (h) How long others wait for their turn while a film and single videos are made. */
async function turns(): Promise<void> {
	const fixtures = path.join(ROOT, 'test', 'fixtures');
	const song = path.join(fixtures, 'songs', 'three-minutes.mp3');
	for (const deapi of ['bare', 'node'] as const) {
		const service = await Service.start({ recordBodies: false, balance: 1e6, results: 'film' });
		const sound = path.join(fixtures, deapi === 'bare' ? 'song.mp3' : 'song.flac');
		const task = { type: 'turns', url: service.url, song, clips: 19, sound, deapi } as const;
		const turns = await measure<Turns & { seconds: number }>(task);
		await service.stop();
		const who =
			deapi === 'bare'
				? '39 bare uploads'
				: 'a film of three minutes and 20 videos of FLAC, 39 jobs';
		add(
			`(h) longest turn: ${who}`,
			`${inWords(turns)} in ${turns.seconds.toFixed(1)} s`,
			deapi === 'bare' ? 'none' : 'at most 25 ms',
			deapi === 'bare' || turns.held <= 25,
			turns,
		);
	}
}

function inWords({ held, longest, p99, median: usual }: Turns): string {
	const [most, one, half] = [longest, p99, usual].map((ms) => ms.toFixed(0));
	return `${held.toFixed(0)} ms (with waiting for a processor ${most} ms; 99 %: ${one} ms, median ${half} ms)`;
}

function letterOf({ what }: Row): string {
	return what.charAt(1);
}

/** The rows of the parts that were measured by an earlier run, and not by this one. */
function earlierRows(letters: string[]): Row[] {
	if (!existsSync(REPORT)) return [];
	const { rows: earlier } = JSON.parse(readFileSync(REPORT, 'utf8')) as { rows: Row[] };
	const measured = new Set(rows.map(letterOf));
	return earlier.filter((row) => letters.includes(letterOf(row)) && !measured.has(letterOf(row)));
}

async function main(): Promise<void> {
	const wanted = process.argv.slice(2).filter((word) => word !== '--write');
	const writes = process.argv.includes('--write');
	const parts: { [letter: string]: (folder: string) => Promise<void> } = {
		a: uploads,
		b: memory,
		c: deliveries,
		d: thousand,
		e: size,
		f: joins,
		g: sounds,
		h: turns,
		i: operations,
	};
	const [cpu] = cpus();
	const machine = {
		cpu: cpu?.model ?? 'unknown',
		cores: cpus().length,
		memoryGb: Math.round(totalmem() / 1024 ** 3),
		node: process.version,
		platform: `${process.platform} ${process.arch}`,
	};
	process.stdout.write(`${Object.values(machine).join(', ')}\n`);
	const folder = mkdtempSync(path.join(tmpdir(), 'deapi-bench-'));
	try {
		for (const [letter, run] of Object.entries(parts)) {
			if (wanted.length === 0 || wanted.includes(letter)) await run(folder);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	const all = [...earlierRows(Object.keys(parts)), ...rows].sort((one, other) =>
		letterOf(one).localeCompare(letterOf(other)),
	);
	mkdirSync(path.join(ROOT, 'out'), { recursive: true });
	writeFileSync(REPORT, JSON.stringify({ machine, rows: all }, null, '\t'));
	process.stdout.write(`\n${tableOf(rows)}\n`);
	if (!writes) return;
	const missing = Object.keys(parts).filter(
		(letter) => !all.some((row) => letterOf(row) === letter),
	);
	if (missing.length > 0) throw new Error(`--write needs all parts: ${missing.join(', ')} too`);
	await writePage(ROOT, machine, all);
}

main().then(
	() => process.exit(rows.every(({ met }) => met) ? 0 : 1),
	(error: unknown) => {
		process.stderr.write(
			`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
		);
		process.exit(1);
	},
);
