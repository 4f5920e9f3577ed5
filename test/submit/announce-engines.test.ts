/** An accepted job is told of by whatever the engine at hand can do, and nothing else breaks. */
import type { Call } from '../../nodes/Deapi/engine/call';
import { announceJob } from '../../nodes/Deapi/submit/announce';

const KEY = 'deapi_request_ids';

interface Engine {
	/** What stands in expressions as `$execution`. */
	$execution?: unknown;
	mode?: string;
	sendMessageToUI?: unknown;
}

/** Announces jobs in an engine that has just this, and returns what its log says. */
function announce(ids: string[], { $execution, mode = 'manual', ...more }: Engine): string[] {
	const said: string[] = [];
	const context = {
		logger: { info: (text: string) => said.push(text) },
		getWorkflowDataProxy: () => ({ $execution }),
		getMode: () => mode,
		...more,
	};
	for (const requestId of ids) {
		announceJob({ context, item: 0 } as unknown as Call, { requestId, what: ' (clip 1)' }, {});
	}
	return said;
}

/** An execution with custom data. */
function execution() {
	const kept = new Map<string, unknown>();
	return { $execution: { customData: kept }, kept };
}

test.each<[string, unknown]>([
	['no execution', undefined],
	['an execution without them', {}],
	['nothing in their place', { customData: null }],
	['ones that can be read only', { customData: { get: () => undefined } }],
	['ones that can be written only', { customData: { set: () => undefined } }],
])('where the engine has no custom data, the log has the job: %s', (_what, $execution) => {
	expect(announce(['id-a'], { $execution })).toEqual(['deAPI accepted the job id-a (clip 1)']);
});

test('the custom data take what fits to the last character, the newest first', () => {
	const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(169));
	const { $execution, kept } = execution();
	announce(
		[first, second, third].flatMap((id) => id ?? []),
		{ $execution },
	);
	expect(kept.get(KEY)).toBe(`${third}, ${second}, ${first}`);
	expect(kept.get(KEY)).toHaveLength(511);
	const exact = execution();
	announce(['d'.repeat(170), `${second}`, `${third}`], exact);
	expect(exact.kept.get(KEY)).toHaveLength(512);
	announce(['e'], exact);
	expect(exact.kept.get(KEY)).toBe(`e, ${third}, ${second}`);
});

test('what the user keeps there under another type is taken for nothing', () => {
	const { $execution, kept } = execution();
	kept.set(KEY, 7);
	announce(['id-a'], { $execution });
	expect(kept.get(KEY)).toBe('id-a');
});

test("the browser's console has it for a run by hand, where the engine lets it be written", () => {
	const told: unknown[] = [];
	const sendMessageToUI = (text: unknown) => told.push(text);
	announce(['id-a'], { mode: 'manual', sendMessageToUI });
	announce(['id-b'], { mode: 'trigger', sendMessageToUI });
	expect(told).toEqual(['deAPI accepted the job id-a (clip 1)']);
	for (const other of [{}, { sendMessageToUI: 'not a function' }]) {
		expect(() => announce(['id-c'], other)).not.toThrow();
	}
});
