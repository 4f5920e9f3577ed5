// Which test file holds which tests, and how long they take: written down by the run without a fault,
// so that a mutant loads only those files that can notice it, the quick ones first.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const file = () => path.join(process.cwd(), 'known-tests.json');

/** Whether a fault is in place. */
const isMutantRun = () => process.env.__STRYKER_ACTIVE_MUTANT__ !== undefined;

let noted = {};
let known;
let failed = false;

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

	noteTest(testPath, test) {
		if (isMutantRun()) return;
		noted[testPath] ??= {};
		noted[testPath][escaped(fullName(test))] = test.duration ?? 0;
	},

	end() {
		if (!isMutantRun()) writeFileSync(file(), JSON.stringify(noted));
	},

	/** One failed test is enough: the mutant is noticed. */
	stopAfter() {
		failed = isMutantRun();
	},

	hasFailed: () => failed,

	/**
	 * The test files to be run for a pattern, and in which order.
	 *
	 * @param pattern Stryker's: `(name)|(name)`
	 */
	choose(tests, pattern) {
		if (!isMutantRun() || !existsSync(file())) return tests;
		known ??= JSON.parse(readFileSync(file(), 'utf8'));
		const wanted = pattern ? new Set(pattern.slice(1, -1).split(')|(')) : undefined;
		return tests
			.map((test) => {
				const durations = Object.entries(known[test.path] ?? {})
					.filter(([name]) => wanted?.has(name) ?? true)
					.map(([, duration]) => duration);
				return { test, durations, total: durations.reduce((sum, one) => sum + one, 0) };
			})
			.filter(({ durations }) => durations.length > 0)
			.sort((a, b) => a.total - b.total)
			.map(({ test }) => test);
	},
};
