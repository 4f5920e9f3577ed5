import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

/** What was measured, and its target. */
export interface Row {
	what: string;
	value: string;
	target: string;
	met: boolean;
	raw: unknown;
}

/** Where it was measured. */
export interface Machine {
	cpu: string;
	cores: number;
	memoryGb: number;
	node: string;
	platform: string;
}

/** The rows as a Markdown table. */
export function tableOf(rows: Row[]): string {
	return [
		'| measured | result | target | met |',
		'|---|---|---|---|',
		...rows.map(
			({ what, value, target, met }) =>
				`| ${what} | ${value} | ${target} | ${met ? 'yes' : 'no'} |`,
		),
	].join('\n');
}

/** What the last end-to-end run saw of n8n's own process, where there was one on this machine. */
function inRealN8n(root: string): string {
	const file = path.join(root, 'out', 'e2e', 'memory.txt');
	if (!existsSync(file)) return '';
	const lines = readFileSync(file, 'utf8').trim().split('\n');
	return `
## In a real n8n

\`npm run e2e\` watches the memory of n8n's own process (RSS) while it makes a film, with files on disk:

${lines.map((line) => `- ${line}.`).join('\n')}
`;
}

/**
 * Writes docs/benchmark.md anew.
 *
 * @param root the project's folder
 */
export async function writePage(root: string, machine: Machine, rows: Row[]): Promise<void> {
	const file = path.join(root, 'docs', 'benchmark.md');
	const { cpu, cores, memoryGb, node, platform } = machine;
	const date = new Date().toISOString().slice(0, 10);
	const page = `<!-- Written by \`npm run bench -- --write\`; changes by hand are lost. -->

# Measurements

Measured on ${date}, with ${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}, ${platform}. \`npm run bench -- --write\` measures everything
again and rewrites this page. Figures are medians. The fake deAPI runs in another process on the same machine, so the network costs nothing.

- **The raw client** is form-data and Node's http: what the upload costs without n8n.
- **The bare upload** is a node with the same fields that does nothing but upload, in the same engine: what n8n itself costs.
- **Growth of peak memory** is the highest memory of a fresh process (RSS) minus that at its start.
- **Growth of the memory in use** is the same without garbage, which is collected ten times a second for this measurement. The
  rest of the peak is garbage that was not collected yet, most of it n8n's: for each item n8n goes through every field of the
  node twice.
- **The longest turn** is how long everything else in n8n had to wait for its turn at most, less what the machine gave to other
  processes and threads in it; with that in brackets, as \`monitorEventLoopDelay\` measures it. What n8n itself does when it starts
  all items of a node at once is not in it.

${tableOf(rows)}
${inRealN8n(root)}`;
	const options = await resolveConfig(file);
	writeFileSync(file, await format(page, { ...options, parser: 'markdown' }));
}
