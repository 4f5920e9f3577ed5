/** What has to be true of a release, each rule with what breaks it. */
import {
	missingInChangelog,
	otherLockVersion,
	placeholders,
	takenTag,
	uncommitted,
	wrongContents,
} from '../../scripts/release/checks';
import {
	dependsOn,
	type Manifest,
	notTypeScript,
	otherLanguage,
	otherLicence,
	otherRepository,
	undocumented,
	unregistered,
	wrongName,
	wrongPublishing,
} from '../../scripts/release/verification';

test('names the files that are not committed', () => {
	expect(uncommitted('')).toEqual([]);
	expect(uncommitted(' M README.md\n?? notes.txt\n')).toEqual([
		expect.stringContaining('README.md, notes.txt'),
	]);
});

test("lets a version's tag be on the commit to be released, and on no other", () => {
	expect(takenTag('1.2.3', undefined, 'abc')).toEqual([]);
	expect(takenTag('1.2.3', 'abc', 'abc')).toEqual([]);
	expect(takenTag('1.2.3', 'def', 'abc')).toEqual([expect.stringContaining('v1.2.3')]);
});

test('wants one version in package.json and package-lock.json', () => {
	expect(otherLockVersion('1.2.3', '1.2.3')).toEqual([]);
	expect(otherLockVersion('1.2.3', '1.2.2')).toEqual([expect.stringContaining('1.2.2')]);
	expect(otherLockVersion('1.2.3', undefined)).toHaveLength(1);
});

describe('CHANGELOG.md', () => {
	test.each([
		['a bare heading', '# Changelog\n\n## 1.2.3\n\nNew.\n\n## 1.2.2\n'],
		['a heading with a date', '# Changelog\n\n## 1.2.3 (2026-01-31)\n\nNew.\n'],
		['a heading in brackets', '# Changelog\n\n## [1.2.3] - 2026-01-31\n\nNew.\n'],
	])('describes the version under %s', (_name, text) => {
		expect(missingInChangelog('1.2.3', text)).toEqual([]);
	});

	test.each([
		['that is empty', ''],
		['that begins with an older version', '# Changelog\n\n## 1.2.2\n\nOld.\n'],
		['that has the version further down', '# Changelog\n\n## 2.0.0\n\nX\n\n## 1.2.3\n\nY\n'],
		['with a longer version', '# Changelog\n\n## 1.2.30\n\nX\n'],
		['that says nothing under it', '# Changelog\n\n## 1.2.3\n\n## 1.2.2\n\nOld.\n'],
	])('is not enough %s', (_name, text) => {
		expect(missingInChangelog('1.2.3', text)).toEqual([expect.stringContaining('1.2.3')]);
	});
});

describe("the tarball's contents", () => {
	const manifest = {
		version: '1.2.3',
		n8n: {
			nodes: ['dist/nodes/Deapi/Deapi.node.js'],
			credentials: ['dist/credentials/DeapiApi.credentials.js'],
		},
	};
	const complete = [
		'package.json',
		'README.md',
		'CHANGELOG.md',
		'LICENSE.md',
		'dist/THIRD-PARTY-LICENSES.txt',
		'dist/nodes/Deapi/Deapi.node.js',
		'dist/nodes/Deapi/Deapi.node.js.map',
		'dist/nodes/Deapi/Deapi.node.json',
		'dist/nodes/Deapi/deapi.dark.svg',
		'dist/credentials/DeapiApi.credentials.js',
	];

	test('may be what is built', () => {
		expect(wrongContents(manifest, complete)).toEqual([]);
	});

	test.each(['.env', 'test/fixtures/song.mp3', 'dist/nodes/Deapi/notes.txt', 'dist/a.js'])(
		'may not have %s among them',
		(file) => {
			expect(wrongContents(manifest, [...complete, file])).toEqual([expect.stringContaining(file)]);
		},
	);

	test.each(['LICENSE.md', ...manifest.n8n.nodes, ...manifest.n8n.credentials])(
		'may not lack %s',
		(file) => {
			const others = complete.filter((each) => each !== file);
			expect(wrongContents(manifest, others)).toEqual([expect.stringContaining(file)]);
		},
	);
});

test('lists where the owner has to be filled in', () => {
	const texts = new Map([
		['package.json', '{\n"name": "OWNER",\n"email": "owner@example.com"\n}'],
		['SECURITY.md', 'See https://github.com/OWNER/project'],
		['README.md', '`OWNER` stands for the account.\n'],
	]);
	expect(placeholders(texts)).toEqual(['package.json:2', 'package.json:3', 'SECURITY.md:1']);
});

describe("n8n's verification", () => {
	const place = 'https://github.com/someone/n8n-nodes-example';
	const good: Manifest = {
		name: 'n8n-nodes-example',
		license: 'MIT',
		keywords: ['n8n-community-node-package'],
		homepage: `${place}#readme`,
		author: { name: 'someone', email: 'someone@example.org' },
		repository: { url: `git+${place}.git` },
		bugs: { url: `${place}/issues` },
		scripts: { build: 'gulp build' },
		n8n: {
			n8nNodesApiVersion: 1,
			strict: true,
			nodes: ['dist/nodes/Example.node.js'],
			credentials: [],
		},
	};
	const packed = ['dist/nodes/Example.node.js'];
	const readme =
		'# X\n\n## Install\n\n## Credential\n\n## Operations\n\n## Examples\n\n`song.json`';
	const workflow = [
		'permissions:\n  id-token: write\nsteps:',
		'- run: npm run scan\n- run: npm run e2e\n- run: npm publish --provenance\n',
	].join('\n');

	test('finds nothing in a package that is in order', () => {
		expect([
			...wrongName(good),
			...wrongName({ ...good, name: '@someone/n8n-nodes-example' }),
			...unregistered(good, packed),
			...otherLicence(good, 'MIT License\n\nCopyright'),
			...dependsOn(good),
			...otherRepository(good),
			...undocumented(readme, ['song.json']),
			...notTypeScript(['nodes/Example.node.ts', 'nodes/Example.node.json']),
			...otherLanguage(new Map([['README.md', 'Länge: 8 µs → “ok”, 512 × 512, ⋯, –']])),
			...wrongPublishing(workflow),
		]).toEqual([]);
	});

	test.each<[string, (manifest: Manifest) => string[], Partial<Manifest>]>([
		['another name', wrongName, { name: 'example' }],
		['no keyword', wrongName, { keywords: ['n8n'] }],
		['no node', (one) => unregistered(one, packed), { n8n: { ...good.n8n, nodes: [] } }],
		[
			'a node that is not packed',
			(one) => unregistered(one, packed),
			{ n8n: { ...good.n8n, nodes: ['dist/other.js'] } },
		],
		['looser rules', (one) => unregistered(one, packed), { n8n: { ...good.n8n, strict: false } }],
		['another licence', (one) => otherLicence(one, 'MIT License'), { license: 'ISC' }],
		['dependencies', dependsOn, { dependencies: {} }],
		['a script on installing', dependsOn, { scripts: { postinstall: 'x' } }],
		['another homepage', otherRepository, { homepage: 'https://example.org' }],
		['no GitHub repository', otherRepository, { repository: { url: 'https://example.org' } }],
		['no author', otherRepository, { author: { name: '', email: '' } }],
	])('says so about %s', (_name, check, change) => {
		expect(check({ ...good, ...change })).toHaveLength(1);
	});

	test.each([
		['another text of the licence', otherLicence(good, 'ISC License, not the MIT License')],
		['a missing chapter', undocumented(readme.replace('## Install', ''), ['song.json'])],
		['an example that nobody finds', undocumented(readme, ['song.json', 'film.json'])],
		['no example', undocumented(readme, [])],
		['JavaScript', notTypeScript(['nodes/a.js'])],
		['another script', otherLanguage(new Map([['README.md', 'Привет']]))],
		['no provenance', wrongPublishing(workflow.replace(' --provenance', ''))],
		['no permission to sign', wrongPublishing(workflow.replace('write', 'read'))],
		['a stored token', wrongPublishing(`${workflow}  NODE_AUTH_TOKEN: x\n`)],
		['no scan', wrongPublishing(workflow.replace('npm run scan', 'true'))],
		[
			'an end-to-end run that is only a comment',
			wrongPublishing(workflow.replace('- run: npm run e2e', '# npm run e2e')),
		],
		[
			'an end-to-end run after publishing',
			wrongPublishing(`${workflow.replace('- run: npm run e2e\n', '')}- run: npm run e2e\n`),
		],
	])('says so about %s', (_name, findings) => {
		expect(findings).toHaveLength(1);
	});
});
