/** Writes test/mutation/RESULTS.md: what the tests notice, and each fault that they do not, with its reason. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Reason } from './reasons';
import { fits, reasonFor, REASONS } from './reasons';
import type { Module, Mutant } from './results';
import { isOf, MODULES, ownTests, readModule } from './results';

const REPORT = 'test/mutation/RESULTS.md';

/** Of a hundred faults, so many have to be noticed. */
const WANTED = 85;

/** Counts as Stryker does: what cannot be run, and what was not to be tried, counts nowhere. */
interface Counts {
	killed: number;
	timeout: number;
	survived: number;
	uncovered: number;
}

function count(mutants: Mutant[]): Counts {
	const number = (wanted: Mutant['status']) =>
		mutants.filter(({ status }) => status === wanted).length;
	return {
		killed: number('Killed'),
		timeout: number('Timeout'),
		survived: number('Survived'),
		uncovered: number('NoCoverage'),
	};
}

const sum = ({ killed, timeout, survived, uncovered }: Counts) =>
	killed + timeout + survived + uncovered;

function scoreOf(counts: Counts): number {
	const all = sum(counts);
	return all === 0 ? 100 : ((counts.killed + counts.timeout) / all) * 100;
}

function row(name: string, counts: Counts, date: string): string {
	const { killed, timeout, survived, uncovered } = counts;
	const score = `${scoreOf(counts).toFixed(1)} %`;
	const cells = [sum(counts), killed, timeout, survived, uncovered, score, date];
	return `| ${name} | ${cells.join(' | ')} |`;
}

/** What the page says of a module. */
interface Section {
	isComplete: boolean;
	counts: Counts;
	row: string;
	lines: string[];
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

/** A module that was run on this machine. */
function fresh(module: Module, mutants: Mutant[], isComplete: boolean): Section {
	const counts = count(mutants);
	const lines = ['', `## ${module}`];
	for (const file of [...new Set(mutants.map((mutant) => mutant.file))].sort()) {
		const open = mutants
			.filter((mutant) => mutant.file === file && !mutant.isNoticed)
			.sort((a, b) => a.line - b.line);
		if (open.length > 0) lines.push('', `### ${file}`, '', ...survivors(open));
	}
	const name = isComplete ? module : `${module} (not finished)`;
	return { isComplete, counts, row: row(name, counts, dateOf(module)), lines };
}

/** A module that was not: its results are those of the page as it is. */
function kept(module: Module, page: string[]): Section {
	const own = page.find((line) => line.startsWith(`| ${module} |`));
	const [, killed = 0, timeout = 0, survived = 0, uncovered = 0] = (own ?? '')
		.split('|')
		.slice(2)
		.map(Number);
	const counts = { killed, timeout, survived, uncovered };
	const start = page.indexOf(`## ${module}`);
	const end = page.findIndex((line, index) => index > start && line.startsWith('## '));
	return {
		isComplete: own !== undefined && sum(counts) > 0,
		counts,
		row: own ?? `| ${module} | | | | | | not run yet | |`,
		lines: start < 0 ? [] : ['', ...page.slice(start, end < 0 ? undefined : end - 1)],
	};
}

/**
 * Writes the report and says whether all is well: enough is noticed, and the rest has its reasons. A module
 * that was not run on this machine keeps what the page says of it.
 */
export function writeReport(): boolean {
	const page = readFileSync(REPORT, 'utf8').trimEnd().split('\n');
	const modules = MODULES.map((module) => ({ module, ...readModule(module) }));
	const tried = modules.filter(({ mutants }) => mutants.length > 0);
	const left = tried.flatMap(({ mutants }) => mutants).filter(({ isNoticed }) => !isNoticed);
	const sections = modules.map(({ module, mutants, isComplete }) =>
		mutants.length > 0 ? fresh(module, mutants, isComplete) : kept(module, page),
	);
	const total = (key: keyof Counts) =>
		sections.reduce((whole, { counts }) => whole + counts[key], 0);
	const all = {
		killed: total('killed'),
		timeout: total('timeout'),
		survived: total('survived'),
		uncovered: total('uncovered'),
	};
	const lines = [
		'# Mutation testing: results',
		'',
		'Written by `npm run mutate`, which puts one fault at a time into the code and checks whether a test fails.',
		'Texts are left out, and so are the tests that measure time or memory. Each fault that no test notices is',
		'listed below the table, with the reason.',
		'',
		'| module | faults | failed a test | timed out | not noticed | never run | score | date |',
		'|---|---|---|---|---|---|---|---|',
		...sections.map((section) => section.row),
		row('**all**', all, ''),
		...sections.flatMap((section) => section.lines),
	];
	writeFileSync(REPORT, `${lines.join('\n')}\n`);

	const unread = left.filter((mutant) => reasonFor(mutant) === undefined);
	const isTried = ({ file }: Reason) => tried.some(({ module }) => isOf(module, file));
	const stale = REASONS.filter(
		(reason) => isTried(reason) && !left.some((mutant) => fits(reason, mutant)),
	);
	for (const { file, code } of stale) console.log(`No such survivor any more: ${file}: ${code}`);
	const score = scoreOf(all);
	console.log(
		`${REPORT}: ${score.toFixed(1)} % noticed, ${left.length} of today's not, ${unread.length} of them without a reason`,
	);
	const isComplete = sections.every((section) => section.isComplete);
	return isComplete && score >= WANTED && unread.length === 0 && stale.length === 0;
}
