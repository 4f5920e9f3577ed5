/**
 * A model of deAPI, of the storage that its results lie on, and of a host of sounds: it does to each
 * request what the scenario says, and writes down the truth.
 */
import type { Act, OperationName, Scenario } from '../scenario/scenario';
import type { Connection, Server } from '../world/sockets';
import type { SimulatedTime } from '../world/time';
import { hasMadePictures } from '../run/execution';
import { clipSecondsOf, pictureOf, REFERENCE, versionOfPiece, versionOfSong } from '../run/media';
import { EDITED, FILES, operationNamed, operationAt, textFor } from '../run/operations';
import type { Story } from '../story';
import { actOnRead } from './reads';
import { actOnFile } from './files';
import { actOnConnection, actOnSubmit } from './submits';
import type { Account, Breach, GivenSound, Job, RequestRecord, SubmitRecord } from './records';
import { isDone, pictureFor, priceOf, readOwner } from './records';

/** A cut may be so many seconds from where the tone changes: clips on the model's grid are a frame longer each. */
const BLUR_S = 0.25;

export const HOSTS = ['https://one.sim', 'https://two.sim'] as const;
export const FILE_HOST = 'https://files.sim';
export const SOUND_HOST = 'https://sounds.sim';
/** Where a forged call would lead the trigger. */
export const ELSEWHERE = 'https://elsewhere.sim';

type Kind = RequestRecord['kind'];

/** A request that the service is working on. */
export interface Handling {
	connection: Connection;
	kind: Kind;
	record: RequestRecord;
	account: Account | undefined;
	submit: SubmitRecord | undefined;
	act: Act<string>;
	/** Timers of the service that end with the connection. */
	timers: number[];
}

export class Service implements Server {
	readonly accounts: Account[];

	readonly jobs: Job[] = [];

	readonly submits: SubmitRecord[] = [];

	readonly requests: RequestRecord[] = [];

	readonly breaches: Breach[] = [];

	/** Sounds from URLs that were given out whole. */
	readonly sounds: GivenSound[] = [];

	readonly open = new Map<Connection, Handling>();

	/** Told of each event, by which the ends of executions are placed. */
	onEvent: () => void = () => {};

	/** Whether the process that sends the requests has died: nothing reaches it any more. */
	isDeaf = false;

	private readonly used = new Map<Kind, number>();

	constructor(
		readonly scenario: Scenario,
		readonly time: SimulatedTime,
		readonly story: Story,
		keyOf: (account: number) => string,
	) {
		this.accounts = scenario.accounts.map((plan, index) => ({
			index,
			plan,
			key: keyOf(index),
			secret: `${keyOf(index).replace('key', 'secret')}-with-some-more-letters`,
			baseUrl: HOSTS[plan.host],
			submits: [],
			rises: new Map(),
		}));
	}

	connect(connection: Connection): void {
		const { head } = connection;
		const kind = kindOf(head.method, head.url);
		const account = this.accountOf(connection, kind);
		const record: RequestRecord = {
			kind,
			url: head.url,
			startedAt: this.time.now,
			endedAt: undefined,
			jobId: /\/([0-9a-z-]+)(\.[a-z0-9]+)?$/.exec(new URL(head.url).pathname)?.[1],
		};
		this.requests.push(record);
		const act = this.nextAct(kind);
		const handling: Handling = {
			connection,
			kind,
			record,
			account,
			submit: undefined,
			act,
			timers: [],
		};
		this.open.set(connection, handling);
		this.onEvent();
		if (kind === 'submit' && account) {
			handling.submit = {
				owner: undefined,
				edition: 0,
				version: undefined,
				account,
				operation: operationAt(new URL(head.url).pathname),
				model: undefined,
				startedAt: this.time.now,
				endedAt: undefined,
				answer: 'unclear',
				knowledge: undefined,
				isComplete: false,
				job: undefined,
				limit: undefined,
			};
			this.submits.push(handling.submit);
		}
		actOnConnection(this, handling);
	}

	receive(connection: Connection, piece: Buffer, next: () => void): void {
		const handling = this.open.get(connection);
		if (handling?.submit !== undefined && handling.submit.owner === undefined) {
			Object.assign(handling.submit, claimOf(connection, handling.submit.operation));
		}
		const isSlow = handling?.act.does === 'slowUpload';
		if (handling && isSlow) this.later(handling, 700, next);
		else next();
		const isCut = handling?.act.does === 'cutInBody' && handling.submit?.owner !== undefined;
		if (handling && isCut && piece.length > 0) {
			this.later(handling, handling.act.after, () => connection.cut());
		}
	}

	complete(connection: Connection): void {
		const handling = this.open.get(connection);
		if (handling === undefined) return;
		this.onEvent();
		if (handling.submit !== undefined) this.lookAt(connection, handling.submit);
		this.keepSecrets(handling);
		if (handling.kind === 'submit') actOnSubmit(this, handling);
		else if (handling.kind === 'download' || handling.kind === 'sound') actOnFile(this, handling);
		else actOnRead(this, handling);
	}

	closed(connection: Connection): void {
		const handling = this.open.get(connection);
		if (handling === undefined) return;
		this.open.delete(connection);
		for (const timer of handling.timers) this.time.cancel(timer);
		handling.record.endedAt = this.time.now;
		this.onEvent();
		const { submit } = handling;
		if (submit === undefined) return;
		submit.endedAt = this.time.now;
		submit.isComplete = connection.isComplete;
		// An answer that was left may have brought the ID before.
		const isTold = submit.job !== undefined && connection.brought.includes(`"${submit.job.id}"`);
		submit.knowledge ??= connection.isAnswered || isTold ? submit.answer : 'unclear';
		const id = submit.job === undefined ? '' : ` (job ${submit.job.id})`;
		this.story.tell(
			`submit of ${submit.owner ?? '?'} ended: client knows ${submit.knowledge}${id}`,
		);
	}

	/** Does something later, unless the connection is gone by then. */
	later(handling: Handling, ms: number, work: () => void): void {
		handling.timers.push(
			this.time.after(ms, () => {
				if (!handling.connection.isClosed && !this.isDeaf) work();
			}),
		);
	}

	/** Answers at once, the whole body in one piece. */
	reply(
		{ connection }: Handling,
		status: number,
		body: unknown,
		headers: { [name: string]: string } = {},
	): void {
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		const type = typeof body === 'string' ? 'text/html' : 'application/json';
		connection.answer(status, {
			'content-type': type,
			'content-length': String(Buffer.byteLength(text)),
			...headers,
		});
		connection.send(text);
		connection.finish();
		this.onEvent();
	}

	/** Answers byte by byte, so slowly that nobody waits for the end. */
	drip(handling: Handling, status: number, text: string): void {
		const { connection } = handling;
		connection.answer(status, { 'content-type': 'application/json' });
		const next = (at: number) => {
			connection.send(text.slice(at, at + 1));
			if (at + 1 < text.length) this.later(handling, 9000, () => next(at + 1));
			else connection.finish();
		};
		next(0);
	}

	/** Takes a submit, and makes a job of it unless all is said at once: what its answer brings. */
	accept(submit: SubmitRecord): object {
		if (!operationNamed(submit.operation).isInstant) {
			return { data: { request_id: this.makeJob(submit).id } };
		}
		this.count(submit);
		return { prompt: textFor(submit.owner ?? '', submit.edition), negative_prompt: null };
	}

	/** Makes a job of a submit. */
	makeJob(submit: SubmitRecord, id = jobId(this.jobs.length)): Job {
		const plan = this.scenario.service.jobs[this.jobs.length];
		const job: Job = {
			id,
			plan: plan ?? { end: 'done', takes: 10_000, refunded: false },
			acceptedAt: this.time.now,
			account: submit.account,
			submit,
			price: priceOf(submit.account, submit.operation),
			endTold: 0,
			isForgotten: false,
			endHeardAt: undefined,
		};
		submit.job = job;
		this.jobs.push(job);
		this.count(submit);
		return job;
	}

	/** Looks into the whole body of a submit. */
	private lookAt(connection: Connection, submit: SubmitRecord): void {
		const body = Buffer.concat(connection.pieces);
		submit.model = modelOf(connection);
		if (submit.owner === undefined) return;
		const { execution, clip, isPicture } = readOwner(submit.owner);
		const plan = this.scenario.executions[execution];
		const { takes } = operationNamed(submit.operation);
		if (clip !== undefined && !isPicture) {
			const seconds = clipSecondsOf(plan?.film ?? 0);
			submit.version = versionOfPiece(clip, body, seconds, BLUR_S);
		} else if (takes === 'song') submit.version = versionOfSong(body);
		const hasSound = takes !== 'song' || submit.version !== undefined;
		const other = isPicture ? REFERENCE : takes === undefined ? '' : FILES[takes].content;
		if (!(takes === 'song' ? hasSound : body.includes(other))) {
			this.breaches.push({ rule: 'n', text: `The file of ${submit.owner} is not its own` });
		}
		if (plan !== undefined && hasMadePictures(plan) && !isPicture) this.beginsRight(submit, body);
	}

	/** A clip begins with a picture that was made for it, with the words that it has itself. */
	private beginsRight({ owner = '', edition }: SubmitRecord, body: Buffer): void {
		const first = partOf('first_frame_image', body);
		const own = this.jobs.filter(
			({ submit, plan }) =>
				submit.owner === pictureFor(owner) && submit.edition === edition && isDone(plan),
		);
		if (first !== undefined && own.some(({ id }) => pictureOf(id).equals(first))) return;
		const made = this.jobs.find(({ id }) => first !== undefined && pictureOf(id).equals(first));
		const what =
			first === undefined
				? 'no picture'
				: `that of ${made?.submit.owner ?? 'nobody'} (${made?.submit.edition})`;
		this.breaches.push({ rule: 's', text: `Clip ${owner} was sent with ${what}` });
	}

	private count({ account, operation }: SubmitRecord): void {
		account.submits.push({ operation, at: this.time.now });
	}

	private nextAct(kind: Kind): Act<string> {
		const { submits, statuses, models, prices, downloads, sounds } = this.scenario.service;
		const lists: { [name in Kind]?: Array<Act<string>> } = {
			submit: submits,
			status: statuses,
			models,
			price: prices,
			download: downloads,
			sound: sounds,
		};
		const index = this.used.get(kind) ?? 0;
		this.used.set(kind, index + 1);
		return lists[kind]?.[index] ?? { does: 'well', after: 300, variant: 0, makesJob: false };
	}

	/** The secret of webhooks goes with the key of the same account only. */
	private keepSecrets({ connection, kind, account }: Handling): void {
		if (kind !== 'submit') return;
		const body = Buffer.concat(connection.pieces);
		const foreign = this.accounts.find((other) => other !== account && body.includes(other.secret));
		if (foreign === undefined) return;
		const text = `The webhook secret of account ${foreign.index} went to ${connection.head.url}`;
		this.breaches.push({ rule: 'f', text });
	}

	/** The account whose key a request carries; a key at any other address is a breach. */
	private accountOf({ head }: Connection, kind: Kind): Account | undefined {
		const all = `${head.url} ${JSON.stringify(head.headers)}`;
		const owner = this.accounts.find(({ key }) => all.includes(key));
		const isHome = owner !== undefined && head.url.startsWith(`${owner.baseUrl}/`);
		if (owner !== undefined && !isHome) {
			this.breaches.push({
				rule: 'f',
				text: `The key of account ${owner.index} went to ${head.url}`,
			});
		}
		if (head.url.startsWith(ELSEWHERE)) {
			this.breaches.push({
				rule: 'k',
				text: `A link from a forged call was followed: ${head.url}`,
			});
		} else if (owner === undefined && kind !== 'download' && kind !== 'sound') {
			this.breaches.push({ rule: 'f', text: `A request without a key went to ${head.url}` });
		}
		return owner;
	}
}

function kindOf(method: string, url: string): Kind {
	if (url.startsWith(FILE_HOST)) return 'download';
	if (url.startsWith(SOUND_HOST)) return 'sound';
	const { pathname } = new URL(url);
	if (method === 'POST') return /price/.test(pathname) ? 'price' : 'submit';
	if (pathname.endsWith('/models')) return 'models';
	return /request-status|jobs\//.test(pathname) ? 'status' : 'other';
}

/**
 * Each item's prompt says whose it is, of which clip of a film, and whether it was edited; its file does where there
 * is no prompt.
 */
function claimOf(
	{ pieces }: Connection,
	operation: OperationName,
): Pick<SubmitRecord, 'owner' | 'edition'> {
	const text = Buffer.concat(pieces).toString('latin1');
	const inForm =
		/name="(?:prompt|text|caption)"\r\n\r\nA song of (\d+\/\d+)(?:\s+clip (\d+))?( anew)?\r\n/;
	const inJson = /"prompt":"A song of (\d+\/\d+)()( anew)?"/;
	const [, item, clip, edited] = inForm.exec(text) ?? inJson.exec(text) ?? [];
	const edition = edited === EDITED ? 1 : 0;
	if (item === undefined) {
		const owner = /filename="of-(\d+-\d+)\.\w+"\r\n/.exec(text)?.[1]?.replace('-', '/');
		return { owner, edition };
	}
	if (clip === undefined || clip === '') return { owner: item, edition };
	const owner = `${item}/${clip}`;
	return { owner: operation === 'pictureEdit' ? pictureFor(owner) : owner, edition };
}

/** A file in a form, by the name of its part. */
function partOf(name: string, body: Buffer): Buffer | undefined {
	const head = body.indexOf(`name="${name}"`);
	if (head < 0) return undefined;
	const from = body.indexOf('\r\n\r\n', head) + 4;
	return body.subarray(from, body.indexOf('\r\n--', from));
}

/** The model that a submit names. */
function modelOf({ pieces }: Connection): string | undefined {
	const text = Buffer.concat(pieces).toString('latin1');
	const found =
		/name="model(?:_slug)?"\r\n\r\n(\w+)\r\n/.exec(text) ?? /"model":"(\w+)"/.exec(text);
	return found?.[1];
}

function jobId(index: number): string {
	return `6a1d0c3e-77b2-4e5f-9b11-${String(index + 1).padStart(12, '0')}`;
}
