// Writes down each result as soon as it is there. Stryker itself writes its incremental file at the end
// of a run only; with this one, a run that was cut off goes on where it was.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** So long between two writings, in milliseconds: the file has some megabytes. */
const INTERVAL_MS = 5_000;

const relative = (file) => path.relative(process.cwd(), file).replaceAll('\\', '/');

class SavingReporter {
	static inject = ['options'];

	constructor(options) {
		this.options = options;
		this.report = {
			schemaVersion: '1.0',
			thresholds: options.thresholds,
			files: {},
			testFiles: {},
		};
		this.ids = new Map();
		this.written = Date.now();
	}

	onDryRunCompleted({ result }) {
		for (const { id, name, fileName, startPosition } of result.tests) {
			this.ids.set(id, String(this.ids.size));
			const location = startPosition && {
				start: { line: startPosition.line + 1, column: startPosition.column + 1 },
			};
			this.fileOf(this.report.testFiles, fileName, { tests: [] }).tests.push({
				id: this.ids.get(id),
				name,
				location,
			});
		}
	}

	onMutantTested({ fileName, killedBy, coveredBy, ...mutant }) {
		const known = (ids) => ids?.map((id) => this.ids.get(id) ?? id);
		this.fileOf(this.report.files, fileName, { language: 'typescript', mutants: [] }).mutants.push({
			...mutant,
			killedBy: known(killedBy),
			coveredBy: known(coveredBy),
		});
		if (Date.now() - this.written > INTERVAL_MS) this.write();
	}

	fileOf(files, fileName, fresh) {
		files[relative(fileName)] ??= { source: readFileSync(fileName, 'utf8'), ...fresh };
		return files[relative(fileName)];
	}

	write() {
		const { incrementalFile } = this.options;
		mkdirSync(path.dirname(incrementalFile), { recursive: true });
		writeFileSync(`${incrementalFile}.new`, JSON.stringify(this.report));
		renameSync(`${incrementalFile}.new`, incrementalFile);
		this.written = Date.now();
	}
}

/** What Stryker's `declareClassPlugin` makes; that function lies in a package which is not ours to ask for. */
export const strykerPlugins = [
	{ kind: 'Reporter', name: 'saving', injectableClass: SavingReporter },
];
