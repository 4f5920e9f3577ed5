/** Sounds and results from addresses that are slow, drip, or that n8n refuses. */
import http from 'node:http';
import { readFileSync } from 'node:fs';
import { batchOf, begin, settle } from '../../support/attacks';
import { clockForTests } from '../../support/clock';
import { Deapi, expectGoodText } from '../../support/deapi';
import type { Storage } from '../../support/storage';
import { startStorage } from '../../support/storage';
import { fixture } from '../../support/workflows';

const clock = clockForTests();
const SONG = readFileSync(fixture('song.mp3'));
const CONTINUE = { onError: 'continueRegularOutput' as const };
const give: http.RequestListener = (_request, response) => void response.end(SONG);
const hang: http.RequestListener = () => undefined;
/** Items with these URLs. */
const from = (urls: string[]) =>
	urls.map((url, index) => ({ json: { url, prompt: `song ${index}` } }));
const BY_URL = { audioSource: 'url', audioUrl: '={{ $json.url }}' };

/** Resolves when a server has no connection any more; the test's time limit is the only other end. */
async function untilClosed(storage: Storage): Promise<void> {
	while ((await storage.connections()) > 0) await settle(10);
}

test('a slow host holds up neither the files of others nor another execution', async () => {
	const deapi = await Deapi.open();
	const slow = await startStorage(hang);
	const fast = await startStorage(give);
	const urls = [
		...Array<string>(20).fill(`${slow.url}/a.mp3`),
		...Array<string>(6).fill(`${fast.url}/b.mp3`),
	];
	const execution = begin(deapi, batchOf(from(urls), BY_URL, CONTINUE));
	await deapi.fake.waitFor(() => deapi.requestIds.length === 6);
	expect(slow.requests).toHaveLength(3);
	const other = await deapi.runSaved(
		batchOf(from([`${fast.url}/c.mp3`, `${fast.url}/d.mp3`]), BY_URL),
	);
	expect(other.items).toHaveLength(2);
	// The gate ends with its execution: it is no module's.
	const second = begin(deapi, batchOf(from([`${slow.url}/e.mp3`]), BY_URL, CONTINUE));
	await deapi.fake.waitFor(() => slow.requests.length === 4);
	execution.cancel();
	second.cancel();
	await Promise.all([execution.result, second.result]);
	expect(deapi.requestIds).toHaveLength(8);
});

test('a host that drips is given up when the whole time is over', async () => {
	clock.leap();
	const deapi = await Deapi.open();
	const dripping = await startStorage((_request, response) => {
		response.writeHead(200, { 'Content-Length': SONG.length });
		// Once in fifty seconds of the package's time: after sixty the host would be taken as gone.
		const drip = () => {
			response.write('x');
			callOff = clock.after(50_000, drip);
		};
		let callOff = clock.after(50_000, drip);
		response.on('close', () => callOff());
	});
	const { stop } = await deapi.runSaved(batchOf(from([`${dripping.url}/a.mp3`]), BY_URL));
	expect(stop.message).toMatch(/'Audio URL' could not be fetched: it took longer than 5 minutes/);
	expect(stop.data.submitted).toBe('no');
	await untilClosed(dripping);
	expectGoodText(stop.description);
});
