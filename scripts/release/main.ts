/**
 * Says whether the commit at hand can be released: a line for each thing that has to be true, with what
 * to do where it is not.
 *
 * Usage: npm run release:check [-- --publish]
 * With --publish, as the publishing workflow calls it, nothing may be left for the owner to fill in.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
	type Manifest,
	missingInChangelog,
	missingProvenance,
	otherLockVersion,
	placeholders,
	takenTag,
	uncommitted,
	wrongContents,
} from './checks';

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

function main(): void {
	const isPublishing = process.argv.includes('--publish');
	const manifest = JSON.parse(read('package.json')) as Manifest;
	const lock = JSON.parse(read('package-lock.json')) as { version?: string };
	const { version } = manifest;
	run('npx', 'gulp', '--silent', 'build');

	const checks: Array<[title: string, findings: string[]]> = [
		['everything is committed', uncommitted(run('git', 'status', '--porcelain'))],
		[
			`version ${version} is not out yet`,
			takenTag(version, commitOf(`v${version}`), run('git', 'rev-parse', 'HEAD')),
		],
		['package-lock.json has the same version', otherLockVersion(version, lock.version)],
		['CHANGELOG.md describes it', missingInChangelog(version, read('CHANGELOG.md'))],
		["n8n's scanner finds nothing in sources and tarball", scannerFindings()],
		['the tarball holds what it should, and nothing else', wrongContents(manifest, packedFiles())],
		[
			'the workflow publishes with provenance',
			missingProvenance(read('.github/workflows/publish.yml')),
		],
	];
	const left = placeholders(committedTexts());
	const forOwner = left.map((place) => `${place}: put your own account or address here.`);
	const ownerTitle = "the owner's account and address are filled in";
	if (isPublishing) checks.push([ownerTitle, forOwner]);

	let wrong = 0;
	for (const [title, findings] of checks) {
		if (findings.length > 0) wrong++;
		print(findings.length === 0 ? 'ok' : 'WRONG', title, findings);
	}
	if (!isPublishing) print(left.length === 0 ? 'ok' : 'TO DO', ownerTitle, forOwner);
	const todo =
		!isPublishing && left.length > 0 ? ', and something is left to do for the owner' : '';
	console.log(
		wrong === 0 ? `Ready${todo}.` : `Not ready: ${wrong} of ${checks.length} are wrong${todo}.`,
	);
	process.exitCode = wrong === 0 ? 0 : 1;
}

function print(verdict: string, title: string, findings: string[]): void {
	console.log(`${verdict.padEnd(7)}${title}`);
	for (const finding of findings) console.log(finding.replace(/^/gm, '       '));
}

main();
