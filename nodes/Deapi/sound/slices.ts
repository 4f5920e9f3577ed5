import { clock } from '../basics/clock';

/** So long work may go on before all others have their turn, in milliseconds. */
const SLICE_MS = 5;

/** Milliseconds of work since the others had their turn. */
let spent = 0;
let turn: Promise<void> | undefined;

/**
 * Does a piece of work that keeps the processor busy, a few milliseconds of it. n8n is one process for all
 * workflows: however many items and executions work on sounds at once, they share one slice, after which
 * everything else has its turn.
 *
 * @returns what the work gives; what it throws is thrown on
 */
export async function inSlices<T>(work: () => T): Promise<T> {
	while (spent >= SLICE_MS) {
		// The timer starts behind the work: one that is due already would leave no turn to anybody.
		turn ??= clock.sleep(0).then(() => {
			spent = 0;
			turn = undefined;
		});
		await turn;
	}
	const start = clock.now();
	try {
		return work();
	} finally {
		spent += clock.now() - start;
	}
}

/**
 * Does long work that is divided into steps of some milliseconds each: a generator rests after each of them.
 *
 * @returns what the work gives; what it throws is thrown on
 */
export async function inSteps<T>(work: Generator<void, T>): Promise<T> {
	for (;;) {
		const step = await inSlices(() => work.next());
		if (step.done === true) return step.value;
	}
}
