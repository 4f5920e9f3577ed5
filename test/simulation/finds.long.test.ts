/**
 * What the simulation has found, each as the shortest scenario that showed it.
 *
 * @jest-environment node
 */
import { execution, scenario, SONG } from './scenario/plain';
import type { ItemPlan, Scenario } from './scenario/scenario';
import { reportOf } from './trial';
import { simulate } from './run/simulate';

async function expectKept(played: Scenario): Promise<string> {
	const verdict = await simulate(played);
	const report = reportOf(0, played, verdict);
	expect(verdict.breaches.length === 0 ? '' : report).toBe('');
	return verdict.story.join('\n');
}

it('ends a canceled execution at once, though it waits for the list of models that another one reads', async () => {
	const waiting = { does: 'hang', after: 0, variant: 0, makesJob: false } as const;
	const canceled = execution({
		startsAt: 100,
		ending: { how: 'stop', atEvent: 1, after: 1000 },
	});
	await expectKept(scenario([execution({}), canceled], { models: [waiting] }));
});

it('names the job of an earlier try when the next one ends for another reason', async () => {
	const plan = execution({
		onError: 'continueRegularOutput',
		retry: { maxTries: 2, wait: 100 },
		waits: true,
		timeout: 20,
	});
	const story = await expectKept(
		scenario([plan], {
			jobs: [
				{ end: 'failed', takes: 1000, refunded: false },
				{ end: 'never', takes: 1000, refunded: false },
			],
		}),
	);
	expect(story).toContain('was not ready within 20 seconds');
});

it('leaves no waiting pass behind where n8n tries again after a cancel', async () => {
	const broken: ItemPlan = { ...SONG, flaw: 'expression' };
	// A file that is read would end it before it waits for the others.
	const canceled = execution({
		operation: 'music',
		items: [SONG, broken],
		retry: { maxTries: 4, wait: 7 },
		ending: { how: 'stop', atEvent: 1, after: 14 },
	});
	await expectKept(scenario([canceled, execution({})], {}));
});

it('gives out the IDs of an item that waits for others when its execution is canceled', async () => {
	const well = { does: 'accept', after: 0, variant: 0, makesJob: false } as const;
	const slow = { ...well, after: 5000 };
	const cut = { ...well, does: 'cutAfterBody', after: 100 } as const;
	// The first clip opens the lane; then a clip of the other film ends the run while one is under way.
	const films = execution({
		items: [SONG, SONG],
		film: 2,
		ending: { how: 'stop', atEvent: 1, after: 3000 },
	});
	await expectKept(scenario([films], { submits: [well, slow, well, cut] }));
});

it('says of a film whose next try ends before its plan that it has jobs', async () => {
	const film = execution({
		film: 3,
		matchesSound: true,
		rateLimitRetries: 0,
		retry: { maxTries: 2, wait: 0 },
		retriesFromStore: 1,
	});
	const read = { does: 'answer' as const, after: 0, variant: 0, makesJob: false };
	const played = scenario([film], {
		models: [read, ...Array<typeof read>(3).fill({ ...read, after: 15_001 })],
	});
	const accounts = played.accounts.map((account) => ({ ...account, perMinute: 1 }));
	const story = await expectKept({ ...played, accounts });
	expect(story).toContain('failed: deAPI could not be reached');
});

const ACCEPT = { does: 'accept', after: 10, variant: 0, makesJob: true } as const;

it('gives out the answer of an item whose execution is canceled between two tries', async () => {
	const canceled = execution({
		operation: 'prompt',
		items: [SONG, SONG],
		retry: { maxTries: 3, wait: 3000 },
		ending: { how: 'stop', atEvent: 8, after: 1000 },
	});
	const submits = [ACCEPT, { ...ACCEPT, does: 'refuse' } as const];
	const story = await expectKept(scenario([canceled], { submits }));
	expect(story).toContain('execution 0 ended: canceled');
});

/** n8n ends the node itself at the last item, while the second one is uploaded. */
const OVERTAKEN = execution({
	items: [SONG, SONG, { ...SONG, flaw: 'proxy' }],
	batching: { size: 1, interval: 1000 },
});

it('sends nothing again that was under way when n8n stored the execution', async () => {
	const story = await expectKept(
		scenario([{ ...OVERTAKEN, retriesFromStore: 1 }], {
			submits: [ACCEPT, { ...ACCEPT, after: 20_000 }],
		}),
	);
	expect(story).toContain('starts again, from what n8n stored');
});

it('says in the log what n8n’s own message about another item does not say', async () => {
	await expectKept(
		scenario([OVERTAKEN], { submits: [ACCEPT, { ...ACCEPT, does: 'cutAfterBody' }] }),
	);
});
