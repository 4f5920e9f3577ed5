import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { atTheEnd } from '../machine/teardown';

/** Puts a file on a loopback web server, typed as little as servers often do, and gives its address. */
export async function serveFile(file: string): Promise<string> {
	const server = createServer((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/octet-stream' });
		createReadStream(file).pipe(response);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	atTheEnd(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path.basename(file)}`;
}
