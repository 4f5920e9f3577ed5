/** Tries one seed: plays its scenario, and makes a failing one as short as it gets. */
import fc from 'fast-check';
import { describeScenario } from './scenario/describe';
import { scenarios } from './scenario/arbitraries';
import type { Scenario } from './scenario/scenario';
import { simulate } from './run/simulate';
import type { Verdict } from './run/simulate';
import { traitsOf } from './traits';

/** What came of a seed. */
export interface Trial {
	seed: number;
	requests: number;
	/** The rules that were broken, by their letters. */
	rules: string[];
	/** What it has had, for an overview of many. */
	traits: string[];
	/** What happened, for people, where a rule was broken. */
	report: string | undefined;
}

/** A shorter story is looked for in so many scenarios at most. */
const MOST_SHRINKS = 300;

/**
 * Plays a seed's scenario.
 *
 * @param shrinks whether to look for a shorter story of a failing one
 */
export async function trySeed(seed: number, shrinks = true): Promise<Trial> {
	let first: Verdict | undefined;
	let worst: { scenario: Scenario; verdict: Verdict } | undefined;
	let runs = 0;
	let traits: string[] = [];
	const property = fc.asyncProperty(scenarios, async (scenario) => {
		if (++runs > MOST_SHRINKS) return true;
		const verdict = await simulate(scenario);
		if (first === undefined) traits = traitsOf(scenario, verdict);
		first ??= verdict;
		const rules = rulesOf(first);
		const isFailing = verdict.breaches.some(({ rule }) => rules.includes(rule));
		if (isFailing) worst = { scenario, verdict };
		return !isFailing;
	});
	await fc.check(property, { seed, numRuns: 1, endOnFailure: !shrinks });
	if (first === undefined) throw new Error('No scenario was played');
	return {
		seed,
		requests: first.requests,
		rules: rulesOf(first),
		traits,
		report: worst && reportOf(seed, worst.scenario, worst.verdict),
	};
}

function rulesOf({ breaches }: Verdict): string[] {
	return [...new Set(breaches.map(({ rule }) => rule))];
}

/** What happened, from the plan to what was broken. */
export function reportOf(seed: number, scenario: Scenario, { breaches, story }: Verdict): string {
	return [
		`Seed ${seed}`,
		...describeScenario(scenario).map((line) => `  ${line}`),
		'What happened:',
		...story,
		'What was broken:',
		...breaches.map(({ rule, text }) => `  (${rule}) ${text}`),
		`Again: npm run simulate -- --seed ${seed}`,
	].join('\n');
}
