/** What the trigger promises: (j), (k), (l), and what (c), (d) and (f) mean for it. */
import { shown } from '../../../nodes/Deapi/basics/quote';
import { textOf as wordOf } from '../../../nodes/Deapi/basics/values';
import { VIDEO } from '../run/media';
import type { Played } from '../run/simulate';
import type { Call, TriggeredWorkflow } from '../run/trigger';
import type { TriggerPlan } from '../scenario/scenario';
import { jobOfDelivery } from '../service/records';
import type { Breach } from '../service/records';

/** A result may take so long, in milliseconds; four of a trigger are fetched at a time. */
const LONGEST_RESULT_MS = 902_000;
const AT_A_TIME = 4;

/** All that is promised of calls and of the executions that they start. */
export function triggerIsRight(played: Played): Breach[] {
	const { trigger, hasCrashed } = played;
	if (trigger === undefined || hasCrashed) return [];
	return trigger.calls.flatMap((call) => [
		...isAnswered(trigger, call),
		...startsOnce(trigger, call),
		...hasItem(played, trigger, call),
	]);
}

function nameOf({ plan }: Call): string {
	return `A call of delivery ${plan.delivery} (${plan.event}, ${plan.signature})`;
}

/** Whether n8n may believe what a call says. */
function isTrusted({ plan: { signature } }: Call, { acceptUnsigned }: TriggerPlan): boolean {
	if (signature === 'good' || signature === 'tardy') return true;
	return acceptUnsigned && (signature === 'none' || signature === 'empty');
}

/** Whether a call is one that starts executions. */
function isWanted(call: Call, plan: TriggerPlan): boolean {
	return isTrusted(call, plan) && (plan.hearsAll || call.plan.event !== 'job.processing');
}

function isAccepted({ body }: Call): boolean {
	return body?.status === 'accepted';
}

/** When a call's claim is in n8n's database, where nothing is amiss. */
function savedAt({ calledAt }: Call, { saveTakes }: TriggerPlan): number {
	return calledAt + saveTakes + 1;
}

/** (k) Nothing unsigned or stale gets in, and (l) the answer comes before any slow work. */
function isAnswered({ plan }: TriggeredWorkflow, call: Call): Breach[] {
	const { status, calledAt, answeredAt, execution } = call;
	const breaches: Breach[] = [];
	if (answeredAt !== calledAt) {
		const late = answeredAt === undefined ? 'never' : `after ${answeredAt - calledAt} ms`;
		breaches.push({ rule: 'l', text: `${nameOf(call)} was answered ${late}` });
	}
	if (execution !== undefined && execution.beganAt > savedAt(call, plan)) {
		const late = execution.beganAt - calledAt;
		breaches.push({ rule: 'l', text: `The execution of ${nameOf(call)} began after ${late} ms` });
	}
	const expected = isTrusted(call, plan) ? 200 : 401;
	if (answeredAt !== undefined && status !== expected) {
		breaches.push({ rule: 'k', text: `${nameOf(call)} was answered with ${status}` });
	}
	if (execution !== undefined && !isWanted(call, plan)) {
		breaches.push({ rule: 'k', text: `${nameOf(call)} started an execution` });
	}
	return breaches;
}

/** (j) Each delivery starts one execution in a process, and one in all that know what was stored. */
function startsOnce(trigger: TriggeredWorkflow, call: Call): Breach[] {
	const { calls, plan, restarts } = trigger;
	if (!isWanted(call, plan)) return [];
	const earlier = calls
		.slice(0, calls.indexOf(call))
		.filter((other) => isSameDelivery(other, call) && isWanted(other, plan) && isAccepted(other));
	const breach = (text: string): Breach[] => [{ rule: 'j', text: `${nameOf(call)} ${text}` }];
	if (isAccepted(call)) {
		const isKnown = earlier.some(
			(other) => isSameProcess(other, call) || isKept(trigger, other, call),
		);
		if (isKnown) return breach('started a second execution');
		const isCutOff = restarts.some(
			({ at }) => at >= call.calledAt && at <= savedAt(call, plan) && call.execution === undefined,
		);
		return call.execution === undefined && !isCutOff ? breach('was accepted and lost') : [];
	}
	const isStarted = earlier.some(
		(other) => other.execution !== undefined || isSameProcess(other, call),
	);
	return isStarted ? [] : breach('was refused although nothing has come of it before');
}

function isSameDelivery(one: Call, other: Call): boolean {
	return one.plan.delivery === other.plan.delivery && one.plan.event === other.plan.event;
}

function isSameProcess(one: Call, other: Call): boolean {
	return one.generation === other.generation && one.plan.process === other.plan.process;
}

/** Whether a call's claim has to be known to all processes when another one comes. */
function isKept({ calls, restarts, plan }: TriggeredWorkflow, call: Call, later: Call): boolean {
	const saved = savedAt(call, plan);
	if (later.calledAt < saved) return false;
	const isLost = restarts.some(
		({ at, memory }) =>
			at >= call.calledAt && at <= later.calledAt && (memory !== 'saved' || at <= saved),
	);
	// n8n saves the memory as a whole: of two processes that do so at once, the later one wins.
	const isOverwritten = calls.some(
		(other) =>
			!isSameProcess(call, other) &&
			Math.abs(other.calledAt - call.calledAt) <= saved - call.calledAt,
	);
	return !isLost && !isOverwritten;
}

/** The item of an execution says what the call said, and has its file or says why not. */
function hasItem(played: Played, trigger: TriggeredWorkflow, call: Call): Breach[] {
	const { plan, calls } = trigger;
	const { execution } = call;
	if (execution === undefined) return [];
	const breaches: Breach[] = [];
	const breach = (rule: string, text: string) =>
		breaches.push({ rule, text: `The execution of ${nameOf(call)} ${text}` });
	const { beganAt, endedAt } = execution;
	if (endedAt === undefined) {
		if (played.outcome === 'happened') breach('d', 'did not end');
		return breaches;
	}
	const lasted = endedAt - beganAt;
	if (lasted > Math.ceil(calls.length / AT_A_TIME) * LONGEST_RESULT_MS) {
		breach('d', `lasted ${lasted / 1000} s`);
	}
	const items = trigger.itemsOf(call);
	const [item] = items;
	if (items.length !== 1 || item === undefined) {
		breach('c', `had ${items.length} items`);
		return breaches;
	}
	const job = jobOfDelivery(call.plan.delivery);
	const { json, binary } = item;
	if (plan.simplify && json.request_id !== job) breach('c', `names ${shown(json.request_id)}`);
	if (!plan.downloads || call.plan.event !== 'job.completed') return breaches;
	const content = played.storage.contentOf(binary?.data);
	const { downloads, statuses } = played.scenario.service;
	const mayFail = downloads.length > 0 || statuses.length > 0;
	const reason = wordOf(json.download_error);
	if (content === undefined && (reason === undefined || !mayFail)) {
		breach('c', `has no file: ${reason ?? 'it does not say why'}`);
	}
	if (content !== undefined && !content.equals(VIDEO)) {
		breach('c', `has ${content.length} bytes of its video`);
	}
	return breaches;
}
