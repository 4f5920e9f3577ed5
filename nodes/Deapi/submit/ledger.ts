/**
 * What is known of the submits of a node run: the only memory that keeps an item from being paid for
 * twice.
 *
 * Invariants, and why:
 * - It outlives the passes of Retry On Fail, and of n8n's "Retry execution": it lies in n8n's execution
 *   data, which n8n stores with a failed execution. Should a later n8n drop that field, the memory lasts
 *   as long as the run.
 * - What an earlier pass has in flight is waited for, never sent beside it. What is under way when n8n
 *   stores the execution is stored as unclear: nothing that comes later gets there.
 * - All request IDs of an item are kept, those of tries that ended in error too.
 * - A job counts only for what it was made for: between two tries the node may have been edited, or an
 *   address may lead to another file. What was for something else stays known, and is named.
 * - An expression that gives something else in each try ($now, Math.random()) makes nothing else of an item:
 *   without an edit and with the same files, what was paid for counts.
 */
import type { IDataObject, ITaskMetadata } from 'n8n-workflow';
import { isObject, textOf } from '../basics/values';
import type { NodeRun } from '../engine/run';
import { PerRun } from '../engine/run';
import type { Purpose } from './purpose';
import { toEntry } from './storedEntry';

/** What a submit leaves behind: what was sent, with the ID that deAPI gave to the job. */
export interface SubmittedJob extends IDataObject {
	request_id: string;
}

/** An outcome that nobody knows, and that must not be repeated: there may be a job. */
export interface Doubt extends IDataObject {
	/** What was seen, as the start of a sentence. */
	happened: string;
	/** Whether a job was to be made; others answer at once. */
	makesJob: boolean;
	/** The HTTP status where there was one. */
	status?: number | undefined;
	/** What it may have cost, in USD, where that is known. */
	cost?: number | undefined;
}

/** Names a submit within its run: of an item, or of one clip of an item. */
export interface SubmitKey {
	item: number;
	/** Counted from 1, where the item is a film. */
	clip?: number;
	/** Where it is not the clip itself, but the picture that the clip begins with. */
	part?: 'picture';
	/** Missing where an earlier version of this package has kept it: it counts for anything. */
	purpose?: Purpose;
}

/** What is known of one submit. */
export interface Entry extends SubmitKey {
	/** All jobs that it ever led to, the latest last. */
	request_ids: string[];
	/** What these have cost, in USD, as far as it is known. */
	costs?: { [requestId: string]: number };
	/** The job that counts; missing after one that may be made again. */
	job?: SubmittedJob;
	/** What an operation that makes no job has answered: it is paid for as well. */
	answer?: IDataObject;
	unclear?: Doubt;
}

const placeOf = ({ item, clip, part }: SubmitKey) =>
	[item, clip, part].filter((each) => each !== undefined).join('/');

/** Not by the clip's number: where scenes are put in before it, it gets another one. */
const nameOf = (key: SubmitKey) =>
	key.purpose === undefined ? placeOf(key) : `${key.item} ${key.purpose.sum}`;

/** Whether nothing is to be sent any more: there is a job, an answer, or a doubt. */
export function isSettled(entry: Entry | undefined): boolean {
	return entry?.job !== undefined || entry?.answer !== undefined || entry?.unclear !== undefined;
}

/** Under this name stands what an answer has cost that is no job. */
const ANSWER = 'answer';

/** n8n's metadata of an execution with ours in it. */
type Metadata = ITaskMetadata & { deapi?: unknown };

export class Ledger {
	private readonly entries = new Map<string, Entry>();

	private readonly inFlight = new Map<string, Promise<unknown>>();

	/** What n8n stores with the execution, by the submits' names. */
	private readonly stored: { [name: string]: Entry } = {};

	constructor(private readonly run: NodeRun) {
		const known: unknown = this.metadata?.deapi;
		for (const [name, value] of Object.entries(isObject(known) ? known : {})) {
			const entry = toEntry(value);
			if (entry === undefined) continue;
			this.entries.set(name, entry);
			this.stored[name] = entry;
		}
	}

	/** What is known of a submit for the same purpose, whatever an expression has given this time. */
	get(key: SubmitKey): Entry | undefined {
		const own = this.entries.get(nameOf(key)) ?? this.entries.get(placeOf(key));
		const stable = key.purpose?.stable;
		if (isSettled(own) || stable === undefined) return own;
		const isSame = ({ item, purpose }: Entry) => item === key.item && purpose?.stable === stable;
		const same = [...this.entries.values()].filter((entry) => isSame(entry) && isSettled(entry));
		return same.at(-1) ?? own;
	}

	/** What the latest submit of an item, none of a film, was for that was settled with these parameters. */
	unedited(item: number, node: string): Purpose | undefined {
		const settled = this.of(item).filter((entry) => entry.clip === undefined && isSettled(entry));
		return settled.flatMap(({ purpose }) => purpose ?? []).findLast((each) => each.node === node);
	}

	/** The model of what an item has from an endpoint: where the choice is left to the node, it stays. */
	modelOf(item: number, endpoint: string): string | undefined {
		const models = this.of(item)
			.filter(isSettled)
			.flatMap(({ purpose, job }) => {
				if (purpose === undefined) return textOf(job?.model) ?? [];
				return purpose.endpoint === endpoint && purpose.model !== '' ? purpose.model : [];
			});
		return models.at(-1);
	}

	/** All that was submitted or may have been, in the items' order. */
	get all(): Entry[] {
		return [...this.entries.values()].sort(
			(a, b) => a.item - b.item || (a.clip ?? 0) - (b.clip ?? 0),
		);
	}

	of(item: number): Entry[] {
		return this.all.filter((entry) => entry.item === item);
	}

	/**
	 * A job was accepted. Those that it was made after stay known: each may have been charged.
	 *
	 * @param cost what it costs, in USD, where that is known
	 */
	accept(key: SubmitKey, job: SubmittedJob, cost?: number): void {
		const { request_ids, ...before } = this.madeFor(key);
		this.keep({ ...before, request_ids: [...request_ids, job.request_id], job });
		if (cost !== undefined) this.charge(key, job.request_id, cost);
	}

	/** deAPI has told what a job costs, in USD: nothing where the charge was returned. */
	charge(key: SubmitKey, requestId: string, cost: number): void {
		const entry = this.get(key);
		if (entry?.request_ids.includes(requestId) !== true) return;
		this.keep({ ...entry, costs: { ...entry.costs, [requestId]: cost } });
	}

	/**
	 * What an item's jobs have cost, and what may have been charged for it.
	 *
	 * @returns USD, and the number of jobs of which it is not known
	 */
	spentOn(item: number): { known: number; unknown: number } {
		const costs = this.of(item).flatMap(({ request_ids, costs: known = {}, unclear, answer }) => [
			...[...request_ids, ...(answer === undefined ? [] : [ANSWER])].map((id) => known[id]),
			...(unclear === undefined ? [] : [unclear.cost]),
		]);
		const known = costs.filter((cost) => cost !== undefined);
		return {
			known: known.reduce((sum, cost) => sum + cost, 0),
			unknown: costs.length - known.length,
		};
	}

	/** An operation that makes no job has answered. */
	keepAnswer(key: SubmitKey, answer: IDataObject, cost?: number): void {
		const costs = cost === undefined ? {} : { costs: { [ANSWER]: cost } };
		this.keep({ ...key, request_ids: [], answer, ...costs });
	}

	/** The outcome of a submit is not known: it is not repeated by itself. */
	doubt(key: SubmitKey, unclear: Doubt): void {
		this.keep({ ...this.madeFor(key), unclear });
	}

	/** A job has failed in a way that lets it be made again; its ID stays known. */
	release(key: SubmitKey): void {
		this.keep(this.madeFor(key));
	}

	/**
	 * An upload begins.
	 *
	 * @param unclear what is to be said of it, should the execution end before the upload does
	 */
	markInFlight(key: SubmitKey, unclear: Doubt): void {
		this.store(key, { ...this.madeFor(key), unclear });
	}

	/** An upload is over, whatever came of it. */
	settle(key: SubmitKey): void {
		this.store(key, this.entries.get(nameOf(key)));
	}

	/**
	 * Does the submit, or waits for the one that an earlier pass has in flight.
	 *
	 * @returns what the work gives, or `settled` where another one was waited for
	 */
	async once<T>(key: SubmitKey, work: () => Promise<T>): Promise<T | 'settled'> {
		// By its place: what is in flight there is waited for, also where it is for something else.
		const name = placeOf(key);
		const other = this.inFlight.get(name);
		if (other !== undefined) {
			await other;
			return 'settled';
		}
		const own = work();
		const quiet = own.then(
			() => undefined,
			() => undefined,
		);
		this.inFlight.set(name, quiet);
		try {
			return await own;
		} finally {
			this.inFlight.delete(name);
		}
	}

	/** A submit with the jobs that it ever led to, and none that counts. */
	private madeFor(key: SubmitKey): Entry {
		const { request_ids = [], costs, purpose } = this.get(key) ?? {};
		return {
			...key,
			...(purpose === undefined ? {} : { purpose }),
			request_ids,
			...(costs === undefined ? {} : { costs }),
		};
	}

	private get metadata(): Metadata | undefined {
		return this.run.executeData?.metadata;
	}

	private keep(entry: Entry): void {
		// What an earlier version has left there counts for anything: it is part of this one now.
		if (entry.purpose !== undefined) this.forget(placeOf(entry));
		this.entries.set(nameOf(entry), entry);
		this.store(entry, entry);
	}

	private forget(name: string): void {
		this.entries.delete(name);
		delete this.stored[name];
	}

	private store(key: SubmitKey, entry: Entry | undefined): void {
		if (entry === undefined) delete this.stored[nameOf(key)];
		else this.stored[nameOf(key)] = entry;
		const data = this.run.executeData;
		if (data === undefined) return;
		const metadata: Metadata = { ...data.metadata, deapi: this.stored };
		data.metadata = metadata;
	}
}

const ledgers = new PerRun((run) => new Ledger(run));

/** The ledger of a node run. */
export function ledgerOf(run: NodeRun): Ledger {
	return ledgers.of(run);
}
