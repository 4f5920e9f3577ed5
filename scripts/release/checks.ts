/**
 * The rules for a release, as pure functions. Each returns what is wrong and what to do about it, or an
 * empty list.
 */

/** The part of package.json that these rules read. */
export interface Manifest {
	version: string;
	n8n: { nodes: string[]; credentials: string[] };
}

/** The files that the package may contain. A new one has to be added here on purpose. */
const ALLOWED_FILES = [
	/^(package\.json|README\.md|CHANGELOG\.md|LICENSE\.md)$/,
	/^dist\/THIRD-PARTY-LICENSES\.txt$/,
	/^dist\/(nodes\/Deapi|credentials)\/\w+\.(node|credentials)\.js(\.map)?$/,
	/^dist\/nodes\/Deapi\/\w+\.node\.json$/,
	/^dist\/(nodes\/Deapi|credentials)\/deapi(\.dark)?\.svg$/,
];

const ALWAYS_THERE = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE.md'];

/** What the owner has to replace by their own account or address. */
const PLACEHOLDER = /github\.com\/OWNER\b|"OWNER"|\bowner@example\.com\b/;

/**
 * @param status the output of `git status --porcelain`
 */
export function uncommitted(status: string): string[] {
	const changes = status.split('\n').filter((line) => line !== '');
	if (changes.length === 0) return [];
	const names = changes.map((line) => line.slice(3)).join(', ');
	return [`Not committed: ${names}. Commit or remove these files.`];
}

/**
 * @param tagged the commit that the version's tag is on; undefined: there is no such tag
 * @param head the commit to be released
 */
export function takenTag(version: string, tagged: string | undefined, head: string): string[] {
	if (tagged === undefined || tagged === head) return [];
	return [
		`The tag v${version} is on another commit (${tagged.slice(0, 10)}). Raise the version with: npm version --no-git-tag-version patch`,
	];
}

/**
 * @param lockVersion the version in package-lock.json
 */
export function otherLockVersion(version: string, lockVersion: unknown): string[] {
	if (lockVersion === version) return [];
	return [
		`package-lock.json has version ${String(lockVersion)}, package.json ${version}. Run: npm install --package-lock-only`,
	];
}

/**
 * @param changelog the text of CHANGELOG.md: a heading `## <version>` for each version, the newest
 * first; a date may follow it
 */
export function missingInChangelog(version: string, changelog: string): string[] {
	const [, ...sections] = changelog.split(/^## /m);
	const [newest = ''] = sections;
	const [heading = '', ...lines] = newest.split('\n');
	const [headingVersion = ''] = heading
		.trim()
		.replace(/^\[(.+?)\]/, '$1')
		.split(/\s/);
	if (headingVersion !== version) {
		const found = headingVersion === '' ? 'no version' : headingVersion;
		return [
			`CHANGELOG.md begins with ${found}, not with ${version}. Describe this version under a heading: ## ${version}`,
		];
	}
	if (lines.join('').trim() === '') {
		return [`CHANGELOG.md says nothing under ${version}. Describe what has changed.`];
	}
	return [];
}

/**
 * @param files the paths in the tarball, without its first folder
 */
export function wrongContents({ n8n }: Manifest, files: string[]): string[] {
	const foreign = files.filter((file) => !ALLOWED_FILES.some((allowed) => allowed.test(file)));
	const wanted = [...ALWAYS_THERE, ...n8n.nodes, ...n8n.credentials];
	const missing = wanted.filter((file) => !files.includes(file));
	return [
		...foreign.map(
			(file) =>
				`The package would contain ${file}. Keep it out ('files' in package.json), or allow it in scripts/release/checks.ts.`,
		),
		...missing.map((file) => `The package would lack ${file}. Look at 'files' in package.json.`),
	];
}

/**
 * @param texts the project's files by their paths
 * @returns the places that the owner still has to fill in, as `path:line`
 */
export function placeholders(texts: ReadonlyMap<string, string>): string[] {
	return [...texts].flatMap(([file, text]) =>
		text
			.split('\n')
			.flatMap((line, index) => (PLACEHOLDER.test(line) ? [`${file}:${index + 1}`] : [])),
	);
}
