/** How long everything else in a process has to wait for its turn. */
import { closeSync, openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long others had to wait, in milliseconds. */
export interface Turns {
	/** The longest turn, less what the machine gave to other processes and threads in it. */
	held: number;
	/** By the clock. */
	longest: number;
	median: number;
	p99: number;
}

/**
 * Watches the turns of the event loop. On a machine of two processors a turn is often long because the
 * thread itself has to wait for one of them: Linux says for how long, and that is nobody's fault here.
 */
export class TurnWatch {
	private readonly delays = monitorEventLoopDelay({ resolution: 1 });
	private readonly waits = new ProcessorWaits();
	private held = 0;
	private last = performance.now();
	private waited = this.waits.read();
	private timer: NodeJS.Timeout | undefined;

	start(): void {
		this.delays.enable();
		this.last = performance.now();
		this.waited = this.waits.read();
		this.timer = setTimeout(() => this.turn(), 0);
	}

	end(): Turns {
		clearTimeout(this.timer);
		this.delays.disable();
		this.waits.close();
		const ms = (value: number) => value / 1e6;
		return {
			held: this.held,
			longest: ms(this.delays.max),
			median: ms(this.delays.percentile(50)),
			p99: ms(this.delays.percentile(99)),
		};
	}

	private turn(): void {
		const [now, waited] = [performance.now(), this.waits.read()];
		this.held = Math.max(this.held, now - this.last - (waited - this.waited));
		[this.last, this.waited] = [now, waited];
		this.timer = setTimeout(() => this.turn(), 0);
	}
}

/** For how long the main thread has waited for a processor, in milliseconds; 0 where no one says. */
class ProcessorWaits {
	private readonly file = openStatistics();
	private readonly text = Buffer.alloc(80);

	read(): number {
		if (this.file === undefined) return 0;
		const length = readSync(this.file, this.text, 0, this.text.length, 0);
		return Number(this.text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
	}

	close(): void {
		if (this.file !== undefined) closeSync(this.file);
	}
}

function openStatistics(): number | undefined {
	try {
		return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
	} catch {
		return undefined;
	}
}
