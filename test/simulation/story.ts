import type { SimulatedTime } from './world/time';

/** What happened, line by line, each with its time since the scenario's begin. */
export class Story {
	readonly lines: string[] = [];

	private readonly start: number;

	constructor(private readonly time: SimulatedTime) {
		this.start = time.now;
	}

	tell(text: string): void {
		const seconds = ((this.time.now - this.start) / 1000).toFixed(3);
		this.lines.push(`${seconds.padStart(9)} s  ${text}`);
	}
}
