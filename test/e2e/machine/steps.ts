const startedAt = performance.now();

export function secondsSinceStart(): string {
	return ((performance.now() - startedAt) / 1000).toFixed(1);
}

/** Prints one line of what the run is doing, with the seconds since it began. */
export function say(text: string): void {
	console.log(`[${secondsSinceStart().padStart(6)} s] ${text}`);
}

/** Runs one step under its title, and says how long it took or that it failed. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
	const begun = performance.now();
	const took = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
	say(`${title} …`);
	try {
		const result = await work();
		say(`${title}: done in ${took()}`);
		return result;
	} catch (error) {
		say(`${title}: FAILED after ${took()}`);
		throw error;
	}
}
