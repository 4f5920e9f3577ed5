/** Plays one scenario from beginning to end, and judges it. */
import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { useClock } from '../../../nodes/Deapi/basics/clock';
import { createMachine } from '../../../nodes/Deapi/sound/encode/aac/machine';
import { judge } from '../invariants/judge';
import { watchForLeaks } from '../invariants/leaks';
import { statementsOf, stopOf } from '../invariants/words';
import type { Scenario } from '../scenario/scenario';
import type { Breach, RequestRecord } from '../service/records';
import { readOwner } from '../service/records';
import { Service } from '../service/service';
import { Story } from '../story';
import { SimulatedLog } from '../world/log';
import { installNetwork, uninstallNetwork } from '../world/sockets';
import { SimulatedStorage } from '../world/storage';
import { SimulatedTime } from '../world/time';
import { ByItem } from './credentials';
import { changedFiles, Execution, prunedFiles } from './execution';
import { TriggeredWorkflow } from './trigger';
import { execution, scenario } from '../scenario/plain';
import type { Attempt } from './execution';
import { prepareClips } from './clips';

const DAY_MS = 24 * 60 * 60 * 1000;

/** No scenario lasts longer. */
const LONGEST_MS = 3 * DAY_MS;

/**
 * What was open when an execution ended is closed after so long: the slowest answer takes 40 seconds, and
 * then the last slice of a wait may still run.
 */
const GRACE_MS = 45_000;

/** After so many events of the network files change: a film's clips are on their way then. */
const CHANGED_AT = 9;

/** The deadline of a submit, and a little. */
const LONGEST_UPLOAD_MS = 620_000;

const isOpenUpload = ({ kind, endedAt }: RequestRecord) =>
	kind === 'submit' && endedAt === undefined;

/** All that is known when a scenario is over. */
export interface Played {
	scenario: Scenario;
	service: Service;
	executions: Execution[];
	trigger: TriggeredWorkflow | undefined;
	log: SimulatedLog;
	storage: SimulatedStorage;
	time: SimulatedTime;
	/** Whether the process died in the middle. */
	hasCrashed: boolean;
	/** When the last execution had ended. */
	endedAt: number;
	/** How the wait for the end went. */
	outcome: 'happened' | 'silence' | 'late';
}

export interface Verdict {
	breaches: Breach[];
	story: string[];
	/** Requests that the scenario led to. */
	requests: number;
	/** How much of what there was. */
	facts: Facts;
}

export interface Facts {
	submits: number;
	jobs: number;
	/** Runs of n8n's engine. */
	attempts: number;
	/** Films that were joined. */
	films: number;
	/** Jobs for the pictures of clips. */
	pictured: number;
	/** Jobs of an item that was edited after it had others. */
	edited: number;
	/** Items whose sound at a URL was another one later, or whose file was. */
	changed: number;
	/** Runs with 'Existing Clips'. */
	repeats: number;
	/** Calls of the trigger, and the executions that they started. */
	calls: number;
	started: number;
}

let played = 0;

/** Each scenario has days and keys of its own: the package remembers accounts for a day. */
function beginning(scenario: Scenario): number {
	return Date.UTC(2027, 0, 1) + 4 * DAY_MS * played + scenario.timeOfDay * 1000;
}

/** The first run of the engine loads what later ones share, and starts n8n's own timers. */
const WARM_UP: Scenario = {
	...scenario([execution({ waits: true, downloads: true })], {}),
	onDisk: true,
};

/** Plays a scenario; what it says depends on the scenario only. */
export async function simulate(scenario: Scenario): Promise<Verdict> {
	if (played === 0) {
		await prepareClips();
		// Unpacking it takes real time, of which the simulated one knows nothing.
		await createMachine();
		await play(WARM_UP);
	}
	return await play(scenario);
}

async function play(scenario: Scenario): Promise<Verdict> {
	played++;
	const time = new SimulatedTime(beginning(scenario));
	const story = new Story(time);
	const log = new SimulatedLog();
	const storage = new SimulatedStorage();
	const number = played;
	const service = new Service(
		scenario,
		time,
		story,
		(account) => `key-of-${account}-${number}-ab/cd`,
	);
	const rejections: unknown[] = [];
	const onRejection = (reason: unknown) => rejections.push(reason);
	const leaks = watchForLeaks();
	log.install();
	storage.install(scenario.onDisk);
	installNetwork(service);
	time.install();
	// A clock of its own: timers that a process has started end with it.
	const putClockBack = useClock({ now: () => Date.now(), sleep });
	process.on('unhandledRejection', onRejection);
	const executions = scenario.executions.map(
		(plan, index) =>
			new Execution(index, plan, new ByItem(service.accounts), storage, scenario.onDisk),
	);
	const owner = service.accounts[(scenario.trigger?.account ?? 0) % service.accounts.length];
	const trigger =
		scenario.trigger === null || owner === undefined
			? undefined
			: new TriggeredWorkflow(
					scenario.trigger,
					new ByItem(service.accounts, owner.index),
					owner.secret,
					time,
					story,
					String(number),
				);
	let events = 0;
	try {
		const fate = { hasCrashed: false };
		const calls = scenario.trigger?.calls ?? [];
		let running = executions.length + calls.length;
		service.onEvent = () => {
			events++;
			if (events === 4) {
				for (const file of executions.flatMap(prunedFiles)) storage.files.delete(file);
			}
			if (events === CHANGED_AT) {
				for (const [id, content] of executions.flatMap(changedFiles)) {
					const file = storage.files.get(id);
					if (file !== undefined) storage.files.set(id, { ...file, content });
				}
			}
			for (const { plan, attempts } of executions) {
				const { ending } = plan;
				if (ending === null || events !== ending.atEvent) continue;
				time.after(ending.after, () => {
					if (ending.how === 'crash') fate.hasCrashed = true;
					else attempts.at(-1)?.cancel(ending.how);
				});
			}
		};
		for (const call of calls) {
			time.after(call.at, () => {
				void trigger?.take(call).then(() => running--);
			});
		}
		for (const execution of executions) {
			time.after(execution.plan.startsAt, () => {
				void playOut(execution, time, story).then(() => running--);
			});
		}
		const isOver = () => running === 0 || fate.hasCrashed;
		const outcome = await time.run(isOver, time.now + LONGEST_MS);
		const { hasCrashed } = fate;
		const endedAt = time.now;
		story.tell(hasCrashed ? 'the process died' : `all executions ended: ${outcome}`);
		if (hasCrashed) service.isDeaf = true;
		else {
			// Where n8n leaves the node early, an upload is seen to its end for the sake of its ID.
			const isUploading = () => service.requests.some(isOpenUpload);
			if (isUploading()) await time.run(() => !isUploading(), time.now + LONGEST_UPLOAD_MS);
			await time.run(() => false, time.now + GRACE_MS);
		}
		const all: Played = {
			scenario,
			service,
			executions,
			trigger,
			log,
			storage,
			time,
			hasCrashed,
			endedAt,
			outcome,
		};
		const breaches = judge(all);
		if (!hasCrashed && outcome === 'happened') breaches.push(...leaks(all));
		for (const reason of rejections) {
			breaches.push({ rule: 'g', text: `Nobody took the rejection ${String(reason)}` });
		}
		trigger?.close();
		if (hasCrashed || outcome !== 'happened') await time.run(() => false, time.now + GRACE_MS);
		return {
			breaches,
			story: story.lines,
			requests: service.requests.length,
			facts: factsOf(all),
		};
	} finally {
		process.off('unhandledRejection', onRejection);
		putClockBack();
		time.uninstall();
		uninstallNetwork();
		for (const execution of executions) execution.close();
	}
}

function factsOf({ service, executions, trigger }: Played): Facts {
	const attempts = executions.flatMap((execution) => execution.attempts);
	const films = executions.filter(({ plan }) => plan.film > 0);
	const calls = trigger?.calls ?? [];
	return {
		submits: service.submits.length,
		jobs: service.jobs.length,
		attempts: attempts.length,
		films: films
			.flatMap((execution) => execution.attempts.flatMap(statementsOf))
			.filter(({ isSuccess, source }) => isSuccess && source.binary !== undefined).length,
		pictured: service.jobs.filter(({ submit }) => readOwner(submit.owner ?? '').isPicture).length,
		edited: service.jobs.filter(({ submit }) => submit.edition > 0).length,
		changed: new Set(
			service.submits
				.filter(({ version }) => version === 1)
				.map(({ owner = '' }) => owner.split('/').slice(0, 2).join('/')),
		).size,
		repeats: attempts.filter(({ hasExisting }) => hasExisting).length,
		calls: calls.length,
		started: calls.filter(({ execution }) => execution !== undefined).length,
	};
}

/** The clips that a failed or canceled film gives out, of an execution of one item. */
function clipsOf(attempt: Attempt): unknown {
	const [item] = statementsOf(attempt);
	if (item?.isSuccess) return undefined;
	const { details, clips } = item?.source.json ?? {};
	return (details as IDataObject | undefined)?.clips ?? stopOf(attempt)?.data.clips ?? clips;
}

/** Runs an execution, and again from the store where the user does so. */
async function playOut(execution: Execution, time: SimulatedTime, story: Story): Promise<void> {
	const { index, plan } = execution;
	const again = ['', ' again, from what n8n stored', " again, with 'Existing Clips'"];
	let existing: unknown;
	for (let tries = 0; ; tries++) {
		const how = existing !== undefined ? 2 : tries > 0 ? 1 : 0;
		story.tell(`execution ${index} starts${again[how]}`);
		const attempt = execution.start(() => time.now, existing);
		await attempt.done;
		const error = attempt.run?.data.resultData.error;
		const end =
			attempt.canceledAt !== undefined ? 'canceled' : error ? `failed: ${error.message}` : 'done';
		story.tell(`execution ${index} ended: ${end}`);
		for (const { item, submitted, requestId, source } of statementsOf(attempt)) {
			const { error = '', status = '' } = source.json;
			const words = [submitted, requestId, status, error].filter((word) => word !== '');
			story.tell(`  item ${item}: ${words.map(String).join(', ')}`);
		}
		const isWanted = plan.film > 0 && plan.usesExisting && execution.size === 1;
		const clips = isWanted && existing === undefined ? clipsOf(attempt) : undefined;
		if (clips !== undefined) existing = clips;
		else if (error === undefined || existing !== undefined) return;
		else if (attempt.canceledAt !== undefined) return;
		else if (tries >= plan.retriesFromStore) return;
		await new Promise<void>((resolve) => time.after(5000, resolve));
	}
}
