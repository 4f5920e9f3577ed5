/** The exit code of a run that could try nothing, as test programs have it by custom. */
export const SKIPPED = 77;

/** What the runs need cannot be had on this machine. Nothing is wrong with the package. */
export class Unavailable extends Error {
	override name = 'Unavailable';
}

/** The oldest Node that runs these scripts; n8n itself runs on one that the cache brings. */
const OLDEST_NODE = 20;

/** Throws where this machine cannot run the scripts at all. */
export function expectUsableMachine(): void {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < OLDEST_NODE) {
		throw new Unavailable(`Node ${OLDEST_NODE} is needed, this is ${process.versions.node}`);
	}
	if (process.platform === 'win32') {
		throw new Unavailable('The set-up needs a system such as Linux or macOS');
	}
}

/** Says of a failure while getting what is needed that it is the machine's, not the package's. */
export async function orUnavailable<T>(what: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Unavailable) throw error;
		const reason = error instanceof Error ? error.message : String(error);
		throw new Unavailable(`${what}: ${reason}`);
	}
}

/** The lines that nobody can overlook. */
export function loudly(text: string): string {
	const bar = '!'.repeat(76);
	return `\n${bar}\n!!! ${text.replaceAll('\n', '\n!!! ')}\n${bar}\n`;
}
