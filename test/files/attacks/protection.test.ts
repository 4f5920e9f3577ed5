/**
 * Addresses that n8n's protection against requests to internal ones (SSRF) refuses: n8n's helper does it,
 * wherever a sound or a result lies.
 *
 * @jest-environment node
 */
import { Container } from '@n8n/di';
import { batchOf, prompts } from '../../support/attacks';
import { Deapi, expectGoodText } from '../../support/deapi';
import { clockForTests } from '../../support/clock';
import { useBinaryMode } from '../../support/engine';

const clock = clockForTests();
beforeEach(() => clock.leap());

/** The fake service alone stays allowed. */
const PROTECTED = {
	N8N_SSRF_PROTECTION_ENABLED: 'true',
	N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.1/32',
};

/** n8n reads its settings once for a process, with the first request: it has to forget them. */
async function readSettingsAgain(): Promise<void> {
	Container.reset();
	await useBinaryMode();
}

beforeAll(async () => {
	Object.assign(process.env, PROTECTED);
	await readSettingsAgain();
});
afterAll(async () => {
	for (const name of Object.keys(PROTECTED)) Reflect.deleteProperty(process.env, name);
	await readSettingsAgain();
});

const INTERNAL = 'http://127.0.0.2:9/secret';

test('a sound is refused by its label, and nothing is sent', async () => {
	const deapi = await Deapi.open();
	const parameters = { audioSource: 'url', audioUrl: `${INTERNAL}.mp3` };
	const { stop } = await deapi.run([{}], parameters);
	expect(stop.message).toMatch(
		/^'Audio URL' could not be fetched: The request was blocked because it resolves to a restricted IP/,
	);
	expect(stop.description).toContain('its rules must allow it');
	expect(stop.data.submitted).toBe('no');
	expect(deapi.submits).toEqual([]);
	expectGoodText(stop.message);
	expectGoodText(stop.description);
});

test('a result is refused at once, and its job is named', async () => {
	const deapi = await Deapi.open();
	const data = { status: 'done', result_url: `${INTERNAL}.mp4` };
	deapi.fake.faults.add({ route: 'status', times: 9, fault: { type: 'overwrite', data } });
	const waiting = { waitForCompletion: true, options: { pollInterval: 0.02 } };
	const { stop } = await deapi.runSaved(batchOf(prompts(1), waiting));
	expect(stop.message).toMatch(/could not be fetched: The request was blocked/);
	expect(stop.message).toContain(deapi.requestIds[0]);
	expectGoodText(stop.message);
});

test('a redirect of a sound to there is refused as well', async () => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'result', fault: { type: 'redirect', location: INTERNAL } });
	const audioUrl = deapi.fake.resultUrl(await deapi.submitSong());
	const { stop } = await deapi.run([{}], { audioSource: 'url', audioUrl });
	expect(stop.message).toMatch(/'Audio URL' could not be fetched: The request was blocked/);
	expect(deapi.submits).toHaveLength(1);
});
