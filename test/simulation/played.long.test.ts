/**
 * That the simulation plays what it is said to play: each of these comes to the end that is meant, so that the
 * promises are held against something.
 *
 * @jest-environment node
 */
import { execution, scenario, SONG } from './scenario/plain';
import type { ExecutionPlan, JobPlan, Scenario, ServicePlan } from './scenario/scenario';
import { reportOf } from './trial';
import type { Verdict } from './run/simulate';
import { simulate } from './run/simulate';

async function played(plan: Scenario): Promise<Verdict> {
	const verdict = await simulate(plan);
	expect(verdict.breaches.length === 0 ? '' : reportOf(0, plan, verdict)).toBe('');
	return verdict;
}

/** One film, waited for, with a picture for each clip. */
async function film(
	changes: Partial<ExecutionPlan>,
	service: Partial<ServicePlan> = {},
	world: Partial<Scenario> = {},
): Promise<Verdict> {
	const made = { film: 2, pictures: true, waits: true, downloads: true, timeout: 300, ...changes };
	return await played({ ...scenario([execution(made)], service), ...world });
}

/** Jobs of which one ends in its own way. */
function jobs(at: number, end: JobPlan['end']): JobPlan[] {
	const done: JobPlan = { end: 'done', takes: 1000, refunded: false };
	return Array.from({ length: at + 1 }, (_, index) => (index === at ? { ...done, end } : done));
}

const GIVE = { does: 'give', after: 10, variant: 0, makesJob: false } as const;
const OTHER = { ...GIVE, does: 'other' } as const;
const RETRY = { maxTries: 3, wait: 100 };

test('a film whose clips begin with pictures of their own', async () => {
	const { facts, story } = await film({ film: 3 });
	expect(facts).toMatchObject({ jobs: 6, pictured: 3, films: 1 });
	expect(story.join('\n')).toContain('submit of 0/0/3/picture came');
});

test('a picture that fails and is made again, and a clip, each once', async () => {
	const { facts } = await film({ retry: RETRY }, { jobs: jobs(1, 'failed') });
	expect(facts).toMatchObject({ jobs: 5, pictured: 3, films: 1 });
});

test("a picture that fails for good: 'Existing Clips' has it made again, and its clip", async () => {
	const { facts } = await film({ usesExisting: true }, { jobs: jobs(1, 'failedForGood') });
	expect(facts).toMatchObject({ jobs: 5, pictured: 3, films: 1, repeats: 1 });
});

test('a film that is cut by its beat', async () => {
	const { facts } = await film({ film: 5, pictures: false });
	expect(facts).toMatchObject({ jobs: 5, films: 1 });
});

test('an edited scene: its clip and its picture are made anew, and nothing else is', async () => {
	const plan = { retriesFromStore: 1, edits: true };
	const { facts } = await film(plan, { jobs: jobs(3, 'failedForGood') });
	expect(facts).toMatchObject({ jobs: 6, pictured: 3, edited: 2, films: 1 });
});

test('another sound at the address: clips are made anew, pictures are not', async () => {
	const plan = { fromUrl: true, retry: RETRY };
	const sounds = [GIVE, OTHER];
	const { facts } = await film(plan, { sounds, jobs: jobs(3, 'failed') });
	expect(facts).toMatchObject({ jobs: 6, pictured: 2, changed: 1, films: 1 });
});

test('a file that becomes another one while it is cut: what was sent is named, and the film is of the new one', async () => {
	const plan = { items: [{ ...SONG, file: 'changes' as const }], pictures: false, retry: RETRY };
	const { facts, story } = await film(plan, {}, { onDisk: true });
	expect(facts).toMatchObject({ changed: 1, films: 1 });
	expect(story.join('\n')).not.toContain('failed:');
});

test('a clip of another length: the film is not done', async () => {
	const { facts, story } = await film({ pictures: false }, { jobs: jobs(1, 'offLength') });
	expect(facts).toMatchObject({ jobs: 2, films: 0 });
	expect(story.join('\n')).toContain('Clip 2');
});

test("the price that has risen after a failure: 'Max Price' keeps the second try from being sent", async () => {
	const plan = scenario([execution({ waits: true, timeout: 300, maxPrice: 0.3, retry: RETRY })], {
		jobs: jobs(0, 'failed'),
	});
	const accounts = plan.accounts.map((account) => ({ ...account, rises: true }));
	const { facts, story } = await played({ ...plan, accounts });
	expect(facts.jobs).toBe(1);
	expect(story.join('\n')).toContain('would cost 0.3 USD');
});

test('a video that is half there: it is fetched once more', async () => {
	const HALF = { ...GIVE, does: 'half' } as const;
	const plan = execution({ waits: true, downloads: true });
	const { story } = await played(scenario([plan], { downloads: [HALF] }));
	expect(story.join('\n')).toContain('execution 0 ended: done');
	const broken = await played(scenario([plan], { downloads: Array(9).fill(HALF) as never }));
	expect(broken.story.join('\n')).toContain('could not be fetched');
});

test('a page of the network in front of the service', async () => {
	const BLOCKED = { does: 'block', after: 10, variant: 1, makesJob: false } as const;
	const plan = execution({ film: 2, pictures: true });
	const { facts } = await played(scenario([plan], { models: Array(9).fill(BLOCKED) as never }));
	expect(facts.jobs).toBe(0);
});
