/** Connections that break under an upload: what may be said of it, and that it is not sent again. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeAfterTest, Deapi, expectGoodText } from '../../support/deapi';
import { BROKEN_HANDSHAKE } from '../../support/engine-versions';

const IGNORE_CERTIFICATE = { requestOptions: { allowUnauthorizedCerts: true } };

/** A certificate for loopback that no authority has signed. */
function selfSigned(): { key: string; cert: string } {
	const folder = mkdtempSync(path.join(tmpdir(), 'tls-'));
	const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
	const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-x509'];
	const names = ['-days', '1', '-subj', '/CN=localhost', '-keyout', key, '-out', cert];
	execFileSync('openssl', ['req', ...kind, ...names], { stdio: 'ignore' });
	const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	rmSync(folder, { recursive: true });
	return pair;
}

/** A server on loopback that ends with the test; `met` holds its connections. */
async function listen(onConnection: (socket: Socket) => void) {
	const met: Socket[] = [];
	const server = createServer((socket) => {
		met.push(socket);
		socket.on('error', () => undefined);
		onConnection(socket);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closeAfterTest(async () => {
		const closed = once(server, 'close');
		server.close();
		for (const socket of met) socket.destroy();
		await closed;
	});
	return { port: (server.address() as AddressInfo).port, met };
}

const PLAIN_TEXT = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
const GARBAGE = Buffer.alloc(500, 0xa5);
/** A record of application data that no key has made. */
const BAD_RECORD = Buffer.concat([Buffer.from([0x17, 3, 3, 0, 64]), Buffer.alloc(64, 7)]);
/** The alert with which a server ends a handshake. */
const HANDSHAKE_FAILURE = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
/** An alert about a certificate. */
const CERTIFICATE_ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 42]);

describe('https that breaks after the upload: the outcome is unknown, and it is not sent again', () => {
	const tls = selfSigned();

	test.each([
		['plain text', (socket: Socket) => void socket.write(PLAIN_TEXT)],
		['garbage', (socket: Socket) => void socket.write(GARBAGE)],
		['a bad record', (socket: Socket) => void socket.write(BAD_RECORD)],
		['an alert of the handshake', (socket: Socket) => void socket.write(HANDSHAKE_FAILURE)],
		['an alert about a certificate', (socket: Socket) => void socket.write(CERTIFICATE_ALERT)],
		['a reset', (socket: Socket) => void socket.resetAndDestroy()],
		['an end', (socket: Socket) => void socket.end()],
	])('%s', async (_name, breakOff) => {
		const deapi = await Deapi.open({ tls });
		deapi.fake.faults.add({ route: 'submit', times: 5, fault: { type: 'hang' } });
		const { port, met } = await listen((client) => {
			const target = connect(deapi.fake.port, '127.0.0.1');
			target.on('error', () => undefined);
			client.pipe(target).pipe(client);
			client.on('close', () => target.destroy());
		});
		const running = deapi.run(
			undefined,
			IGNORE_CERTIFICATE,
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 10 },
			{ credentials: deapi.credentials({ baseUrl: `https://127.0.0.1:${port}` }) },
		);
		await deapi.fake.waitFor(() => deapi.submits.some(({ bodyComplete }) => bodyComplete));
		for (const socket of met) if (!socket.destroyed) breakOff(socket);
		const { stop } = await running;
		expect(stop.data.submitted).toBe('unknown');
		expect(stop.message).toMatch(/may exist and may have been charged/);
		expect(stop.description).not.toMatch(/Nothing was s/);
		expectGoodText(stop.message);
		expect(deapi.submits).toHaveLength(1);
	});

	test('the same in the middle of the upload', async () => {
		const deapi = await Deapi.open({ tls });
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'stallBody', afterBytes: 5000 } });
		const { port, met } = await listen((client) => {
			const target = connect(deapi.fake.port, '127.0.0.1');
			target.on('error', () => undefined);
			client.pipe(target).pipe(client);
			client.on('close', () => target.destroy());
		});
		const running = deapi.run(
			undefined,
			IGNORE_CERTIFICATE,
			{},
			{
				credentials: deapi.credentials({ baseUrl: `https://127.0.0.1:${port}` }),
			},
		);
		await deapi.fake.waitFor(() => deapi.submits.length > 0);
		for (const socket of met) if (!socket.destroyed) socket.write(GARBAGE);
		const { stop } = await running;
		expect(stop.data.submitted).toBe('unknown');
		expect(deapi.submits).toHaveLength(1);
	});
});

describe('https that breaks before any byte of the request: nothing was submitted', () => {
	test.each([
		['plain text', (socket: Socket) => void socket.end(PLAIN_TEXT)],
		['garbage', (socket: Socket) => void socket.end(GARBAGE)],
		['an alert of the handshake', (socket: Socket) => void socket.end(HANDSHAKE_FAILURE)],
		['a reset', (socket: Socket) => void socket.resetAndDestroy()],
		['an end', (socket: Socket) => void socket.end()],
	])('%s', async (_name, answer) => {
		const deapi = await Deapi.open();
		const { port } = await listen((socket) => socket.once('data', () => answer(socket)));
		const { stop } = await deapi.run(
			undefined,
			{},
			{},
			{
				credentials: deapi.credentials({ baseUrl: `https://127.0.0.1:${port}` }),
			},
		);
		expect(stop.data.submitted).toBe(BROKEN_HANDSHAKE);
		const says = { no: /Nothing was submitted for this item/, unknown: /It was not sent again/ };
		expect(stop.description).toMatch(says[BROKEN_HANDSHAKE]);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test('an untrusted certificate', async () => {
		const deapi = await Deapi.open({ tls: selfSigned() });
		const { stop } = await deapi.run();
		expect(stop.data.submitted).toBe('no');
		expect(deapi.submits).toEqual([]);
	});
});
