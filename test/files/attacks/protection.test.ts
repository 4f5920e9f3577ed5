/**
 * Addresses that n8n's protection against requests to internal ones (SSRF) refuses: n8n's helper does it,
 * wherever a sound or a result lies.
 *
 * @jest-environment node
 */
import { batchOf, prompts } from '../../support/attacks';
import { Deapi, expectGoodText } from '../../support/deapi';
import { clockForTests } from '../../support/clock';

const clock = clockForTests();
beforeEach(() => clock.leap());

// n8n reads these with the first request; the fake service alone stays allowed.
process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';
process.env.N8N_SSRF_ALLOWED_IP_RANGES = '127.0.0.1/32';

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
