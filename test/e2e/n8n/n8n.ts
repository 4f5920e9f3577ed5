import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cache } from '../machine/cache';
import { Child } from '../machine/child';
import { freePort } from '../machine/ports';
import { atTheEnd } from '../machine/teardown';

interface N8nOptions {
	cache: Cache;
	/** Where n8n keeps everything: settings, database, files, community packages. */
	userFolder: string;
	port: number;
	logFile: string;
	/** The address under which the world calls this n8n's webhooks. */
	publicUrl?: string;
	/** A folder for the front of n8n's PATH. */
	binFolder?: string;
	/** Which of n8n's processes this is: the last two are for queue mode. */
	role?: 'start' | 'webhook' | 'worker';
	env?: NodeJS.ProcessEnv;
	/** How long to wait for n8n to be ready, in milliseconds. */
	timeout?: number;
}

/** n8n, as a program that can be started, stopped and started again on the same port and folder. */
export class N8n {
	readonly url: string;

	private child: Child | undefined;

	constructor(private readonly options: N8nOptions) {
		this.url = `http://127.0.0.1:${options.port}`;
		atTheEnd(async () => await this.stop());
	}

	/**
	 * Starts n8n and waits until it answers.
	 *
	 * @param settings variables of its environment, for this start only
	 */
	async start(settings: NodeJS.ProcessEnv = {}): Promise<void> {
		const { cache, logFile, role = 'start' } = this.options;
		const env = {
			...this.environment(),
			...settings,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		};
		this.child = new Child(cache.node, [cache.n8n, role], { env, logFile });
		await this.untilReady(this.child);
	}

	/** Asks n8n to shut down, waits for running executions as n8n does, then ends it by force. */
	async stop(): Promise<void> {
		await this.child?.stop();
		this.child = undefined;
	}

	/** Ends n8n at once, as a power cut would. */
	async kill(): Promise<void> {
		await this.child?.stop(0);
		this.child = undefined;
	}

	/** Stops n8n and starts it again; `settings` as for `start`. */
	async restart(settings?: NodeJS.ProcessEnv): Promise<void> {
		await this.stop();
		await this.start(settings);
	}

	/** The memory that n8n's process holds just now, in MiB. */
	async residentMiB(): Promise<number> {
		const pid = this.child?.pid;
		if (pid === undefined) throw new Error('n8n does not run');
		const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
		const kilobytes =
			status === undefined
				? (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout
				: (/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? '');
		return Number(kilobytes) / 1024;
	}

	private environment(): NodeJS.ProcessEnv {
		const { binFolder, cache, env, port, publicUrl, role, userFolder } = this.options;
		const searchPath = [binFolder, path.dirname(cache.node), process.env.PATH];
		return {
			PATH: searchPath.filter(Boolean).join(path.delimiter),
			// As in n8n's own image.
			NODE_ENV: 'production',
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_SECURE_COOKIE: 'false',
			...(publicUrl ? { WEBHOOK_URL: publicUrl } : {}),
			...(role === 'worker'
				? { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(port) }
				: {}),
			...env,
		};
	}

	private async untilReady(child: Child): Promise<void> {
		const deadline = Date.now() + (this.options.timeout ?? 180_000);
		while (!(await this.isReady())) {
			if (!child.running || Date.now() > deadline) {
				const what = child.running ? 'is not ready in time' : 'ended while starting';
				throw new Error(`n8n ${what}. Its last words:\n${await child.logTail()}`);
			}
			await wait(250);
		}
	}

	/** `/healthz` answers early; `/healthz/readiness` waits for the database, the settings for the rest. */
	private async isReady(): Promise<boolean> {
		const isMain = (this.options.role ?? 'start') === 'start';
		const pages = ['/healthz', '/healthz/readiness', ...(isMain ? ['/rest/settings'] : [])];
		try {
			for (const page of pages) {
				const answer = await fetch(this.url + page);
				const type = answer.headers.get('content-type') ?? '';
				await answer.text();
				if (!answer.ok || !type.includes('json')) return false;
			}
			return true;
		} catch {
			return false;
		}
	}
}
