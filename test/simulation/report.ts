/** Writes RESULTS.md beside this file: one section for each command. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.join(__dirname, 'RESULTS.md');

const HEAD = [
	'# What the simulation finds',
	'',
	'Whole scenarios by seed, through n8n’s real engine, in simulated time: see [README.md](README.md), which also explains the letters of the promises. Each section names the command that writes it.',
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

/** Replaces the section that has the same title, or adds one at the end. */
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
