import type { IDataObject } from 'n8n-workflow';
import { shown } from '../../../nodes/Deapi/basics/quote';
import { textOf } from '../../../nodes/Deapi/basics/values';
import type { Attempt, Execution } from '../run/execution';
import { hasMadePictures } from '../run/execution';
import { operationNamed, textFor } from '../run/operations';
import type { Version } from '../run/media';
import type { Played } from '../run/simulate';
import type { Breach, Job, SubmitRecord } from '../service/records';
import { isDone, pictureFor } from '../service/records';
import { clipsAreTrue, filmIsTrue } from './films';
import { isForAnother, isWrongSize, mayBeMadeAgain, mayChange, submitsByItem } from './money';
import { statementsOf, stopOf } from './words';

/** (c) What the node says of its items is what the service knows of them. */
export function wordsAreTrue(played: Played): Breach[] {
	if (played.hasCrashed) return [];
	const bySubmit = submitsByItem(played);
	return played.executions.flatMap((execution) =>
		execution.attempts.flatMap((attempt) => {
			if (attempt.endedAt === undefined) return [];
			const truth = new Truth(played, execution, attempt, bySubmit);
			const stop = stopOf(attempt);
			const isCanceled = attempt.canceledAt !== undefined;
			return [
				...(isCanceled ? [] : wordsOfOthers(execution, attempt)),
				...itemsAreTrue(played, truth, execution, attempt, isCanceled || stop !== undefined),
				...(stop === undefined || isCanceled ? [] : stopIsTrue(truth, execution, stop)),
			];
		}),
	);
}

/** n8n takes an execution for one that the user has stopped where a message says so. */
function wordsOfOthers({ index }: Execution, attempt: Attempt): Breach[] {
	const messages = [
		stopOf(attempt)?.message ?? '',
		...statementsOf(attempt).map(({ source }) => textOf(source.json.error) ?? ''),
	];
	return messages.some((message) => message.includes('canceled'))
		? [{ rule: 'w', text: `Execution ${index} seems to be stopped by its user, which it was not` }]
		: [];
}

/** How n8n ends a node when an item's proxy is none, whatever the other items are at. */
const OF_N8N = 'The proxy is not valid';

/** What is true of a film's clip. */
interface ClipFacts {
	/** Its jobs that it may be said to have. */
	ids: string[];
	/** Those of its picture. */
	pictures: string[];
	words: unknown[];
	/** Those of its jobs of which the node has heard that they ended, well or not. */
	ended: string[];
	mayBeNone: boolean;
}

/** What is true of an execution's items at the end of one of its tries. */
export class Truth {
	private readonly since: number;

	private readonly until: number;

	constructor(
		private readonly played: Played,
		private readonly execution: Execution,
		private readonly attempt: Attempt,
		private readonly byItem: Map<string, SubmitRecord[]>,
	) {
		// A run with 'Existing Clips' knows nothing of what was unclear before.
		this.since = attempt.hasExisting ? attempt.startedAt : 0;
		this.until = attempt.endedAt ?? Infinity;
	}

	ownerOf(item: number): string {
		return `${this.execution.index}/${item}`;
	}

	/** Those of all clips, where the item is a film. */
	submits(item: number): SubmitRecord[] {
		return this.ownersOf(item).flatMap((owner) => this.submitsOf(owner));
	}

	/** What an item was asked for when the try ended: clips but the last are never edited. */
	editionOf(clip?: number): number {
		const { plan } = this.execution;
		const { promptField } = operationNamed(plan.operation);
		const isFixed = clip === undefined ? promptField === undefined : clip !== plan.film;
		return this.attempt.isEdited && !isFixed ? 1 : 0;
	}

	/** The version of an item's sound that was given out last; undefined where it lies in n8n. */
	versionOf(item: number): Version | undefined {
		if (!this.execution.plan.fromUrl) return undefined;
		const given = this.played.service.sounds.filter(
			({ owner, at }) => owner === this.ownerOf(item) && at <= this.until,
		);
		return given.at(-1)?.version;
	}

	/** Whether jobs of the item may be for another request than the last one. */
	private isChanged(item: number): boolean {
		return this.attempt.isEdited || mayChange(this.played, this.ownerOf(item));
	}

	private submitsOf(owner: string): SubmitRecord[] {
		return (this.byItem.get(owner) ?? []).filter(
			({ startedAt, knowledge }) =>
				startedAt <= this.until && (startedAt >= this.since || knowledge !== 'unclear'),
		);
	}

	/** What has submits of its own: the item, or its clips. */
	private clipsOf(item: number): string[] {
		const { film } = this.execution.plan;
		const owner = this.ownerOf(item);
		if (film === 0) return [owner];
		return Array.from({ length: film }, (_, clip) => `${owner}/${clip + 1}`);
	}

	/** The same, and the pictures that they begin with. */
	private ownersOf(item: number): string[] {
		const clips = this.clipsOf(item);
		return hasMadePictures(this.execution.plan) ? [...clips, ...clips.map(pictureFor)] : clips;
	}

	/** The words that may be said of an item. */
	allowed(item: number): unknown[] {
		const all = this.ownersOf(item).map((owner) => this.allowedOf(owner, item));
		const is = (word: unknown) => all.some((words) => words.length === 1 && words[0] === word);
		if (is('unknown')) return ['unknown'];
		// What may be said of a film is what may be said of any of its clips, but for what is certain.
		const words = [...new Set(all.flat())];
		return is('yes') ? words.filter((word) => word === 'yes' || word === 'unknown') : words;
	}

	/** The clips of a film, each with its submits. */
	clipFacts(item: number): ClipFacts[] {
		return this.clipsOf(item).map((owner) => {
			const submits = this.submitsOf(owner).filter(({ knowledge }) => knowledge === 'id');
			const pictures = this.submitsOf(pictureFor(owner));
			const hasPictures = hasMadePictures(this.execution.plan);
			return {
				ids: submits.flatMap(({ job }) => job?.id ?? []),
				pictures: pictures.flatMap(({ job, knowledge }) =>
					job && knowledge === 'id' ? job.id : [],
				),
				words: [
					...this.allowedOf(owner, item),
					...(hasPictures && this.allowedOf(pictureFor(owner), item).includes('unknown')
						? ['unknown']
						: []),
				],
				ended: submits.flatMap(({ job }) => (job && this.hasHeardEnd(job) ? job.id : [])),
				mayBeNone:
					this.isChanged(item) ||
					submits.every((submit) => mayBeMadeAgain(submit) || submit.startedAt < this.since),
			};
		});
	}

	/** A later pass of Retry On Fail, or another try, begins to read the status anew. */
	private hasHeardEnd({ endHeardAt = Infinity }: Job): boolean {
		const isOnlyPass = this.execution.plan.retry === null;
		return isOnlyPass && endHeardAt >= this.attempt.startedAt && endHeardAt < this.until;
	}

	/** Whether n8n's log says that the item's outcome is not known. */
	isUnclearInLog(item: number): boolean {
		return this.played.log.lines.some(
			({ level, message }) => level === 'warn' && message.startsWith(`deAPI, item ${item}: `),
		);
	}

	private allowedOf(owner: string, item: number): unknown[] {
		// What is known of another request is named, but it is not what became of this one.
		if (this.isChanged(item)) return ['yes', 'no', 'unknown', undefined];
		const submits = this.submitsOf(owner);
		const last = submits
			.filter(({ knowledge }) => knowledge === 'id' || knowledge === 'unclear')
			.at(-1);
		// Cut off before it could be told whose it is.
		const isAnonymous = this.played.service.submits.some(
			({ owner, knowledge }) => owner === undefined && knowledge === 'unclear',
		);
		const maybe = isAnonymous ? ['unknown'] : [];
		if (last === undefined) return ['no', undefined, ...maybe];
		const isOfEarlierRun = last.startedAt < this.since;
		if (last.knowledge === 'id') {
			return mayBeMadeAgain(last) || isOfEarlierRun ? ['yes', 'no', ...maybe] : ['yes'];
		}
		const isBroken = !last.isComplete && isWrongSize(this.played, this.ownerOf(item));
		return isBroken ? ['no', 'unknown'] : ['unknown'];
	}

	idsOf(item: number): string[] {
		return this.submits(item).flatMap(({ job, knowledge }) =>
			job && knowledge === 'id' ? [job.id] : [],
		);
	}

	isUnclear(item: number): boolean {
		const allowed = this.allowed(item);
		return allowed.length === 1 && allowed[0] === 'unknown';
	}
}

function itemsAreTrue(
	played: Played,
	truth: Truth,
	execution: Execution,
	attempt: Attempt,
	mayBeIncomplete: boolean,
): Breach[] {
	const breaches: Breach[] = [];
	const breach = (text: string) => breaches.push({ rule: 'c', text });
	const all = statementsOf(attempt);
	const statements = all.filter(({ item }) => item >= 0);
	// An expression that throws, or a proxy that is none, is n8n's own affair: its item is linked to none.
	const foreign = execution.plan.items.flatMap(({ flaw }, item) =>
		(flaw === 'expression' || flaw === 'proxy') && item < execution.size ? [item] : [],
	);
	const unlinked = foreign.slice(0, all.length - statements.length);
	const seen = [...statements.map(({ item }) => item), ...unlinked].sort((a, b) => a - b);
	const wanted = Array.from({ length: execution.size }, (_, item) => item);
	if (!mayBeIncomplete && seen.join() !== wanted.join()) {
		breach(`Execution ${execution.index} gave out the items [${seen.join()}]`);
	}
	for (const { item, submitted, requestId, isSuccess, source } of statements) {
		const name = truth.ownerOf(item);
		if (!truth.allowed(item).includes(submitted)) {
			const known = truth.allowed(item).map(String).join(' or ');
			breach(`Item ${name} says submitted: ${String(submitted)}, which should be ${known}`);
		}
		if (submitted === 'yes') {
			const ids = truth.idsOf(item);
			const said = typeof requestId === 'string' ? [requestId] : idsSaid(source.json);
			if (!said.every((id) => ids.includes(String(id)))) {
				breach(`Item ${name} names ${said.join()} as its job, but has ${ids.join() || 'none'}`);
			}
		}
		if (execution.plan.film > 0) {
			breaches.push(...filmIsTrue(played, truth, item, source, isSuccess));
			continue;
		}
		const { result, isInstant } = operationNamed(execution.plan.operation);
		const edition = truth.editionOf();
		if (isSuccess && isInstant && source.json.prompt !== textFor(name, edition)) {
			breach(`Item ${name} left without its answer`);
		}
		if (!isSuccess || isInstant) continue;
		const submit = truth.submits(item).find((each) => each.job?.id === requestId);
		const { version = submit?.version } = { version: truth.versionOf(item) };
		if (submit && isForAnother(played, submit, { ...submit, edition, version })) {
			breach(`Item ${name} left with a job of another request`);
		}
		if (!execution.plan.waits) continue;
		const job = submit?.job;
		const hasEndedWell = job !== undefined && (isDone(job.plan) || job.plan.end === 'noLink');
		if (source.json.status !== 'done' || !hasEndedWell) {
			breach(`Item ${name} left as done, but its job is not`);
		}
		if (result === undefined) {
			const isSaid = source.json.result === textFor(name, edition);
			if (job && isDone(job.plan) && !isSaid) breach(`Item ${name} left without its text`);
			continue;
		}
		if (!execution.plan.downloads) continue;
		const content = played.storage.contentOf(source.binary?.data);
		if (content === undefined) breach(`Item ${name} left without its file`);
		else if (!content.equals(result.content))
			breach(`Item ${name} left with ${content.length} bytes of its file`);
	}
	return breaches;
}

function idsSaid({ request_ids, details }: IDataObject): unknown[] {
	const { clips = [] } = (details ?? {}) as { clips?: IDataObject[] };
	const ofClips = clips.flatMap(({ request_id }) => request_id ?? []);
	return Array.isArray(request_ids) ? request_ids : ofClips;
}

function stopIsTrue(
	truth: Truth,
	execution: Execution,
	{ message, description, data }: { message: string; description: string; data: IDataObject },
): Breach[] {
	const breaches: Breach[] = [];
	const breach = (text: string) => breaches.push({ rule: 'c', text });
	const named = /\[item (\d+)\]/.exec(message)?.[1];
	const item = named === undefined && execution.size > 1 ? undefined : Number(named ?? 0);
	if (item !== undefined && !truth.allowed(item).includes(data.submitted)) {
		const known = truth.allowed(item).map(String).join(' or ');
		breach(
			`The message about item ${truth.ownerOf(item)} says submitted: ${shown(data.submitted)}, which should be ${known}: ${message}`,
		);
	}
	if (item !== undefined && Array.isArray(data.clips)) {
		breaches.push(...clipsAreTrue(truth, item, data.clips as IDataObject[]));
	}
	// Where n8n ends the node itself, no message of ours is seen: there remains the log.
	const isOfN8n = message === OF_N8N;
	const unclear = new Set(itemsIn(data.unclear_items));
	if (item !== undefined && data.submitted === 'unknown') unclear.add(item);
	for (let each = 0; each < execution.size; each++) {
		if (truth.isUnclear(each) && !unclear.has(each) && !(isOfN8n && truth.isUnclearInLog(each))) {
			breach(`The message does not say that item ${truth.ownerOf(each)} is unclear: ${message}`);
		}
		if (unclear.has(each) && !truth.allowed(each).includes('unknown')) {
			breach(`The message calls item ${truth.ownerOf(each)} unclear, which it is not: ${message}`);
		}
	}
	if (/has a defect/.test(`${message} ${description}`)) {
		breaches.push({ rule: 'defect', text: message });
	}
	return breaches;
}

function itemsIn(list: unknown): number[] {
	return Array.isArray(list) ? list.map((entry: IDataObject) => Number(entry.item)) : [];
}
