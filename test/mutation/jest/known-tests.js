// Which test file holds which tests, and how long they take: written down by the run without a fault,
// so that a mutant loads only those files that can notice it, the quick ones first. Before them go the
// tests that noticed the last mutants: one line's neighbours are mostly noticed by the same tests.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const file = () => path.join(process.cwd(), 'known-tests.json');

/** Whether a fault is in place. */
const isMutantRun = () => process.env.__STRYKER_ACTIVE_MUTANT__ !== undefined;

/** So many tests are tried before all others. */
const FAVOURITES = 12;

/** Many items, or many faults at once: they find what the small ones find, and take seconds. */
const TOO_LARGE = /1,000 items|a storm of every fault/;

/** How long the tests of one mutant may take together, as they took without a fault; the quick ones count. */
const BUDGET_MS = Number(process.env.MUTATION_BUDGET_MS ?? Infinity);

/** @type {{ [testPath: string]: { [name: string]: number } }} */
let noted = {};
let known;
let failed = false;
/** The tests that the file that runs is held to; undefined means all. */
let only;
/** @type {Array<{ testPath: string; name: string }>} */
let favourites = [];

function fullName({ name, parent }) {
	return parent?.parent ? `${fullName(parent)} ${name}` : name;
}

/** As Stryker writes a name into its pattern. */
const escaped = (name) => name.replace(/[.*+\-?^${}()|[\]\\]/g, '\\$&');

/**
 * The names of the tests that a mutant can afford: the quickest ones, and for the other half of the budget
 * others, from another place in the list for each mutant. What one mutant misses, its neighbour finds,
 * and then it is a favourite.
 *
 * @param tests names and durations
 */
function withinBudget(tests) {
	const sorted = [...tests].sort(([, a], [, b]) => a - b);
	const start = (Number(process.env.__STRYKER_ACTIVE_MUTANT__) * 17) % (sorted.length || 1);
	const chosen = new Set();
	const take = (from, budget) => {
		let left = budget;
		for (const [name, duration] of from) {
			if (chosen.has(name) || duration > left) continue;
			left -= duration;
			chosen.add(name);
		}
	};
	take(sorted, BUDGET_MS / 2);
	take([...sorted.slice(start), ...sorted.slice(0, start)], BUDGET_MS / 2);
	return chosen;
}

module.exports = {
	begin() {
		failed = false;
		noted = {};
	},

	end() {
		// Only Stryker's copy of the package is to have the file.
		const isStryker = process.env.MUTATION_BUDGET_MS !== undefined;
		if (isStryker && !isMutantRun()) writeFileSync(file(), JSON.stringify(noted));
	},

	isSkipped(test) {
		const name = escaped(fullName(test));
		return failed || TOO_LARGE.test(name) || (only !== undefined && !only.has(name));
	},

	/** One failed test is enough: the mutant is noticed. */
	note(testPath, test) {
		const name = escaped(fullName(test));
		if (!isMutantRun()) {
			noted[testPath] ??= {};
			noted[testPath][name] = test.duration ?? 0;
		} else if (test.errors.length > 0) {
			failed = true;
			const others = favourites.filter((one) => one.testPath !== testPath || one.name !== name);
			favourites = [{ testPath, name }, ...others].slice(0, FAVOURITES);
		}
	},

	hasFailed: () => failed,

	holdTo(names) {
		only = names;
	},

	/**
	 * The test files to be run for a pattern, in their order.
	 *
	 * @param pattern Stryker's: `(name)|(name)`
	 * @returns with the names of the tests to which the file is to be held
	 */
	choose(tests, pattern) {
		if (!isMutantRun() || !existsSync(file())) return tests.map((test) => ({ test }));
		known ??= JSON.parse(readFileSync(file(), 'utf8'));
		const wanted = pattern ? new Set(pattern.slice(1, -1).split(')|(')) : undefined;
		const isWanted = (name) => wanted?.has(name) ?? true;
		const first = tests
			.map((test) => {
				const own = favourites.filter(
					({ testPath, name }) => testPath === test.path && isWanted(name),
				);
				return {
					test,
					names: new Set(own.map(({ name }) => name)),
					rank: favourites.indexOf(own[0]),
				};
			})
			.filter(({ names }) => names.size > 0)
			.sort((a, b) => a.rank - b.rank);
		const all = tests
			.map((test) => {
				const durations = Object.entries(known[test.path] ?? {})
					.filter(([name]) => isWanted(name))
					.sort(([, a], [, b]) => a - b);
				return { test, durations, total: durations.reduce((sum, [, one]) => sum + one, 0) };
			})
			.filter(({ durations }) => durations.length > 0)
			.sort((a, b) => a.total - b.total);
		const names = withinBudget(all.flatMap(({ durations }) => durations));
		const affordable = all.map(({ test, durations }) => ({
			test,
			names: new Set(durations.map(([name]) => name).filter((name) => names.has(name))),
		}));
		return [...first, ...affordable.filter(({ names }) => names.size > 0)];
	},
};
