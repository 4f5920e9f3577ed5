/** (g) Nothing is left open: connections, files, timers, and what the package keeps in mind. */
import { Gate } from '../../../nodes/Deapi/basics/gate';
import { Pass } from '../../../nodes/Deapi/engine/pass';
import { Lane } from '../../../nodes/Deapi/submit/lane/lane';
import { Ledger } from '../../../nodes/Deapi/submit/ledger';
import type { Played } from '../run/simulate';
import type { Breach } from '../service/records';

/** What the package has made during a scenario, by its class. */
interface Made {
	lanes: Set<Lane>;
	passes: Set<Pass>;
	gates: Set<Gate>;
	ledgers: Set<Ledger>;
}

let made: Made = nothing();

function nothing(): Made {
	return { lanes: new Set(), passes: new Set(), gates: new Set(), ledgers: new Set() };
}

/** Has the package's own objects registered when they are used. */
function register<T extends object>(
	prototype: T,
	method: keyof T & string,
	keep: (made: Made, object: T) => void,
): void {
	const original: unknown = Reflect.get(prototype, method);
	if (typeof original !== 'function') throw new Error(`There is no ${method} to watch`);
	Reflect.set(prototype, method, function (this: T, ...values: unknown[]): unknown {
		keep(made, this);
		const result: unknown = Reflect.apply(original, this, values);
		return result;
	});
}

register(Lane.prototype, 'submit', ({ lanes }, lane) => lanes.add(lane));
register(Pass.prototype, 'enter', ({ passes }, pass) => passes.add(pass));
register(Gate.prototype, 'pass', ({ gates }, gate) => gates.add(gate));
register(Ledger.prototype, 'once', ({ ledgers }, ledger) => ledgers.add(ledger));

function sizeOf(owner: object, name: string): number {
	const value: unknown = Reflect.get(owner, name);
	if (value instanceof Map || value instanceof Set) return value.size;
	if (Array.isArray(value)) return value.length;
	if (typeof value === 'number') return value;
	throw new Error(`There is no ${name} to count`);
}

/** @returns looks, at the scenario's end, for what was left */
export function watchForLeaks(): (played: Played) => Breach[] {
	made = nothing();
	const own = made;
	return ({ service, storage, time }) => {
		const counts: { [what: string]: number } = {
			connections: service.open.size,
			'open files': storage.open.size,
			timers: time.pending,
		};
		const add = (owners: Set<object>, ...names: string[]) => {
			for (const owner of owners) {
				for (const name of names) {
					const what = `${owner.constructor.name}.${name}`;
					counts[what] = (counts[what] ?? 0) + sizeOf(owner, name);
				}
			}
		};
		add(own.lanes, 'waiting', 'refused', 'inFlight');
		add(own.passes, 'working', 'listeners');
		add(own.gates, 'running', 'waiting');
		add(own.ledgers, 'inFlight');
		return Object.entries(counts)
			.filter(([, count]) => count > 0)
			.map(([what, count]) => ({ rule: 'g', text: `Left open: ${count} ${what}` }));
	};
}
