import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Child } from '../machine/child';
import { freePort } from '../machine/ports';
import { atTheEnd, temporaryFolder } from '../machine/teardown';
import { Unavailable } from '../machine/unavailable';

/** Starts a Redis of its own, which keeps everything in memory, and gives n8n's environment for it. */
export async function startRedis(logFile: string): Promise<NodeJS.ProcessEnv> {
	const folders = (process.env.PATH ?? '').split(path.delimiter);
	if (!folders.some((folder) => existsSync(path.join(folder, 'redis-server')))) {
		throw new Unavailable('Queue mode needs Redis, and there is no redis-server in PATH');
	}
	const port = await freePort();
	const folder = temporaryFolder('redis');
	const server = new Child(
		'redis-server',
		[
			...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
			...['--save', '', '--appendonly', 'no'],
		],
		{ logFile },
	);
	atTheEnd(async () => await server.stop());
	while (!(await accepts(port))) {
		if (!server.running) throw new Error(`Redis ended:\n${await server.logTail()}`);
		await wait(100);
	}
	return { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) };
}

async function accepts(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
