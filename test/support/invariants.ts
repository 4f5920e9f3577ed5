import type { INodeExecutionData, IRun } from 'n8n-workflow';
import type { FakeDeapi } from '../fake-deapi';
import { outputOf } from './engine';
import { NODE } from './workflows';
import { asText } from './text';

/** What became of each input item, by its index. */
export interface Outcome {
	submitted: Map<number, string>;
	uncertain: Set<number>;
	refused: Set<number>;
}

/** Sorts the node's output by what it says of each item: the words that a workflow would branch on. */
export function outcomesOf(run: IRun): Outcome {
	const outcome: Outcome = { submitted: new Map(), uncertain: new Set(), refused: new Set() };
	for (const item of outputOf(run, NODE)) {
		const index = inputIndexOf(item);
		const { json } = item;
		const { submitted } = (json.details ?? {}) as { submitted?: string };
		if (json.error === undefined) outcome.submitted.set(index, asText(json.request_id));
		else if (submitted === 'unknown') outcome.uncertain.add(index);
		else outcome.refused.add(index);
	}
	return outcome;
}

/** The input item that an output item is linked to. */
function inputIndexOf({ pairedItem }: INodeExecutionData): number {
	if (typeof pairedItem !== 'object' || Array.isArray(pairedItem)) {
		throw new Error(`No paired item but ${JSON.stringify(pairedItem)}`);
	}
	return pairedItem.item;
}

/**
 * What must hold after every run, whatever happened on the way. Each input item has a prompt of its
 * own, `item 0` and so on, so that a job tells whose it is.
 *
 * @param count how many items went in
 */
export function expectNothingLostNothingTwice(run: IRun, fake: FakeDeapi, count: number): Outcome {
	const outcome = outcomesOf(run);
	const output = outputOf(run, NODE);
	expect(output.map(inputIndexOf)).toEqual(Array.from({ length: count }, (_, index) => index));

	const owners = fake.jobs.map(({ fields }) => Number(/item (\d+)/.exec(fields.prompt ?? '')?.[1]));
	expect(new Set(owners).size).toBe(owners.length);
	for (const [index, job] of fake.jobs.entries()) {
		const owner = owners[index] ?? -1;
		const said = outcome.submitted.get(owner);
		if (said === undefined) expect(outcome.uncertain).toContain(owner);
		else expect(said).toBe(job.request_id);
	}
	const ids = new Set(fake.jobs.map(({ request_id }) => request_id));
	for (const id of outcome.submitted.values()) expect(ids).toContain(id);
	return outcome;
}

/** What the process keeps alive: timers, sockets, open files. */
export function activeResources(): { [type: string]: number } {
	const counts: { [type: string]: number } = {};
	for (const type of process.getActiveResourcesInfo()) counts[type] = (counts[type] ?? 0) + 1;
	return counts;
}

/**
 * Waits until the process keeps nothing alive that it did not before. A wait of the package that leaps
 * over its time is gone at once: it shows in how far it has taken the time.
 *
 * @param before from `activeResources`
 */
export async function expectNothingLeft(before: { [type: string]: number }): Promise<void> {
	const leftOver = () =>
		Object.entries(activeResources()).filter(
			// The wait itself is a timer.
			([type, count]) => count > (before[type] ?? 0) + (type === 'Timeout' ? 1 : 0),
		);
	const end = performance.now() + 5_000;
	const start = Date.now();
	while (leftOver().length > 0 && performance.now() < end) {
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	expect(leftOver()).toEqual([]);
	expect(Date.now() - start).toBeLessThan(5_000);
}
