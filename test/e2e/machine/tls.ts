import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';
import { run } from './child';
import { atTheEnd } from './teardown';

export interface Certificate {
	key: string;
	/** Signed with its own key: whoever has to trust it takes it as its certificate authority. */
	cert: string;
}

/** Makes a certificate for this machine's loopback names, valid for a day. */
export async function makeCertificate(folder: string): Promise<Certificate> {
	const keyFile = path.join(folder, 'key.pem');
	const certFile = path.join(folder, 'cert.pem');
	await run(
		'openssl',
		[
			...['req', '-x509', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
			...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
			...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
			...['-keyout', keyFile, '-out', certFile],
		],
		{ logFile: path.join(folder, 'openssl.log') },
	);
	return { key: await readFile(keyFile, 'utf8'), cert: await readFile(certFile, 'utf8') };
}

/**
 * Puts TLS in front of a loopback port and gives the https address. It passes bytes, not requests, so
 * n8n sees every request as its caller sent it, and WebSockets need no care. While n8n is down, callers
 * see their connection end.
 */
export async function putTlsInFrontOf(
	targetPort: number,
	certificate: Certificate,
): Promise<string> {
	const open = new Set<Socket>();
	const server = createServer(certificate, (client) => {
		const target = connect(targetPort, '127.0.0.1');
		for (const socket of [client, target]) {
			open.add(socket);
			socket.on('close', () => {
				open.delete(socket);
				client.destroy();
				target.destroy();
			});
			// Each end learns of the other's failure by its close.
			socket.on('error', () => undefined);
		}
		client.pipe(target).pipe(client);
	});
	server.on('tlsClientError', () => undefined);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	atTheEnd(() => {
		server.close();
		for (const socket of open) socket.destroy();
	});
	return `https://localhost:${(server.address() as AddressInfo).port}`;
}
