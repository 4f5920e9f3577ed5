/**
 * The fake over https, and its end.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startFakeDeapi } from './index';
import { AUTH, closeLater, get, receiver, start, submitted } from './testing/plain-http';

describe('https', () => {
	function certificate(): { key: string; cert: string } {
		const folder = mkdtempSync(join(tmpdir(), 'fake-deapi-'));
		const at = (name: string) => join(folder, name);
		try {
			const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
			const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
			const files = ['-keyout', at('key.pem'), '-out', at('cert.pem')];
			execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, ...subject, ...files], {
				stdio: 'ignore',
			});
			return {
				key: readFileSync(at('key.pem'), 'utf8'),
				cert: readFileSync(at('cert.pem'), 'utf8'),
			};
		} finally {
			rmSync(folder, { recursive: true });
		}
	}

	it('serves the API and its links, and calls receivers whose authority it was given', async () => {
		const tls = certificate();
		const hook = https.createServer(tls, (request, response) => {
			request.resume().on('end', () => response.end());
		});
		hook.listen(0, '127.0.0.1');
		await once(hook, 'listening');
		closeLater(async (): Promise<unknown> => await once(hook.close(), 'close'));
		const url = `https://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
		const fake = await start({ tls });
		expect(fake.url).toMatch(/^https:/);
		expect(fake.resultUrl('x').startsWith(fake.url)).toBe(true);
		const request = https.get(`${fake.url}/api/v2/account/balance`, {
			ca: tls.cert,
			headers: AUTH,
			agent: false,
		});
		const [response] = (await once(request, 'response')) as [http.IncomingMessage];
		response.resume();
		expect(response.statusCode).toBe(200);
		expect((await fake.deliver({ url })).error).toContain('self-signed certificate');
		fake.settings.ca = tls.cert;
		expect(await fake.deliver({ url })).toMatchObject({ ok: true, error: null });
	});
});

describe('close', () => {
	it('ends slow answers, jobs, deliveries and waits', async () => {
		const silent = await receiver(() => null);
		const fake = await startFakeDeapi({
			requireHttpsWebhooks: false,
			accountWebhookUrl: silent.url,
		});
		await submitted(fake);
		await fake.waitFor(() => silent.calls.length > 0);
		fake.faults.add({ route: 'balance', fault: { type: 'slow', ms: 60_000 } });
		fake.faults.add({ route: 'models', fault: { type: 'hang' } });
		const ended = [
			expect(get(fake, '/api/v2/account/balance')).rejects.toThrow(),
			expect(get(fake, '/api/v2/models')).rejects.toThrow(),
			expect(fake.waitFor(() => false)).rejects.toThrow('closed'),
			expect(fake.deliver({ url: silent.url })).resolves.toMatchObject({ ok: false }),
		];
		await fake.waitFor(() => fake.requests.length === 3 && silent.calls.length >= 2);
		await fake.close();
		await Promise.all(ended);
		await fake.close();
		await expect(get(fake, '/api/v2/models')).rejects.toThrow();
	});

	it('ends a download that nobody reads', async () => {
		const fake = await startFakeDeapi({ resultFile: { size: 50_000_000 } });
		const requestId = await submitted(fake);
		fake.completeJob(requestId);
		const response = await get(fake, fake.resultUrl(requestId), {});
		await fake.close();
		await expect(response.arrayBuffer()).rejects.toThrow();
		expect(fake.requests.every((request) => request.endedAt !== null)).toBe(true);
	});

	it('is not needed for a wait to end', async () => {
		const fake = await start();
		await expect(fake.waitFor(() => false, 20)).rejects.toThrow('Not true after 20 ms');
	});
});
