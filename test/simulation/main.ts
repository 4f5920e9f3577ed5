import '../support/setup';
import fc from 'fast-check';
import { scenarios } from './scenario/arbitraries';
import { simulate } from './run/simulate';
import { realNow } from './world/time';

async function main() {
	const value = (name: string, fallback: number) => {
		const at = process.argv.indexOf(name);
		return at < 0 ? fallback : Number(process.argv[at + 1]);
	};
	const from = value('--from', 1);
	const seeds = value('--seeds', 20);
	const verbose = process.argv.includes('--story');
	const start = realNow();
	const counts: Record<string, number[]> = {};
	let requests = 0;
	for (let seed = from; seed < from + seeds; seed++) {
		const [scenario] = fc.sample(scenarios, { seed, numRuns: 1 });
		if (!scenario) throw new Error();
		const before = realNow();
		const verdict = await simulate(scenario);
		const took = realNow() - before;
		requests += verdict.requests;
		if (took > 1000) console.log(`seed ${seed} took ${took} ms`);
		for (const b of verdict.breaches) (counts[b.rule] ??= []).push(seed);
		if (verbose) {
			console.log(JSON.stringify(scenario, null, 1));
			console.log(verdict.story.join('\n'));
			console.log(verdict.breaches);
		}
	}
	console.log(`${seeds} seeds in ${realNow() - start} ms, ${requests} requests`);
	for (const [rule, list] of Object.entries(counts)) console.log(rule, list.length, [...new Set(list)].slice(0, 12).join());
}
void main();
