/**
 * Time for tests of what takes minutes. `Date.now` and the package's clock are put forward together, so
 * that the node, the fake service and n8n see the same time; HTTP, files and timers of others stay real.
 */
import { clock, useClock } from '../../nodes/Deapi/basics/clock';

export interface TestClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Puts the time forward at once. */
	skip(ms: number): void;
	/**
	 * Lets the package's waits take no time until the test is over: whenever nothing is going on but
	 * waits, the time leaps to the end of the next one. They end in their order, each at its time, and
	 * in between the time stands still.
	 */
	leap(): void;
	/** Calls back when so much of this time has passed, for the fake service; calls that off. */
	after: (ms: number, done: () => void) => () => void;
}

/** A wait of the package. */
interface Sleeper {
	/** Milliseconds since 1970. */
	wakeAt: number;
	wake: () => void;
}

/** Turns of the event loop without any work, after which nothing more can come of the last wait. */
const IDLE_TURNS = 5;

/** A transfer on which nothing moves for so long is one that the test holds, in milliseconds. */
const STALLED_MS = 80;
const STALLED_TURNS = 50;

/** What is under way while it is listed among a process' resources. */
const WORK =
	/^(TCPSocket|TCPConnect|TLS|FSReq|FileHandle|CloseReq|GetAddrInfo|Zlib|Write|Shutdown)/i;

/** What no test can hold: it only takes long where the machine has much to do. */
const OF_THE_MACHINE = /FSReq|CloseReq|GetAddrInfo|Zlib/i;

/** Puts a clock in place that goes back to the true time after each test. */
export function clockForTests(): TestClock {
	const trueNow = Date.now.bind(Date);
	let ahead = 0;
	let leaps: Leaps | undefined;
	let restore = () => {};
	let stoodStillAt: number | undefined;
	const now = () => (stoodStillAt ?? trueNow()) + ahead;

	beforeEach(() => {
		ahead = 0;
		stoodStillAt = undefined;
		jest.spyOn(Date, 'now').mockImplementation(now);
		restore = useClock({
			now,
			sleep: async (ms) => {
				const over = new Promise<void>((resolve) => {
					if (leaps) leaps.add({ wakeAt: now() + ms, wake: resolve });
					else setTimeout(resolve, ms);
				});
				await over;
			},
		});
	});
	afterEach(() => {
		leaps?.end();
		leaps = undefined;
		restore();
		jest.restoreAllMocks();
	});

	return {
		now,
		skip: (ms) => {
			ahead += ms;
		},
		leap: () => {
			stoodStillAt ??= trueNow();
			leaps ??= new Leaps((time) => {
				ahead += Math.max(0, time - now());
			});
		},
		after: (ms, done) => {
			let isOff = false;
			void clock.sleep(ms).then(() => {
				if (!isOff) done();
			});
			return () => {
				isOff = true;
			};
		},
	};
}

/** Ends waits in their order, each as soon as nothing else is going on. */
class Leaps {
	private sleepers: Sleeper[] = [];

	private isWatching = false;

	private idleTurns = 0;

	private work = '';

	private sameSince = 0;

	private sameTurns = 0;

	/** What the test holds: nothing has moved on it for long. */
	private held: string | undefined;

	constructor(private readonly leapTo: (time: number) => void) {}

	add(sleeper: Sleeper): void {
		this.sleepers.push(sleeper);
		this.idleTurns = 0;
		if (this.isWatching) return;
		this.isWatching = true;
		setImmediate(() => this.watch());
	}

	/** Wakes all at once: nothing of the test is left behind. */
	end(): void {
		for (const { wake } of this.sleepers.splice(0)) wake();
	}

	private watch(): void {
		const isQuiet = this.isQuiet();
		if (isQuiet) this.idleTurns++;
		else this.idleTurns = 0;
		if (this.idleTurns > IDLE_TURNS) {
			this.idleTurns = 0;
			this.wakeNext();
		}
		this.isWatching = this.sleepers.length > 0;
		if (!this.isWatching) return;
		// While something is going on, it gets the machine.
		if (isQuiet) setImmediate(() => this.watch());
		else setTimeout(() => this.watch(), 1);
	}

	private wakeNext(): void {
		const time = Math.min(...this.sleepers.map(({ wakeAt }) => wakeAt));
		this.leapTo(time);
		const due = this.sleepers.filter(({ wakeAt }) => wakeAt <= time);
		this.sleepers = this.sleepers.filter((sleeper) => !due.includes(sleeper));
		for (const { wake } of due) wake();
	}

	/** Whether nothing is under way but what the test holds. */
	private isQuiet(): boolean {
		const work = process
			.getActiveResourcesInfo()
			.filter((type) => WORK.test(type))
			.sort()
			.join();
		const time = performance.now();
		if (work !== this.work) {
			if (work.length < this.work.length) this.held = undefined;
			this.work = work;
			this.sameSince = time;
			this.sameTurns = 0;
		}
		this.sameTurns++;
		const isSlow = time - this.sameSince > STALLED_MS && this.sameTurns > STALLED_TURNS;
		const isStalled = isSlow && !OF_THE_MACHINE.test(work);
		if (isStalled) this.held = work;
		return work === '' || work === this.held;
	}
}
