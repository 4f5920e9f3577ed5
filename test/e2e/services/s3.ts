import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { prepareS3rver } from '../machine/cache';
import { Child } from '../machine/child';
import { freePort } from '../machine/ports';
import { atTheEnd } from '../machine/teardown';
import { orUnavailable } from '../machine/unavailable';

export interface S3Server {
	bucket: string;
	/** The data of an n8n credential of type `s3` that reaches this server. */
	credential: Record<string, string | boolean>;
	/** Keys of the objects in the bucket. */
	keys(): Promise<string[]>;
	/** An object's bytes, as the server stored them. */
	read(key: string): Promise<Buffer>;
}

/** Starts a server that speaks S3, with one bucket. */
export async function startS3(folder: string): Promise<S3Server> {
	const s3rver = await orUnavailable('s3rver cannot be installed', prepareS3rver);
	const bucket = 'videos';
	const dataFolder = path.join(folder, 's3');
	await mkdir(dataFolder, { recursive: true });
	const port = await freePort();
	const server = new Child(
		process.execPath,
		[
			s3rver,
			...['--directory', dataFolder, '--address', '127.0.0.1', '--port', String(port)],
			...['--configure-bucket', bucket],
		],
		{ logFile: path.join(folder, 's3rver.log') },
	);
	atTheEnd(async () => await server.stop());
	const endpoint = `http://127.0.0.1:${port}`;
	while (!(await answers(endpoint))) {
		if (!server.running) throw new Error(`s3rver ended:\n${await server.logTail()}`);
		await wait(100);
	}
	const bucketFolder = path.join(dataFolder, bucket);
	const suffix = '._S3rver_object';
	return {
		bucket,
		credential: {
			endpoint,
			region: 'us-east-1',
			// The one account that s3rver has.
			accessKeyId: 'S3RVER',
			secretAccessKey: 'S3RVER',
			forcePathStyle: true,
			ignoreSSLIssues: false,
		},
		async keys() {
			if (!existsSync(bucketFolder)) return [];
			const files = await readdir(bucketFolder, { recursive: true });
			return files
				.filter((file) => file.endsWith(suffix))
				.map((file) => file.slice(0, -suffix.length));
		},
		async read(key) {
			return await readFile(path.join(bucketFolder, key + suffix));
		},
	};
}

async function answers(url: string): Promise<boolean> {
	try {
		await (await fetch(url)).text();
		return true;
	} catch {
		return false;
	}
}
