/**
 * Says whether the commit at hand can be released, and whether n8n can verify it: one line for each point,
 * with what to do if it is not met.
 *
 * Usage: npm run release:check [-- --publish]
 * With --publish, as the publishing workflow calls it, nothing may be left for the owner to fill in.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
	type Manifest as Released,
	missingInChangelog,
	otherLockVersion,
	placeholders,
	takenTag,
	uncommitted,
	wrongContents,
} from './checks';
import {
	BY_HAND,
	dependsOn,
	type Manifest as Verified,
	notTypeScript,
	otherLanguage,
	otherLicence,
	otherRepository,
	undocumented,
	unregistered,
	wrongName,
	wrongPublishing,
} from './verification';

const ROOT = path.join(__dirname, '..', '..');

/** The code that looks for placeholders has to name them. */
const NAMES_PLACEHOLDERS = /^(scripts\/release|test)\//;

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const run = (command: string, ...args: string[]) =>
	execFileSync(command, args, { cwd: ROOT, encoding: 'utf8' }).trimEnd();

/** The commit that a tag is on; undefined: there is no such tag. */
function commitOf(tag: string): string | undefined {
	const { status, stdout } = spawnSync('git', ['rev-list', '-n', '1', `refs/tags/${tag}`], {
		cwd: ROOT,
		encoding: 'utf8',
	});
	return status === 0 ? stdout.trim() : undefined;
}

function packedFiles(): string[] {
	const [pack] = JSON.parse(run('npm', 'pack', '--dry-run', '--json')) as [
		{ files: Array<{ path: string }> },
	];
	return pack.files.map((file) => file.path);
}

function scannerFindings(): string[] {
	const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/scan.mjs'], {
		cwd: ROOT,
		encoding: 'utf8',
	});
	return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

/** The texts that git keeps, by their paths. */
function committedTexts(): Map<string, string> {
	const files = run('git', 'grep', '-I', '--name-only', '-e', '').split('\n');
	return new Map(
		files.filter((file) => !NAMES_PLACEHOLDERS.test(file)).map((file) => [file, read(file)]),
	);
}

type Check = [title: string, findings: string[]];

/** n8n's points of verification that a program can judge. */
function verification(manifest: Verified, packed: string[], texts: Map<string, string>): Check[] {
	const published = [...texts.keys()].filter((file) => /^(nodes|credentials)\//.test(file));
	const read = [...texts].filter(
		([file]) => published.includes(file) || /^(docs\/.*|[^/]+)\.md$/.test(file),
	);
	return [
		["the name and n8n's keyword", wrongName(manifest)],
		['nodes and credentials are registered', unregistered(manifest, packed)],
		['the licence is MIT', otherLicence(manifest, text(texts, 'LICENSE.md'))],
		['no dependencies, and nothing runs on installing', dependsOn(manifest)],
		['all links lead to one GitHub repository', otherRepository(manifest)],
		[
			'README has usage, credential and example workflows',
			undocumented(text(texts, 'README.md'), readdirSync(path.join(ROOT, 'examples'))),
		],
		['TypeScript', notTypeScript(published)],
		['English only', otherLanguage(new Map(read))],
		["n8n's scanner finds nothing: no environment, no files, n8n's lint rules", scannerFindings()],
		[
			'a GitHub workflow publishes, with provenance and without a token',
			wrongPublishing(text(texts, '.github/workflows/publish.yml')),
		],
	];
}

const text = (texts: Map<string, string>, file: string): string => texts.get(file) ?? '';

function main(): void {
	const isPublishing = process.argv.includes('--publish');
	const manifest = JSON.parse(read('package.json')) as Released & Verified;
	const lock = JSON.parse(read('package-lock.json')) as { version?: string };
	const { version } = manifest;
	run('npx', 'gulp', '--silent', 'build');
	const packed = packedFiles();
	const texts = committedTexts();

	const release: Check[] = [
		['everything is committed', uncommitted(run('git', 'status', '--porcelain'))],
		[
			`version ${version} is not out yet`,
			takenTag(version, commitOf(`v${version}`), run('git', 'rev-parse', 'HEAD')),
		],
		['package-lock.json has the same version', otherLockVersion(version, lock.version)],
		['CHANGELOG.md describes it', missingInChangelog(version, read('CHANGELOG.md'))],
		['the tarball holds what it should, and nothing else', wrongContents(manifest, packed)],
	];
	const left = placeholders(texts).map(
		(place) => `${place}: put your own account or address here.`,
	);
	const owner: Check = ["the owner's account and address are filled in", left];
	if (isPublishing) release.push(owner);
	const points = verification(manifest, packed, texts);

	console.log('Release');
	for (const check of release) report(check);
	if (!isPublishing) report(owner, 'TO DO');
	console.log("\nn8n's verification");
	for (const check of points) report(check);
	for (const [point, how] of BY_HAND) print('BY HAND', point, [how]);

	const checks = [...release, ...points];
	const wrong = checks.filter(([, findings]) => findings.length > 0).length;
	const todo = !isPublishing && left.length > 0 ? '; the owner has something left to do' : '';
	console.log(
		wrong === 0 ? `\nReady${todo}.` : `\nNot ready: ${wrong} of ${checks.length} are wrong${todo}.`,
	);
	process.exitCode = wrong === 0 ? 0 : 1;
}

const report = ([title, findings]: Check, otherwise = 'WRONG'): void =>
	print(findings.length === 0 ? 'ok' : otherwise, title, findings);

function print(verdict: string, title: string, findings: string[]): void {
	console.log(`${verdict.padEnd(9)}${title}`);
	for (const finding of findings) console.log(finding.replace(/^/gm, ' '.repeat(9)));
}

main();
