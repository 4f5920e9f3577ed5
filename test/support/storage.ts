/** Storage servers that do what the fake deAPI's does not: they stall, pack, lie and lead elsewhere. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeAfterTest } from './deapi';

export interface Storage {
	url: string;
	requests: http.IncomingMessage[];
	/** Connections that are open. */
	connections(): Promise<number>;
}

/** Starts a server that ends with the test. */
export async function startStorage(answer: http.RequestListener): Promise<Storage> {
	const requests: http.IncomingMessage[] = [];
	const server = http.createServer((request, response) => {
		requests.push(request);
		answer(request, response);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closeAfterTest(async () => {
		const closed = once(server, 'close');
		server.close();
		server.closeAllConnections();
		await closed;
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		connections: async () =>
			await new Promise((resolve, reject) => {
				server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
			}),
	};
}
