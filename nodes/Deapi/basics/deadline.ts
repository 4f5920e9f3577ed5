import { startTimer } from './timer';

/** Ends a piece of work: when its time is over, or when its caller gives up. */
export class Deadline {
	private readonly ending = new AbortController();

	private readonly stopTimer: () => void;

	/** Whether the time was over before the work was. */
	isOver = false;

	private readonly giveUp = () => this.ending.abort();

	/** @param ms how long the work may take, in milliseconds */
	constructor(
		ms: number,
		private readonly callerSignal: AbortSignal | undefined,
	) {
		if (callerSignal?.aborted) this.giveUp();
		callerSignal?.addEventListener('abort', this.giveUp, { once: true });
		this.stopTimer = startTimer(ms, () => {
			this.isOver = true;
			this.giveUp();
		});
	}

	/** Fires at the end, whatever brings it. */
	get signal(): AbortSignal {
		return this.ending.signal;
	}

	/** The work is done, or given up: whoever still listens to the signal ends too. */
	close(): void {
		this.callerSignal?.removeEventListener('abort', this.giveUp);
		this.stopTimer();
		this.giveUp();
	}
}
