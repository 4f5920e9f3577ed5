import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { atTheEnd } from '../machine/teardown';

/** Puts a file on a loopback web server, typed as little as servers often do, and gives its address. */
export async function serveFile(file: string): Promise<string> {
	const origin = await serve((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/octet-stream' });
		createReadStream(file).pipe(response);
	});
	return `${origin}/${path.basename(file)}`;
}

/** Puts what a function gives on a loopback web server, and gives its address. */
export async function serveBytes(content: () => Buffer): Promise<string> {
	const origin = await serve((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/octet-stream' });
		response.end(content());
	});
	return `${origin}/song.wav`;
}

/** Puts a page on a loopback web server that plays a film, and gives its address. */
export async function servePlayer(film: string): Promise<string> {
	return await serve(({ url }, response) => {
		if (url === '/film.mp4') {
			response.writeHead(200, { 'content-type': 'video/mp4' });
			createReadStream(film).pipe(response);
		} else {
			response.writeHead(200, { 'content-type': 'text/html' });
			response.end('<!doctype html><video src="/film.mp4"></video>');
		}
	});
}

async function serve(answer: RequestListener): Promise<string> {
	const server = createServer(answer).listen(0, '127.0.0.1');
	await once(server, 'listening');
	atTheEnd(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
