/** An S3 service inside the tests, with n8n's own S3 manager on it, and what can go wrong there. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { S3ByteStore } from '@n8n/blob-storage';
import { ObjectStoreConfig, ObjectStoreService } from '@n8n/blob-storage/object-store';
import { Container } from '@n8n/di';
import {
	BinaryDataBlobManager,
	BinaryDataConfig,
	BinaryDataService,
	ErrorReporter,
} from 'n8n-core';
import { closeAfterTest } from './deapi';
import { useBinaryMode } from './engine';

const BUCKET = 'files';

/** A request to the service. */
export interface S3Request {
	method: string;
	/** The object's key. */
	key: string;
	/** How often this object was asked for in this way, this time included. */
	count: number;
	/** The object's bytes, where it is there. */
	content: Buffer | undefined;
}

/** Answers a request in another way; false leaves it to the service. */
export type S3Fault = (request: S3Request, response: http.ServerResponse) => boolean;

/** What S3 sends when something of its own went wrong. */
export function internalError(response: http.ServerResponse): boolean {
	response.writeHead(500, { 'Content-Type': 'application/xml' });
	response.end(
		'<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We encountered an internal error: secret-bucket-detail</Message></Error>',
	);
	return true;
}

export class S3 {
	readonly requests: S3Request[] = [];

	fault: S3Fault = () => false;

	/** How long each answer takes to begin, in milliseconds. */
	delayMs = 0;

	private readonly objects = new Map<
		string,
		{ content: Buffer; headers: http.OutgoingHttpHeaders }
	>();

	/** Starts the service, and has n8n keep its files there until the test is over. */
	static async open(): Promise<S3> {
		const s3 = new S3();
		const server = http.createServer((request, response) => void s3.answer(request, response));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		closeAfterTest(async () => {
			await useBinaryMode();
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
		});
		await useS3(`127.0.0.1:${(server.address() as AddressInfo).port}`);
		return s3;
	}

	/** Keys of what is stored. */
	get keys(): string[] {
		return [...this.objects.keys()];
	}

	/** Deletes what is stored, as n8n's pruning does. */
	prune(): void {
		this.objects.clear();
	}

	private async answer(
		request: http.IncomingMessage,
		response: http.ServerResponse,
	): Promise<void> {
		const parts: Buffer[] = [];
		for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
		const { method = '', url = '' } = request;
		const key = decodeURIComponent(new URL(url, 'http://s3').pathname.slice(BUCKET.length + 2));
		const count =
			1 + this.requests.filter((each) => each.method === method && each.key === key).length;
		const stored = this.objects.get(key);
		const seen: S3Request = { method, key, count, content: stored?.content };
		this.requests.push(seen);
		if (this.delayMs > 0) await wait(this.delayMs);
		if (this.fault(seen, response)) return;
		if (method === 'PUT') {
			const content = Buffer.concat(parts);
			const { 'content-type': type, 'x-amz-meta-filename': name } = request.headers;
			const headers = { 'Content-Type': type, 'x-amz-meta-filename': name };
			this.objects.set(key, {
				content,
				headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value)),
			});
			response.writeHead(200, { ETag: '"1"' }).end();
			return;
		}
		if (key === '') {
			response.writeHead(200).end();
			return;
		}
		if (stored === undefined) {
			response.writeHead(404, { 'Content-Type': 'application/xml' });
			const body =
				'<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';
			response.end(method === 'HEAD' ? undefined : body);
			return;
		}
		response.writeHead(200, { ...stored.headers, 'Content-Length': stored.content.length });
		response.end(method === 'HEAD' ? undefined : stored.content);
	}
}

async function useS3(host: string): Promise<void> {
	const config = new ObjectStoreConfig();
	Object.assign(config, {
		host,
		protocol: 'http',
		bucket: { name: BUCKET, region: 'us-east-1' },
		credentials: { accessKey: 'key', accessSecret: 'secret', authAutoDetect: false },
		// The SDK asks again, as in n8n; each further time it would wait for longer.
		maxAttempts: 2,
	});
	const logger = { info: () => {}, debug: () => {}, error: () => {}, warn: () => {} };
	const store = Reflect.construct(ObjectStoreService, [logger, config]) as ObjectStoreService;
	await store.init();
	const files = Container.get(BinaryDataService);
	files.setManager(
		's3',
		new BinaryDataBlobManager(new S3ByteStore(store), Container.get(ErrorReporter)),
	);
	Container.get(BinaryDataConfig).mode = 's3';
	await files.init();
}
