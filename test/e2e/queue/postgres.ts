import { existsSync } from 'node:fs';
import { chown, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Child, run } from '../machine/child';
import { freePort } from '../machine/ports';
import { atTheEnd, temporaryFolder } from '../machine/teardown';
import { Unavailable } from '../machine/unavailable';

/** Where Linux distributions put the programs that are not meant for everybody's PATH. */
const DISTRIBUTION_FOLDER = '/usr/lib/postgresql';

const PROGRAMS = ['initdb', 'postgres', 'pg_isready'];

/** The account under which the system's PostgreSQL runs; it refuses to run as root. */
const ACCOUNT = 'postgres';

/** Starts a PostgreSQL of its own and gives n8n's environment for it. */
export async function startPostgres(logFile: string): Promise<NodeJS.ProcessEnv> {
	const binFolder = await findBinFolder();
	const folder = temporaryFolder('postgres');
	const asAccount = await becomeAccount(folder);
	const program = (name: string, args: string[]): [string, string[]] => {
		const [command = '', ...rest] = [...asAccount, path.join(binFolder, name), ...args];
		return [command, rest];
	};
	const data = path.join(folder, 'data');
	const initdb = program('initdb', [
		'-D',
		data,
		'-U',
		'n8n',
		'--auth=trust',
		'--no-sync',
		'-E',
		'UTF8',
	]);
	await run(...initdb, { cwd: folder, logFile });

	const port = await freePort();
	const server = new Child(
		...program('postgres', [
			...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''],
			// What does not outlive the run need not survive a power cut.
			...['-c', 'fsync=off', '-c', 'max_connections=200'],
		]),
		{ cwd: folder, logFile },
	);
	atTheEnd(async () => await server.stop());
	await untilReady(server, program('pg_isready', ['-h', '127.0.0.1', '-p', String(port)]), logFile);
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'n8n',
	};
}

async function untilReady(
	server: Child,
	[command, args]: [string, string[]],
	logFile: string,
): Promise<void> {
	for (;;) {
		if (!server.running) throw new Error(`PostgreSQL ended:\n${await server.logTail()}`);
		if ((await new Child(command, args, { logFile }).exited) === 0) return;
		await wait(200);
	}
}

async function findBinFolder(): Promise<string> {
	const versions = existsSync(DISTRIBUTION_FOLDER) ? await readdir(DISTRIBUTION_FOLDER) : [];
	const folders = [
		...(process.env.PATH ?? '').split(path.delimiter),
		...versions
			.sort((a, b) => Number(b) - Number(a))
			.map((version) => path.join(DISTRIBUTION_FOLDER, version, 'bin')),
	];
	const found = folders.find((folder) =>
		PROGRAMS.every((program) => existsSync(path.join(folder, program))),
	);
	if (!found) {
		throw new Unavailable(`Queue mode needs PostgreSQL, with ${PROGRAMS.join(', ')}`);
	}
	return found;
}

/** As root, gives the folder to PostgreSQL's account and returns the command that becomes it. */
async function becomeAccount(folder: string): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n');
	const [, , uid, gid] = accounts.find((line) => line.startsWith(`${ACCOUNT}:`))?.split(':') ?? [];
	if (!uid || !gid) {
		throw new Unavailable(`PostgreSQL does not run as root, and there is no account '${ACCOUNT}'`);
	}
	await chown(folder, Number(uid), Number(gid));
	return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}
