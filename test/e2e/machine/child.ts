import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';

interface ChildOptions {
	cwd?: string;
	/** Added to the environment of this process; `undefined` takes a variable away. */
	env?: NodeJS.ProcessEnv;
	/** Where standard output and errors go, added to what is there. */
	logFile: string;
}

/** Runs TypeScript without a build. */
export const TSX = createRequire(__filename).resolve('tsx/cli');

const alive = new Set<Child>();

// The last resort, when this process ends without having torn down: no child outlives it.
process.on('exit', () => {
	for (const child of alive) child.signalGroup('SIGKILL');
});

/** A program in a process group of its own, so that what it starts in turn ends with it. */
export class Child {
	readonly exited: Promise<number>;

	private readonly process: ChildProcess;

	constructor(
		readonly command: string,
		args: string[],
		private readonly options: ChildOptions,
	) {
		const log = openSync(options.logFile, 'a');
		this.process = spawn(command, args, {
			cwd: options.cwd,
			env: { ...process.env, ...options.env },
			stdio: ['ignore', log, log],
			detached: true,
		});
		closeSync(log);
		alive.add(this);
		this.exited = new Promise((resolve, reject) => {
			this.process.once('error', reject);
			this.process.once('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
		});
		this.exited.then(
			() => this.forget(),
			() => this.forget(),
		);
	}

	get running(): boolean {
		return alive.has(this);
	}

	get pid(): number | undefined {
		return this.process.pid;
	}

	/** Asks the program to end, and after `timeout` milliseconds ends it and its descendants by force. */
	async stop(timeout = 20_000): Promise<void> {
		if (this.running) {
			this.process.kill('SIGTERM');
			const gaveUp = new AbortController();
			await Promise.race([
				this.exited.catch(() => undefined),
				wait(timeout, undefined, { signal: gaveUp.signal }).catch(() => undefined),
			]);
			gaveUp.abort();
		}
		this.signalGroup('SIGKILL');
		await this.exited.catch(() => undefined);
	}

	signalGroup(signal: NodeJS.Signals): void {
		if (this.process.pid === undefined) return;
		try {
			process.kill(-this.process.pid, signal);
		} catch {
			// The whole group is gone already.
		}
	}

	/** The end of the log, for a message that has to explain what went wrong. */
	async logTail(lines = 30): Promise<string> {
		const log = await readFile(this.options.logFile, 'utf8').catch(() => '');
		return log.trimEnd().split('\n').slice(-lines).join('\n');
	}

	private forget(): void {
		alive.delete(this);
	}
}

/** Runs a program to its end; what it printed last is in the message if it fails. */
export async function run(command: string, args: string[], options: ChildOptions): Promise<void> {
	const child = new Child(command, args, options);
	const code = await child.exited;
	if (code !== 0) {
		throw new Error(
			`${command} ${args.join(' ')} ended with ${code}. Its last words (${options.logFile}):\n${await child.logTail()}`,
		);
	}
}

/** Runs a program of this project, written in TypeScript, to its end. */
export async function runTsx(file: string, args: string[], options: ChildOptions): Promise<void> {
	await run(process.execPath, [TSX, file, ...args], options);
}
