import type { Execution } from '../run/execution';
import type { Played } from '../run/simulate';
import type { ItemPlan, ReadAct, Scenario } from '../scenario/scenario';
import type { Breach, RequestRecord, SubmitRecord } from '../service/records';
import { hasField, needsFile } from '../run/operations';
import { isWrongSize, mayBeMadeAgain, submitsByItem } from './money';

/** How long a daily limit is believed at least, in milliseconds. */
const BELIEVED_MS = 14 * 60_000;

/** (m) What a limit would refuse is not uploaded. */
export function limitsAreKept({ service }: Played): Breach[] {
	const breaches: Breach[] = [];
	for (const { account, operation, limit, endedAt, knowledge } of service.submits) {
		if (limit === undefined || endedAt === undefined) continue;
		if (knowledge !== 'id' && knowledge !== 'refused') continue;
		const until =
			limit.kind === 'daily' ? Math.min(limit.until, endedAt + BELIEVED_MS) : limit.until;
		// Those that were on their way may not have known, nor those that had to connect once more.
		const submits = service.submits.filter(
			(other) => other.account === account && other.operation === operation,
		);
		const wasted = submits.find(
			(other) =>
				other.startedAt > endedAt &&
				other.startedAt < until &&
				!submits.some(
					(before) =>
						isConnectingAgain(before, other) ||
						isSignOfRoom(before, other, endedAt) ||
						isNewerWord(before, other, endedAt),
				),
		);
		if (wasted === undefined) continue;
		breaches.push({
			rule: 'm',
			text: `Item ${wasted.owner ?? '?'} was uploaded in spite of a known ${limit.kind} limit of account ${account.index}`,
		});
	}
	return breaches;
}

/** The longest pause between two tries to connect, in milliseconds. */
const CONNECT_PAUSE_MS = 3500;

function isConnectingAgain(before: SubmitRecord, again: SubmitRecord): boolean {
	const wait = again.startedAt - (before.endedAt ?? Infinity);
	return before.knowledge === 'never' && wait > 0 && wait <= CONNECT_PAUSE_MS;
}

/** An account that takes one more after a refusal has shown that it can. */
function isSignOfRoom(before: SubmitRecord, later: SubmitRecord, refusedAt: number): boolean {
	const { endedAt = Infinity, knowledge, limit } = before;
	if (knowledge !== 'id' || limit !== undefined) return false;
	// In the very moment of the refusal, the end of an upload may have let the next one go just before.
	const hasLetGo = endedAt === refusedAt && later.startedAt - endedAt <= 1;
	return hasLetGo || (endedAt > refusedAt && endedAt <= later.startedAt);
}

/**
 * A refusal that came later has said anew when to go on, and is believed. An odd one, of which no limit is
 * kept, may have named a moment ago.
 */
function isNewerWord(before: SubmitRecord, later: SubmitRecord, toldAt: number): boolean {
	const { startedAt, endedAt = Infinity, knowledge, limit } = before;
	const wasOnItsWay = startedAt < toldAt && endedAt > toldAt;
	const isOver = limit === undefined || (limit.kind === 'minute' && limit.until <= later.startedAt);
	return wasOnItsWay && knowledge === 'refused' && isOver;
}

/** Flaws that are seen before anything is sent. */
function isFlawed({ file, flaw }: ItemPlan, { plan }: Execution, { service }: Scenario): boolean {
	const lacksFile = needsFile(plan) && (file === 'none' || (file === 'noSound' && !plan.fromUrl));
	// Without the list of models nobody knows how wide a video may be.
	const isTooWide = flaw === 'tooWide' && service.models.every(isQuickAnswer);
	const isWrong = flaw === 'noPrompt' || flaw === 'noAddress' || flaw === 'expression';
	return lacksFile || (hasField(plan.operation, flaw) && (isTooWide || isWrong));
}

/** The items whose address gave a message or nothing in place of a sound. */
function soundsThatAreNone({ service }: Scenario, requests: RequestRecord[]): Set<string> {
	// The service takes its acts in the order of the requests.
	const sounds = requests.filter(({ kind }) => kind === 'sound');
	const wrong = sounds.flatMap(({ url }, at) => {
		const isNone = ['message', 'empty'].includes(service.sounds[at]?.does ?? '');
		return isNone ? (/of-(\d+-\d+)\.wav/.exec(url)?.[1]?.replace('-', '/') ?? []) : [];
	});
	return new Set(wrong);
}

/**
 * (o) An item that is not in order is not sent. Where one item stops the run, nothing is sent before all of
 * them are found in order.
 */
export function allAreCheckedFirst({ scenario, service, executions }: Played): Breach[] {
	const wrongSounds = soundsThatAreNone(scenario, service.requests);
	return executions.flatMap((execution) => {
		const { plan, index, size, attempts } = execution;
		// In a later pass, or in another try, the sound may be there.
		const isOnlyTry = plan.fromUrl && plan.retry === null && attempts.length === 1;
		const flawed = plan.items.flatMap((item, each) => {
			const isWrongSound = isOnlyTry && wrongSounds.has(`${index}/${each}`);
			return each < size && (isWrongSound || isFlawed(item, execution, scenario)) ? [each] : [];
		});
		// With Batching, of later items only the expressions can be tried before the first is sent.
		const isSeenAhead = plan.items.slice(0, size).some(({ flaw }) => flaw === 'expression');
		const stopsAll = plan.onError === 'stopWorkflow' && (plan.batching === null || isSeenAhead);
		const sent = service.submits.find(({ owner }) => {
			const [at, item] = owner?.split('/').map(Number) ?? [];
			return at === index && (stopsAll || flawed.includes(item ?? -1));
		});
		if (flawed.length === 0 || sent === undefined) return [];
		const text = `Item ${sent.owner} was sent although ${flawed.join(', ')} was not in order`;
		return [{ rule: 'o', text }];
	});
}

/** (n) A file that is not as long as n8n says is broken off: half a song is not sent. */
export function lengthsAreTrue(played: Played): Breach[] {
	return played.service.submits.flatMap(({ owner = '', job }) => {
		const plan = played.executions[Number(owner.split('/')[0])]?.plan;
		// A film is cut out of as much as n8n says that there is.
		const isWhole = plan?.film === 0 && !plan.fromUrl;
		if (job === undefined || !isWhole || !isWrongSize(played, owner)) return [];
		return [{ rule: 'n', text: `The file of ${owner} was sent, though it has another length` }];
	});
}

/** A wait looks at a job's end so long after it at the latest, in milliseconds. */
const WAIT_MARGIN_MS = 40_000;

/** A read that takes longer may have been given up, in milliseconds. */
const QUICK_MS = 5000;

const isQuickAnswer = ({ does, after }: ReadAct) => does === 'answer' && after <= QUICK_MS;

/** Whether any read of a kind went wrong or was late: the service takes its acts in their order. */
function isDisturbed({ service }: Played, kind: 'status' | 'models', acts: ReadAct[]): boolean {
	const count = service.requests.filter((request) => request.kind === kind).length;
	return !acts.slice(0, count).every(isQuickAnswer);
}

/** (r) Retry On Fail makes a job again that the service calls retryable. */
export function retryableIsTriedAgain(played: Played): Breach[] {
	const breaches: Breach[] = [];
	for (const [owner, submits] of submitsByItem(played)) {
		const execution = played.executions[Number(owner.split('/')[0])];
		if (execution === undefined || played.hasCrashed) continue;
		const { plan, attempts, size } = execution;
		const last = submits.at(-1);
		const isPlain =
			size === 1 &&
			plan.maxPrice === 0 &&
			!plan.edits &&
			!plan.fromUrl &&
			plan.items[0]?.file === 'song' &&
			attempts.every(({ canceledAt }) => canceledAt === undefined);
		if (!isPlain || plan.retry === null || last?.job?.plan.end !== 'failed') continue;
		const told = submits.filter(mayBeMadeAgain).length;
		const others = submits.length - told;
		if (others > 0 || told >= plan.retry.maxTries || !mayBeMadeAgain(last)) continue;
		// The service may keep it from being sent, without an upload; any answer's headers may say so.
		const isLimited =
			last.account.plan.perDay > 0 ||
			played.service.submits.some(
				({ account, limit }) => account === last.account && limit?.kind === 'daily',
			);
		// A status that did not arrive has told nothing, nor one that came when nobody waited any more.
		const { statuses, models } = played.scenario.service;
		const isCut =
			isDisturbed(played, 'status', statuses) ||
			isDisturbed(played, 'models', models) ||
			submits.some(({ job }) => (job?.plan.takes ?? 0) + WAIT_MARGIN_MS > plan.timeout * 1000);
		// A try that got no connection is nobody's.
		const isUnconnected = played.service.submits.some(({ owner }) => owner === undefined);
		if (isLimited || isCut || isUnconnected) continue;
		breaches.push({
			rule: 'r',
			text: `Item ${owner} was sent ${told} times, though ${plan.retry.maxTries} tries were allowed and its job may be made again`,
		});
	}
	return breaches;
}
