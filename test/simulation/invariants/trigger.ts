import type { Call } from '../run/trigger';
import type { Played } from '../run/simulate';
import type { Breach } from '../service/records';

/** (j), (k), (l): what the trigger promises. */
export function triggerIsRight({ trigger, hasCrashed }: Played): Breach[] {
	if (trigger === undefined || hasCrashed) return [];
	const { calls, plan } = trigger;
	return [
		...calls.flatMap((call) => callIsRight(call, plan.acceptUnsigned)),
		...deliveriesStartOnce(calls),
	];
}

function callIsRight(
	{ plan, status, calledAt, answeredAt, execution }: Call,
	acceptUnsigned: boolean,
): Breach[] {
	const breaches: Breach[] = [];
	const name = `A call of delivery ${plan.delivery} (${plan.signature})`;
	if (answeredAt === undefined) breaches.push({ rule: 'k', text: `${name} got no answer` });
	else if (answeredAt > calledAt) {
		breaches.push({ rule: 'k', text: `${name} was answered after ${answeredAt - calledAt} ms` });
	}
	const isUnsigned = plan.signature === 'none' || plan.signature === 'empty';
	const mayEnter = plan.signature === 'good' || (isUnsigned && acceptUnsigned);
	if (execution !== undefined && !mayEnter) {
		breaches.push({ rule: 'k', text: `${name} started an execution` });
	}
	if (status !== (mayEnter ? 200 : 401)) {
		breaches.push({ rule: 'k', text: `${name} was answered with ${status}` });
	}
	if (execution === undefined) return breaches;
	const items = execution.run?.data.resultData.runData.After?.[0]?.data?.main[0] ?? [];
	const [item] = items;
	if (items.length !== 1 || item === undefined) {
		breaches.push({ rule: 'k', text: `${name} gave ${items.length} items` });
	}
	return breaches;
}

/** (j) Each delivery starts at most one execution in a process, and none after what is stored of it. */
function deliveriesStartOnce(calls: Call[]): Breach[] {
	const breaches: Breach[] = [];
	for (const [index, call] of calls.entries()) {
		const { plan, process, status, execution } = call;
		if (status !== 200) continue;
		const earlier = calls
			.slice(0, index)
			.filter((other) => other.plan.delivery === plan.delivery && other.plan.event === plan.event);
		const inProcess = earlier.some((other) => other.process === process && other.execution);
		const isKept =
			earlier.some((other) => other.wasStored && other.execution) && isStored(calls, call);
		if (execution !== undefined && (inProcess || isKept)) {
			breaches.push({ rule: 'j', text: `Delivery ${plan.delivery} started a second execution` });
		}
	}
	return breaches;
}

/** Whether nothing of the trigger's memory was lost on the way to a call. */
function isStored(calls: Call[], until: Call): boolean {
	const before = calls.slice(0, calls.indexOf(until) + 1);
	return before.every(({ plan }) => plan.restart === 'none' || plan.restart === 'saved');
}
