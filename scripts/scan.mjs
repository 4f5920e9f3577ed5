// Runs n8n's package scanner as n8n does on a published package, over what would be published: the
// source tree, and the .js files and package.json of the packed tarball. Prints what it finds, and ends
// with code 1 where it finds anything.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = path.join(import.meta.dirname, '..');
const { n8n } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(path.join(tmpdir(), 'deapi-scan-'));
try {
	execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
	execFileSync('sh', ['-c', 'tar -xzf *.tgz'], { cwd: folder });
	for (const file of [...n8n.nodes, ...n8n.credentials]) {
		if (!existsSync(path.join(folder, 'package', file))) {
			throw new Error(`The tarball has no ${file}: run npm run build`);
		}
	}
	const parts = [
		['source tree', root, SOURCE_FILE_PATTERNS],
		['packed tarball', path.join(folder, 'package'), ['**/*.js', 'package.json']],
	];
	for (const [name, where, patterns] of parts) {
		const { passed, message, details } = await analyzePackage(where, patterns);
		// A scanner that looked at no file has found nothing either.
		const isClean = passed && message === undefined;
		console.log(`${name}: ${isClean ? '0 findings' : message}`);
		if (details) console.log(details.replaceAll(`${where}${path.sep}`, ''));
		if (!isClean) process.exitCode = 1;
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
