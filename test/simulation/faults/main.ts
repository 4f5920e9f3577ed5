/**
 * Shows that the simulation finds things: puts each fault into a copy of the package and counts the seeds
 * until one fails. Writes test/simulation/RESULTS.md. `npm run simulate:faults -- --seeds 20000`
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults';
import type { Fault } from './faults';
import { readSection, today, writeSection } from '../report';

const ROOT = path.join(__dirname, '..', '..', '..');

const { values } = parseArgs({
	options: {
		seeds: { type: 'string', default: '20000' },
		only: { type: 'string', default: '' },
		workers: { type: 'string', default: String(availableParallelism()) },
		write: { type: 'boolean', default: false },
	},
});

interface Found {
	fault: Fault;
	/** How many seeds it took; undefined where none of them failed. */
	seeds: number | undefined;
	rules: string;
}

/** Copies what the simulation runs on, with the fault in it. */
function copyWith(fault: Fault, folder: string): void {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	for (const part of ['nodes', 'credentials', 'test', 'package.json', 'tsconfig.json']) {
		cpSync(path.join(ROOT, part), path.join(folder, part), { recursive: true });
	}
	symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
	for (const { file, from, to } of fault.changes) {
		const where = path.join(folder, file);
		const text = readFileSync(where, 'utf8');
		const parts = text.split(from);
		if (parts.length !== 2) {
			throw new Error(`"${fault.name}" no longer fits ${file}: ${parts.length - 1} places`);
		}
		writeFileSync(where, parts.join(to));
	}
}

async function find(fault: Fault, index: number): Promise<Found> {
	const folder = path.join(ROOT, 'out', 'faults', `${process.pid}-${index}`);
	copyWith(fault, folder);
	const script = path.join(folder, 'test', 'simulation', 'main.ts');
	const args = ['--import', 'tsx', script, '--until-failure', '--seeds', values.seeds];
	const child = spawn(process.execPath, args, {
		cwd: folder,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let output = '';
	child.stdout.on('data', (part: Buffer) => (output += part.toString()));
	await new Promise((resolve) => child.once('close', resolve));
	rmSync(folder, { recursive: true, force: true });
	const [, seed, rules = ''] = /^first failure: seed (\d+), rules (.*)$/m.exec(output) ?? [];
	const isClean = /^no failure$/m.test(output);
	if (seed === undefined && !isClean) throw new Error(`"${fault.name}": ${output.slice(-2000)}`);
	return { fault, seeds: seed === undefined ? undefined : Number(seed), rules };
}

async function main(): Promise<void> {
	const words = values.only.toLowerCase().split(',');
	const chosen = FAULTS.filter(({ name }) =>
		words.some((word) => name.toLowerCase().includes(word)),
	);
	let missed = 0;
	let next = 0;
	const run = async () => {
		for (let index = next++; index < chosen.length; index = next++) {
			const fault = chosen[index];
			if (fault === undefined) return;
			const result = await find(fault, index);
			if (result.seeds === undefined) missed++;
			// At once: the whole takes long, and may be interrupted.
			if (values.write) keep(result);
			console.log(
				`${String(result.seeds ?? 'not found').padStart(9)}  ${result.rules.padEnd(6)} ${fault.name}`,
			);
		}
	};
	await Promise.all(Array.from({ length: Number(values.workers) }, run));
	if (missed > 0) process.exitCode = 1;
}

const TITLE = 'Old faults, put back';

/** Puts a result into the table, in the place of an older one of the same fault. */
function keep({ fault, seeds, rules }: Found): void {
	const took = seeds === undefined ? `not within ${values.seeds}` : String(seeds);
	const rows = new Map(
		readSection(TITLE).flatMap((line) => {
			const name = /^\| (.+?) \|/.exec(line)?.[1];
			return name === undefined ? [] : [[name, line] as const];
		}),
	);
	rows.set(fault.name, `| ${fault.name} | ${fault.harm} | ${took} | ${rules} | ${today()} |`);
	writeSection(TITLE, [
		'',
		'Made by `npm run simulate:faults`. Each fault was put into a copy of the package; the number is the first seed, counted from 1, whose scenario showed it.',
		'',
		'| fault | harm | seeds | broken | tried on |',
		'|---|---|---|---|---|',
		...FAULTS.flatMap(({ name }) => rows.get(name) ?? []),
	]);
}

void main();
