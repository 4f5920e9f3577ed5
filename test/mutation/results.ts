/** What the runs of Stryker have found, read from the files in which it keeps its results. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const FOLDER = 'out/mutation';

/** The modules that are tried, from the top layer down: folders, less those of their folders that are listed too. */
export const MODULES = [
	'webhook',
	'film',
	'film/production',
	'film/plan',
	'film/join',
	'film/mp4',
	'submit',
	'result',
	'service',
	'sound',
	'sound/music',
	'sound/decode',
	'sound/encode',
	'engine',
] as const;
export type Module = (typeof MODULES)[number];

/** The listed folders inside of a module. */
export const insideOf = (module: Module): Module[] =>
	MODULES.filter((each) => each.startsWith(`${module}/`));

/** Whether a file, below nodes/Deapi, is of a module, and of none inside of it. */
export const isOf = (module: Module, file: string): boolean =>
	file.startsWith(`${module}/`) && !insideOf(module).some((each) => isOf(each, file));

const resultsOf = (name: string): string => path.join(FOLDER, `${name.replaceAll('/', '-')}.json`);

/** Where Stryker keeps what the quick ones of a module's own tests noticed. */
export const ownTests = (module: Module): string => resultsOf(module);

/** Where it keeps what all of them noticed of the rest. */
export const patientTests = (module: Module): string => resultsOf(`${module}-patient`);

/** Where it keeps what the tests of all modules noticed of what was left then. */
export const ALL_TESTS = resultsOf('all');

type Status =
	| 'Killed'
	| 'Survived'
	| 'NoCoverage'
	| 'Timeout'
	| 'CompileError'
	| 'RuntimeError'
	| 'Ignored'
	| 'Pending';

interface Position {
	line: number;
	column: number;
}

/** A report in the schema of mutation-testing-elements, as far as it is read here. */
interface Report {
	/** Only in a file that Stryker wrote at the end of a run. */
	framework?: object;
	files: {
		[file: string]: {
			source: string;
			mutants: Array<{
				mutatorName: string;
				replacement?: string;
				status: Status;
				/** Whether it is in what runs as the file is loaded. */
				static?: boolean;
				location: { start: Position; end: Position };
			}>;
		};
	};
}

/** One fault, and what became of it. */
export interface Mutant {
	/** Below nodes/Deapi. */
	file: string;
	/** Where it is, as Stryker takes it. */
	range: string;
	/** The line on which it begins, and that line's number. */
	code: string;
	line: number;
	original: string;
	replacement: string;
	status: Status;
	isNoticed: boolean;
}

const NOTICED: readonly Status[] = ['Killed', 'Timeout', 'CompileError', 'RuntimeError', 'Ignored'];

/** All mutants of a run of Stryker, and whether it came to its end. */
function readRun(file: string): { isComplete: boolean; mutants: Mutant[] } {
	if (!existsSync(file)) return { isComplete: false, mutants: [] };
	const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
	const mutants = Object.entries(report.files).flatMap(([name, { source, mutants: found }]) => {
		const lines = source.split('\n');
		return found.map(({ mutatorName, replacement = mutatorName, status, location }) => {
			const { start, end } = location;
			const code = lines.slice(start.line - 1, end.line);
			const last = code.length - 1;
			const original = code
				.map((text, index) => (index === last ? text.slice(0, end.column - 1) : text))
				.map((text, index) => (index === 0 ? text.slice(start.column - 1) : text))
				.join('\n');
			return {
				file: name.replace('nodes/Deapi/', ''),
				range: `${name}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`,
				code: (code[0] ?? '').trim(),
				line: start.line,
				original,
				replacement,
				status,
				isNoticed: NOTICED.includes(status),
			};
		});
	});
	return { isComplete: report.framework !== undefined, mutants };
}

/**
 * Takes the constants that nothing noticed out of a module's results: Stryker knows no test that covers them, and
 * would never try them again.
 */
export function forgetConstants(module: Module): void {
	const file = ownTests(module);
	if (!existsSync(file)) return;
	const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
	for (const found of Object.values(report.files)) {
		found.mutants = found.mutants.filter(
			({ status, static: isConstant }) => isConstant !== true || NOTICED.includes(status),
		);
	}
	writeFileSync(file, JSON.stringify(report));
}

const keyOf = ({ range, replacement }: Mutant): string => `${range} ${replacement}`;

/** The mutants of a module: what its quick tests did not notice counts as the others have it. */
export function readModule(module: Module): { isComplete: boolean; mutants: Mutant[] } {
	const { isComplete, mutants: own } = readRun(ownTests(module));
	const again = [patientTests(module), ALL_TESTS].flatMap((file) => readRun(file).mutants);
	// Of two that disagree, the one that noticed it holds.
	const last = [...again].sort((one, other) => Number(one.isNoticed) - Number(other.isNoticed));
	const second = new Map(last.map((mutant) => [keyOf(mutant), mutant]));
	const mutants = own.map((mutant) =>
		mutant.isNoticed ? mutant : (second.get(keyOf(mutant)) ?? mutant),
	);
	return { isComplete, mutants };
}
