/** In which order the items of 'Join Clips' are joined, and whether they are one film. */
import type { INodeExecutionData } from 'n8n-workflow';
import { listOf, numberOf } from '../../basics/values';
import { Failure } from '../../engine/failure';

export interface OrderedItem {
	item: INodeExecutionData;
	/** Its place in the input, counted from 0. */
	index: number;
}

interface NumberedItem extends OrderedItem {
	clip: number;
	/** Of how many clips it is one, where it says so. */
	clips: number | undefined;
}

/**
 * By the items' field `clip` where all have one, else as they come.
 *
 * @throws {Failure} where numbered clips are of two films, or one is missing
 */
export function inOrder(items: INodeExecutionData[]): OrderedItem[] {
	const all = items.map((item, index) => ({ item, index }));
	const numbered = all.flatMap(({ item, index }): NumberedItem[] => {
		const clip = numberOf(item.json.clip);
		return clip === undefined ? [] : [{ item, index, clip, clips: numberOf(item.json.clips) }];
	});
	if (numbered.length < items.length) return all;
	numbered.sort((one, other) => one.clip - other.clip);
	refuseMixed(numbered);
	refuseHoles(numbered);
	return numbered;
}

const APART =
	"Join the clips of each film separately. To join all of them in the order of the items, remove the field 'clip' from the items.";

function refuseMixed(items: NumberedItem[]): void {
	for (const [place, { clip, index }] of items.entries()) {
		const next = items[place + 1];
		if (next?.clip !== clip) continue;
		const indexes = [index, next.index].sort((one, other) => one - other);
		throw new Failure({
			message: `Items ${listOf(indexes.map(String))} are both clip ${clip}: they belong to two films`,
			description: `${APART} Nothing was joined.`,
		});
	}
	const [first] = items;
	const other = items.find(({ clips }) => clips !== first?.clips);
	if (first === undefined || other === undefined) return;
	throw new Failure({
		message: `Item ${first.index} is clip ${placeOf(first)}, and item ${other.index} is clip ${placeOf(other)}: they belong to two films`,
		description: `${APART} Nothing was joined.`,
	});
}

function placeOf({ clip, clips }: NumberedItem): string {
	return clips === undefined ? String(clip) : `${clip} of ${clips}`;
}

/** How many missing clips a message names. */
const LISTED = 20;

function refuseHoles(items: NumberedItem[]): void {
	const numbers = new Set(items.map(({ clip }) => clip));
	const clips = items[0]?.clips;
	const first = clips === undefined ? Math.min(...numbers) : 1;
	const last = Math.max(...numbers, clips ?? 0);
	const missing: number[] = [];
	for (let clip = first; clip <= last && missing.length < LISTED; clip++) {
		if (!numbers.has(clip)) missing.push(clip);
	}
	if (missing.length === 0) return;
	const of = clips === undefined ? '' : ` of ${clips}`;
	const names = listOf(missing.map(String));
	throw new Failure({
		message: `${missing.length === 1 ? 'Clip' : 'Clips'} ${names}${of} ${missing.length === 1 ? 'is' : 'are'} missing`,
		description:
			"Give the node all clips of the film. To join those that are there in the order of the items, remove the field 'clip' from the items. Nothing was joined.",
	});
}
