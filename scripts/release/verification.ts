/**
 * What n8n asks of a package that it verifies, point by point.
 *
 * Source: https://docs.n8n.io/connect/create-nodes/build-your-node/reference/verification-guidelines and
 * https://docs.n8n.io/integrations/creating-nodes/deploy/submit-community-nodes/
 */

/** The part of package.json that n8n judges. */
export interface Manifest {
	name: string;
	license: string;
	keywords: string[];
	homepage: string;
	author: { name: string; email: string };
	repository: { url: string };
	bugs: { url: string };
	scripts: { [name: string]: string };
	n8n: {
		n8nNodesApiVersion?: number;
		strict?: boolean;
		nodes: string[];
		credentials: string[];
	};
	[field: string]: unknown;
}

/** What only a person can judge, and how. */
export const BY_HAND: ReadonlyArray<[point: string, how: string]> = [
	[
		'the node is not in n8n already, and is no logic or flow control',
		"Search n8n's nodes panel for deAPI.",
	],
	[
		'the repository is public, and its owner is the author and maintainer on npm',
		'Open both pages without signing in.',
	],
	["the node follows n8n's UX guidelines", "Read n8n's page beside the node's panel."],
];

/** @returns what is wrong, or an empty list; as in all functions below */
export function wrongName({ name, keywords }: Manifest): string[] {
	const findings: string[] = [];
	if (!/^(@[^/]+\/)?n8n-nodes-/.test(name)) {
		findings.push(`The package is called ${name}. Its name has to begin with n8n-nodes-.`);
	}
	if (!keywords.includes('n8n-community-node-package')) {
		findings.push("'keywords' in package.json lack n8n-community-node-package.");
	}
	return findings;
}

/** Whether n8n finds the nodes and credentials. */
export function unregistered({ n8n }: Manifest, packed: string[]): string[] {
	const files = [...n8n.nodes, ...n8n.credentials];
	return [
		...(n8n.nodes.length > 0 ? [] : ["'n8n.nodes' in package.json is empty."]),
		...(n8n.n8nNodesApiVersion === 1 ? [] : ["'n8n.n8nNodesApiVersion' has to be 1."]),
		...(n8n.strict === true ? [] : ["'n8n.strict' has to be true."]),
		...files
			.filter((file) => !packed.includes(file))
			.map((file) => `package.json names ${file}, which the package lacks.`),
	];
}

/** @param text that of LICENSE.md */
export function otherLicence({ license }: Manifest, text: string): string[] {
	return [
		...(license === 'MIT' ? [] : [`The licence is ${license}. n8n verifies MIT only.`]),
		...(/^(# )?(The )?MIT License\b/m.test(text) ? [] : ['LICENSE.md is not the MIT License.']),
	];
}

const DEPENDENCIES = ['dependencies', 'optionalDependencies', 'bundledDependencies'];
const ON_INSTALL = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

/** Nothing may come along with the package, and nothing may run when it is installed. */
export function dependsOn(manifest: Manifest): string[] {
	return [
		...DEPENDENCIES.filter((field) => manifest[field] !== undefined).map(
			(field) => `package.json has ${field}. Bundle the libraries instead.`,
		),
		...ON_INSTALL.filter((name) => manifest.scripts[name] !== undefined).map(
			(name) => `The script ${name} runs when somebody installs the package. Remove it.`,
		),
	];
}

/** The links of package.json have to lead to one repository on GitHub. */
export function otherRepository({ repository, homepage, bugs, author }: Manifest): string[] {
	const [, place] = /^git\+(https:\/\/github\.com\/[^/]+\/[^/]+)\.git$/.exec(repository.url) ?? [];
	if (place === undefined) return [`'repository.url' leads to no GitHub repository.`];
	return [
		...(homepage.startsWith(place) ? [] : [`'homepage' leads elsewhere than ${place}.`]),
		...(bugs.url.startsWith(place) ? [] : [`'bugs.url' leads elsewhere than ${place}.`]),
		...(author.name && author.email ? [] : ["'author' needs a name and an email address."]),
	];
}

/** What a user has to find in README. */
const CHAPTERS = ['Install', 'Credential', 'Operations', 'Examples'];

/** @param examples the names of the workflows that come with the project */
export function undocumented(readme: string, examples: string[]): string[] {
	return [
		...CHAPTERS.filter((chapter) => !readme.includes(`\n## ${chapter}\n`)).map(
			(chapter) => `README.md has no chapter '${chapter}'.`,
		),
		...(examples.length > 0 ? [] : ['There is no example workflow.']),
		...examples
			.filter((example) => !readme.includes(`\`${example}\``))
			.map((example) => `README.md does not mention the example ${example}.`),
	];
}

/** @param files the paths of all that is published as code, before it is built */
export function notTypeScript(files: string[]): string[] {
	return files
		.filter((file) => /\.(js|mjs|cjs)$/.test(file))
		.map((file) => `${file} is not TypeScript.`);
}

/**
 * Panel, messages and documents have to be in English: a letter of another script is the part of that
 * which a program can see.
 *
 * @param texts the files by their paths
 */
export function otherLanguage(texts: ReadonlyMap<string, string>): string[] {
	return [...texts].flatMap(([file, text]) => {
		const [letter] = /(?=\p{L})(?![\p{Script=Latin}\p{Script=Common}])./u.exec(text) ?? [];
		return letter === undefined ? [] : [`${file} has the letter ${letter}.`];
	});
}

/**
 * The package has to be published by a GitHub workflow with provenance. Here npm trusts that workflow, so
 * it needs no token; and what it publishes has passed n8n's scanner and a real n8n.
 *
 * @param workflow the text of the workflow that publishes
 */
export function wrongPublishing(workflow: string): string[] {
	const lines = workflow.split('\n').filter((line) => !/^\s*#/.test(line));
	const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line));
	const publish = at(/^\s*-?\s*run:.*\bnpm publish\b/);
	const findings: string[] = [];
	if (!/\s--provenance\b/.test(lines[publish] ?? '')) {
		findings.push('publish.yml publishes without provenance. Use: npm publish --provenance');
	}
	if (at(/^\s*id-token:\s*write\s*$/) < 0) {
		findings.push('publish.yml may not sign. Give it the permission: id-token: write');
	}
	if (at(/NPM_TOKEN|NODE_AUTH_TOKEN|_authToken/) >= 0) {
		findings.push('publish.yml uses a stored token. Remove it: npm trusts the workflow itself.');
	}
	for (const step of ['scan', 'e2e']) {
		const ran = at(new RegExp(`\\bnpm run ${step}\\b`));
		if (ran < 0 || ran > publish) {
			findings.push(`publish.yml publishes without 'npm run ${step}' before.`);
		}
	}
	return findings;
}
