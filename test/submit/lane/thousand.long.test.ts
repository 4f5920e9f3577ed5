/** A thousand items in the account's lane, through n8n's engine. */
import { startFakeDeapi } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import { runWorkflow } from '../../support/engine';
import {
	activeResources,
	expectNothingLeft,
	expectNothingLostNothingTwice,
} from '../../support/invariants';
import { deapiWorkflow, file } from '../../support/workflows';

const clock = clockForTests();

test('1,000 items at 300 a minute: all get through, in order, none twice', async () => {
	clock.leap();
	const fake = await startFakeDeapi({ balance: 1_000 });
	// By count instead of by the clock: a slow machine would never reach the limit.
	for (const after of [300, 601, 902]) {
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 60 } as const;
		fake.faults.add({ route: 'submit', after, fault });
	}
	const songs = Array.from({ length: 1000 }, () => ({ files: { data: file('ogg-vorbis.ogg') } }));
	const workflow = deapiWorkflow(
		songs,
		{ prompt: '=item {{ $itemIndex }}' },
		{ onError: 'continueRegularOutput' },
	);
	const before = activeResources();
	const credentials = { apiKey: 'test-key', baseUrl: fake.url };
	const run = await runWorkflow(workflow, { credentials });
	const outcome = expectNothingLostNothingTwice(run, fake, 1000);
	expect(outcome.submitted.size).toBe(1000);
	const refused = fake.requests.filter(({ route, status }) => route === 'submit' && status === 429);
	expect(refused).toHaveLength(3);
	await expectNothingLeft(before);
	await fake.close();
}, 120_000);
