/**
 * Plays many scenarios, with all processors: `npm run simulate -- --seeds 20000 --from 1`, or one again:
 * `npm run simulate -- --seed 17`.
 */
import '../support/setup';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { FINDS } from './finds';
import { today, writeSection } from './report';
import type { Trial } from './trial';
import { trySeed } from './trial';
import { playAll } from './workers';

/** A whole report for so many failing seeds. */
const REPORTED = 5;

const { values } = parseArgs({
	options: {
		seeds: { type: 'string', default: '300' },
		from: { type: 'string', default: '1' },
		seed: { type: 'string' },
		workers: { type: 'string', default: String(availableParallelism()) },
		'until-failure': { type: 'boolean', default: false },
		/** Whether the outcome goes into test/simulation/RESULTS.md, and what is to be said of the machine. */
		write: { type: 'boolean', default: false },
		note: { type: 'string', default: '' },
	},
});

async function main(): Promise<number> {
	if (values.seed !== undefined) {
		const { report, requests } = await trySeed(Number(values.seed));
		console.log(report ?? `Seed ${values.seed}: all promises kept, ${requests} requests`);
		return report === undefined ? 0 : 1;
	}
	const from = Number(values.from);
	const seeds = Number(values.seeds);
	if (values['until-failure']) return await findFirst(from, seeds);
	const start = Date.now();
	const trials: Trial[] = [];
	const stop = new AbortController();
	// Ctrl+C: what has been played is counted all the same.
	process.once('SIGINT', () => stop.abort());
	await playAll(from, seeds, Number(values.workers), stop.signal, (trial) => {
		trials.push(trial);
		if (trial.report !== undefined) {
			const failed = trials.filter(({ report }) => report !== undefined).length;
			console.log(failed <= REPORTED ? `${trial.report}\n` : `Seed ${trial.seed} failed too`);
		}
		if (trials.length % 1000 === 0) console.log(`${trials.length} of ${seeds}`);
	});
	const failed = trials.filter(({ report }) => report !== undefined);
	const requests = trials.reduce((sum, trial) => sum + trial.requests, 0);
	const minutes = (Date.now() - start) / 60_000;
	console.log(
		`${trials.length} scenarios from seed ${from}, ${requests} requests, ${failed.length} failed; ${Math.round(trials.length / minutes)} scenarios a minute`,
	);
	for (const { seed, rules } of failed) console.log(`  seed ${seed}: ${rules.join(', ')}`);
	if (values.write) {
		writeSection('Many seeds', [
			'',
			`Made by \`npm run simulate -- --seeds ${trials.length} --from ${from} --write\` on ${today()}: ${trials.length} scenarios, ${requests} requests, ${failed.length} failed. ${Math.round(trials.length / minutes)} scenarios a minute with ${values.workers} workers${values.note === '' ? '' : ` (${values.note})`}.`,
			'',
			'Number of scenarios that had:',
			'',
			...coverageOf(trials).map((line) => `- ${line}`),
			'',
			'What seeds have found in the package so far. All of it is fixed and has a test of its own, in finds.long.test.ts or beside the code:',
			'',
			'| what | harm |',
			'|---|---|',
			...FINDS.map(({ what, harm }) => `| ${what} | ${harm} |`),
		]);
	}
	return failed.length > 0 ? 1 : 0;
}

/** How many of the scenarios had what, in words. */
function coverageOf(trials: Trial[]): string[] {
	const counts = new Map<string, number>();
	for (const { traits } of trials) {
		for (const trait of traits) counts.set(trait, (counts.get(trait) ?? 0) + 1);
	}
	return [...counts]
		.sort(([, one], [, other]) => other - one)
		.map(([trait, count]) => `${trait}: ${count}`);
}

/** Plays seeds one after the other until one fails. */
async function findFirst(from: number, seeds: number): Promise<number> {
	for (let seed = from; seed < from + seeds; seed++) {
		const { report, rules } = await trySeed(seed, false);
		if (report === undefined) continue;
		console.log(`first failure: seed ${seed}, rules ${rules.join(' ')}`);
		return 1;
	}
	console.log('no failure');
	return 0;
}

void main().then((code) => process.exit(code));
