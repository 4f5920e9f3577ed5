/**
 * What is known of the submits of a node run: the only memory that keeps an item from being paid for
 * twice.
 *
 * What must not regress, and why:
 * - It outlives the passes of Retry On Fail, and of n8n's "Retry execution": it lies in n8n's execution
 *   data, which n8n stores with a failed execution. Should a later n8n drop that field, the memory lasts
 *   as long as the run.
 * - What an earlier pass has in flight is waited for, never sent beside it. What is under way when n8n
 *   stores the execution is stored as unclear: nothing that comes later gets there.
 * - All request IDs of an item are kept, those of tries that ended in error too.
 */
import type { IDataObject, ITaskMetadata } from 'n8n-workflow';
import { isObject, textOf } from '../basics/values';
import type { FailureFacts } from '../engine/failure';
import type { NodeRun } from '../engine/run';

/** What a submit leaves behind: what was sent, with the ID that deAPI gave to the job. */
export interface SubmittedJob extends IDataObject {
	request_id: string;
}

/** What is known of one submit: of an item, or of one clip of an item. */
export interface Entry {
	item: number;
	/** Counted from 1, where the item is a film. */
	clip?: number;
	/** All jobs that it ever led to, the latest last. */
	request_ids: string[];
	/** The job that counts; missing after one that may be made again. */
	job?: SubmittedJob;
	/** What an operation that makes no job has answered: it is paid for as well. */
	answer?: IDataObject;
	/** An outcome that must not be repeated. */
	unclear?: FailureFacts;
}

/** Names a submit within its run. */
export interface SubmitKey {
	item: number;
	clip?: number;
}

const keyOf = ({ item, clip }: SubmitKey) => (clip === undefined ? `${item}` : `${item}/${clip}`);

/** n8n's metadata of an execution with ours in it. */
type Metadata = ITaskMetadata & { deapi?: unknown };

export class Ledger {
	private readonly entries = new Map<string, Entry>();

	private readonly flights = new Map<string, Promise<unknown>>();

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

	get(key: SubmitKey): Entry | undefined {
		return this.entries.get(keyOf(key));
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
	 * A job was accepted.
	 *
	 * @returns the job, which names those that it was made after: each may have been charged
	 */
	accept(key: SubmitKey, accepted: SubmittedJob): SubmittedJob {
		const earlier = this.idsOf(key);
		const job: SubmittedJob =
			earlier.length === 0 ? accepted : { ...accepted, earlier_request_ids: earlier };
		this.keep({ ...key, request_ids: [...earlier, job.request_id], job });
		return job;
	}

	/** An operation that makes no job has answered. */
	keepAnswer(key: SubmitKey, answer: IDataObject): void {
		this.keep({ ...key, request_ids: [], answer });
	}

	/** The outcome of a submit is not known: it is not repeated by itself. */
	doubt(key: SubmitKey, unclear: FailureFacts): void {
		this.keep({ ...key, request_ids: this.idsOf(key), unclear });
	}

	/** A job has failed in a way that lets it be made again; its ID stays known. */
	release(key: SubmitKey): void {
		this.keep({ ...key, request_ids: this.idsOf(key) });
	}

	/**
	 * An upload begins.
	 *
	 * @param unclear what is to be said of it, should the execution end before the upload does
	 */
	depart(key: SubmitKey, unclear: FailureFacts): void {
		this.store(key, { ...key, request_ids: this.idsOf(key), unclear });
	}

	/** An upload is over, whatever came of it. */
	land(key: SubmitKey): void {
		this.store(key, this.get(key));
	}

	/**
	 * Does the submit, or waits for the one that an earlier pass has in flight.
	 *
	 * @returns what the work gives, or `landed` where another one's flight was waited for
	 */
	async fly<T>(key: SubmitKey, work: () => Promise<T>): Promise<T | 'landed'> {
		const name = keyOf(key);
		const flight = this.flights.get(name);
		if (flight !== undefined) {
			await flight;
			return 'landed';
		}
		const own = work();
		const quiet = own.then(
			() => undefined,
			() => undefined,
		);
		this.flights.set(name, quiet);
		try {
			return await own;
		} finally {
			this.flights.delete(name);
		}
	}

	private idsOf(key: SubmitKey): string[] {
		return this.get(key)?.request_ids ?? [];
	}

	private get metadata(): Metadata | undefined {
		return this.run.executeData?.metadata;
	}

	private keep(entry: Entry): void {
		this.entries.set(keyOf(entry), entry);
		this.store(entry, entry);
	}

	private store(key: SubmitKey, entry: Entry | undefined): void {
		if (entry === undefined) delete this.stored[keyOf(key)];
		else this.stored[keyOf(key)] = entry;
		const data = this.run.executeData;
		if (data === undefined) return;
		const metadata: Metadata = { ...data.metadata, deapi: this.stored };
		data.metadata = metadata;
	}
}

function toEntry(value: unknown): Entry | undefined {
	if (!isObject(value) || typeof value.item !== 'number') return undefined;
	const { item, clip, request_ids, job, answer, unclear } = value;
	const ids = Array.isArray(request_ids) ? request_ids : [];
	const requestId = isObject(job) ? textOf(job.request_id) : undefined;
	return {
		item,
		...(typeof clip === 'number' ? { clip } : {}),
		request_ids: ids.filter((id): id is string => typeof id === 'string'),
		...(isObject(job) && requestId !== undefined ? { job: { ...job, request_id: requestId } } : {}),
		...(isObject(answer) ? { answer } : {}),
		...(isObject(unclear)
			? {
					unclear: {
						message: String(unclear.message),
						description: String(unclear.description),
						submitted: 'unknown',
					},
				}
			: {}),
	};
}

const ledgers = new WeakMap<NodeRun, Ledger>();

/** The ledger of a node run. */
export function ledgerOf(run: NodeRun): Ledger {
	const ledger = ledgers.get(run) ?? new Ledger(run);
	ledgers.set(run, ledger);
	return ledger;
}
