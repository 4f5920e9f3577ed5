import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './child';

/** The package as it would be published. */
export interface Tarball {
	file: string;
	name: string;
	version: string;
}

/** Builds the project and packs it. */
export async function buildAndPack(projectFolder: string, targetFolder: string): Promise<Tarball> {
	await run(process.execPath, ['node_modules/gulp/bin/gulp.js', 'build'], {
		cwd: projectFolder,
		logFile: path.join(targetFolder, 'build.log'),
	});
	return await pack(projectFolder, targetFolder);
}

/** Packs a folder as it lies there. */
export async function pack(packageFolder: string, targetFolder: string): Promise<Tarball> {
	const { name, version } = await nameAndVersion(packageFolder);
	await run('npm', ['pack', '--ignore-scripts', '--pack-destination', targetFolder], {
		cwd: packageFolder,
		logFile: path.join(targetFolder, 'pack.log'),
	});
	const file = (await readdir(targetFolder)).find((entry) => entry.endsWith(`-${version}.tgz`));
	if (!file) throw new Error(`npm pack left no tarball in ${targetFolder}`);
	return { file: path.join(targetFolder, file), name, version };
}

/** A tarball that lies ready: its own manifest says what it is. */
export async function tarballAt(file: string, scratchFolder: string): Promise<Tarball> {
	await run('tar', ['-xzf', file, '-C', scratchFolder, 'package/package.json'], {
		logFile: path.join(scratchFolder, 'pack.log'),
	});
	return { file, ...(await nameAndVersion(path.join(scratchFolder, 'package'))) };
}

/**
 * Makes a folder for the front of n8n's PATH, with an `npm` that has the tarball where the registry would
 * be asked for it, and is the real npm for everything else. So n8n itself installs the package, with its
 * own flags and into its own folders, although nobody has published it.
 */
export async function npmThatHas(tarball: Tarball, folder: string): Promise<string> {
	const binFolder = path.join(folder, 'bin');
	await mkdir(binFolder, { recursive: true });
	const script = `#!/bin/sh
case "$1 $2" in
	"view ${tarball.name}@"*) echo '"${tarball.version}"' ;;
	"pack ${tarball.name}@"*) cp '${tarball.file}' . && basename '${tarball.file}' ;;
	*) PATH="\${PATH#*:}" && export PATH && exec npm "$@" ;;
esac
`;
	const file = path.join(binFolder, 'npm');
	await writeFile(file, script);
	await chmod(file, 0o755);
	return binFolder;
}

/** What a package calls itself. */
export async function nameAndVersion(
	packageFolder: string,
): Promise<{ name: string; version: string }> {
	const manifest = await readFile(path.join(packageFolder, 'package.json'), 'utf8');
	const { name, version } = JSON.parse(manifest) as { name: string; version: string };
	return { name, version };
}
