/** Writes test/mutation/RESULTS.md: what the tests notice, and each fault that they do not, with its reason. */
import { statSync, writeFileSync } from 'node:fs';
import type { Reason } from './reasons';
import { fits, reasonFor, REASONS } from './reasons';
import type { Module, Mutant } from './results';
import { MODULES, ownTests, readModule } from './results';

const REPORT = 'test/mutation/RESULTS.md';

/** Of a hundred faults, so many have to be noticed. */
const WANTED = 85;

/** Counts as Stryker does: what cannot be run, and what was not to be tried, counts nowhere. */
function count(mutants: Mutant[]) {
	const number = (...statuses: string[]) =>
		mutants.filter(({ status }) => statuses.includes(status)).length;
	const killed = number('Killed');
	const timeout = number('Timeout');
	const survived = number('Survived');
	const uncovered = number('NoCoverage');
	const all = killed + timeout + survived + uncovered;
	const score = all === 0 ? 100 : ((killed + timeout) / all) * 100;
	return { all, killed, timeout, survived, uncovered, score };
}

function row(name: string, mutants: Mutant[], date: string): string {
	const { all, killed, timeout, survived, uncovered, score } = count(mutants);
	const cells = [all, killed, timeout, survived, uncovered, `${score.toFixed(1)} %`, date];
	return `| ${name} | ${cells.join(' | ')} |`;
}

/** The day of the last complete run of the module's own tests. */
const dateOf = (module: Module): string =>
	statSync(ownTests(module)).mtime.toISOString().slice(0, 10);

/** One line of Markdown code, however much there is. */
function quote(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	const short = line.length > 90 ? `${line.slice(0, 88)} …` : line;
	return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
}

function survivors(mutants: Mutant[]): string[] {
	return mutants.map((mutant) => {
		const reason = reasonFor(mutant) ?? '**not read yet**';
		const { line, original, replacement } = mutant;
		return `- ${line}: ${quote(original)} → ${quote(replacement)}: ${reason}`;
	});
}

/** Writes the report and says whether all is well: enough is noticed, and the rest has its reasons. */
export function writeReport(): boolean {
	const modules = MODULES.map((module) => ({ module, ...readModule(module) }));
	const tried = modules.filter(({ mutants }) => mutants.length > 0);
	const all = tried.flatMap(({ mutants }) => mutants);
	const left = all.filter(({ isNoticed }) => !isNoticed);
	const lines = [
		'# Mutation testing: results',
		'',
		'Written by `npm run mutate`, which puts one fault at a time into the code and checks whether a test fails.',
		'Texts are left out, and so are the tests that measure time or memory. Each fault that no test notices is',
		'listed below the table, with the reason.',
		'',
		'| module | faults | failed a test | timed out | not noticed | never run | score | date |',
		'|---|---|---|---|---|---|---|---|',
		...modules.map(({ module, mutants, isComplete }) =>
			mutants.length === 0
				? `| ${module} | | | | | | not run yet | |`
				: row(isComplete ? module : `${module} (not finished)`, mutants, dateOf(module)),
		),
		row('**all**', all, ''),
	];
	for (const { module, mutants } of tried) {
		lines.push('', `## ${module}`);
		const files = [...new Set(mutants.map(({ file }) => file))].sort();
		for (const file of files) {
			const open = left.filter((mutant) => mutant.file === file).sort((a, b) => a.line - b.line);
			if (open.length > 0) lines.push('', `### ${file}`, '', ...survivors(open));
		}
	}
	writeFileSync(REPORT, `${lines.join('\n')}\n`);

	const unread = left.filter((mutant) => reasonFor(mutant) === undefined);
	const isTried = ({ file }: Reason) => tried.some(({ module }) => file.startsWith(`${module}/`));
	const stale = REASONS.filter(
		(reason) => isTried(reason) && !left.some((mutant) => fits(reason, mutant)),
	);
	for (const { file, code } of stale) console.log(`No such survivor any more: ${file}: ${code}`);
	const { score } = count(all);
	console.log(
		`${REPORT}: ${score.toFixed(1)} % noticed, ${left.length} not, ${unread.length} of them without a reason`,
	);
	const isComplete = modules.every((module) => module.isComplete);
	return isComplete && score >= WANTED && unread.length === 0 && stale.length === 0;
}
