/** Writes docs/simulation.md: each command its own section. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.join(__dirname, '..', '..', 'docs', 'simulation.md');

const HEAD = [
	'# What the simulation finds',
	'',
	'Whole scenarios by seed, through n8n’s real engine, in simulated time: see test/simulation/README.md, which also says what the letters of the promises mean. The sections below are written by the commands that they name.',
];

function readSections(): string[] {
	const old = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
	return old.split(/^(?=## )/m).slice(1);
}

const headingOf = (title: string) => `## ${title}\n`;

/** The lines of a section; none where there is no such section yet. */
export function readSection(title: string): string[] {
	return (
		readSections()
			.find((each) => each.startsWith(headingOf(title)))
			?.split('\n') ?? []
	);
}

/** Puts a section in the place of the one that has the same title, or behind all others. */
export function writeSection(title: string, lines: string[]): void {
	const sections = readSections();
	const heading = headingOf(title);
	const section = [heading, ...lines.map((line) => `${line}\n`)].join('');
	const place = sections.findIndex((each) => each.startsWith(heading));
	sections.splice(place < 0 ? sections.length : place, 1, section);
	const parts = [`${HEAD.join('\n')}\n`, ...sections].map((part) => part.trimEnd());
	writeFileSync(FILE, `${parts.join('\n\n')}\n`);
}

/** Today, as reports call it. */
export function today(): string {
	return new Date().toISOString().slice(0, 10);
}
