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

module.exports = {
	begin() {
		failed = false;
		noted = {};
	},

	end() {
		if (!isMutantRun()) writeFileSync(file(), JSON.stringify(noted));
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
		let used = 0;
		const affordable = all.map(({ test, durations }) => {
			const names = durations.filter(([, one]) => (used += one) <= BUDGET_MS).map(([name]) => name);
			return { test, names: new Set(names) };
		});
		return [...first, ...affordable.filter(({ names }) => names.size > 0)];
	},
};
