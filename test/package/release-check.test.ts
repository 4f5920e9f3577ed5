/** What has to be true of a release, each rule with what breaks it. */
import {
	missingInChangelog,
	missingProvenance,
	otherLockVersion,
	placeholders,
	takenTag,
	uncommitted,
	wrongContents,
} from '../../scripts/release/checks';

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

test('wants provenance and the permission for it', () => {
	const good = 'permissions:\n  id-token: write\nsteps:\n  - run: npm publish --provenance\n';
	expect(missingProvenance(good)).toEqual([]);
	expect(missingProvenance(good.replace(' --provenance', ''))).toHaveLength(1);
	expect(missingProvenance(good.replace('write', 'read'))).toHaveLength(1);
	expect(missingProvenance(good.replace('- run', '# run'))).toHaveLength(1);
});

test('lists where the owner has to be filled in', () => {
	const texts = new Map([
		['package.json', '{\n"name": "OWNER",\n"email": "owner@example.com"\n}'],
		['SECURITY.md', 'See https://github.com/OWNER/project'],
		['README.md', '`OWNER` stands for the account.\n'],
	]);
	expect(placeholders(texts)).toEqual(['package.json:2', 'package.json:3', 'SECURITY.md:1']);
});
