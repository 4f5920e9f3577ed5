/** Faults that were once in this package, or stand for such: put back by replacing text. */

export interface Fault {
	name: string;
	/** What a user would meet. */
	harm: string;
	changes: Array<{ file: string; from: string; to: string }>;
}

const LEDGER = 'nodes/Deapi/submit/ledger.ts';
const SEND = 'nodes/Deapi/submit/send.ts';
const OPERATION = 'nodes/Deapi/submit/submitOperation.ts';
const LANE = 'nodes/Deapi/submit/lane/lane.ts';
const RUN = 'nodes/Deapi/engine/run.ts';
const NETWORK = 'nodes/Deapi/engine/networkFaults.ts';
const LIMITS = 'nodes/Deapi/service/rateLimit.ts';

export const FAULTS: Fault[] = [
	{
		name: 'A new pass does not wait for what the one before has in flight',
		harm: 'a second job',
		changes: [{ file: LEDGER, from: 'if (flight !== undefined) {', to: 'if (flight === null) {' }],
	},
	{
		name: 'A pass that n8n left goes on sending',
		harm: 'jobs after the end, second jobs',
		changes: [
			{
				file: RUN,
				from: 'this.pass?.abandon(LEFT_BEHIND);\n\t\t\tthis.pass = ',
				to: 'this.pass = ',
			},
			{ file: RUN, from: 'context.onExecutionFinish?.(() => run.end());', to: '' },
		],
	},
	{
		name: 'TLS that breaks after the upload counts as never sent',
		harm: 'a second job',
		changes: [
			{
				file: NETWORK,
				from: 'const neverSent = chain.some(isInHandshake);\n\t\treturn { ...base, neverSent,',
				to: 'const neverSent = true;\n\t\treturn { ...base, neverSent, mayRetry: true,',
			},
		],
	},
	{
		name: 'A cut connection counts as never sent',
		harm: 'a second job',
		changes: [
			{
				file: NETWORK,
				from: 'if (reason) return { ...base, reason };',
				to: 'if (reason) return { ...base, neverSent: true, mayRetry: true, reason };',
			},
		],
	},
	{
		name: 'A request ID counts only where it belongs and as text',
		harm: 'a job that nobody knows of',
		changes: [
			{
				file: SEND,
				from: 'for (const place of [data, body, isObject(data) ? data.data : undefined]) {',
				to: 'for (const place of [body.data]) {',
			},
			{
				file: SEND,
				from: "if (typeof id === 'number' && Number.isFinite(id)) return String(id);",
				to: '',
			},
		],
	},
	{
		name: 'A request ID in a refusal is overlooked',
		harm: 'a second job, a false "Nothing was submitted"',
		changes: [
			{
				file: SEND,
				from: 'const requestId = findRequestId(answer);',
				to: 'const requestId = status < 300 ? findRequestId(answer) : undefined;',
			},
		],
	},
	{
		name: 'A 5xx counts as refused',
		harm: 'a second job',
		changes: [
			{
				file: SEND,
				from: 'const isRefused = status >= 300 && status < 500;',
				to: 'const isRefused = status >= 300;',
			},
		],
	},
	{
		name: 'What deAPI answers overwrites our own facts',
		harm: 'an item without its request ID',
		changes: [
			{
				file: 'nodes/Deapi/result/jobItem.ts',
				from: 'return { ...ours, ...Object.fromEntries(theirs), ...ours };',
				to: 'return { ...ours, ...job };',
			},
		],
	},
	{
		name: 'An absurd Retry-After is believed',
		harm: 'an execution that hangs',
		changes: [
			{
				file: LIMITS,
				from: '(announced ?? 0) > LONGEST_MINUTE_LIMIT_MS;',
				to: 'false;',
			},
			{
				file: LIMITS,
				from: 'endsAt: now + Math.min(wait, LONGEST_LIMIT_MS),',
				to: 'endsAt: now + wait,',
			},
		],
	},
	{
		name: 'A daily limit is forgotten by the account',
		harm: 'uploads that are refused again and again',
		changes: [
			{
				file: LANE,
				from: 'return limit && isBelieved && now < limit.endsAt ? limit : undefined;',
				to: 'return limit && isBelieved && now < 0 ? limit : undefined;',
			},
		],
	},
	{
		name: 'The IDs of earlier tries are forgotten',
		harm: 'a paid job that nobody knows of',
		changes: [
			{
				file: OPERATION,
				from: 'if (item !== call.item || earlier.length === 0) return failure;',
				to: 'if (earlier.length >= 0) return failure;',
			},
		],
	},
	{
		name: 'A failed job is sent again whether deAPI calls it retryable or not',
		harm: 'a second job',
		changes: [{ file: OPERATION, from: 'if (isRetryable(ended)) ledger', to: 'ledger' }],
	},
	{
		name: 'A retryable failed job is never sent again',
		harm: 'Retry On Fail does nothing',
		changes: [
			{
				file: OPERATION,
				from: 'if (isRetryable(ended)) ledgerOf',
				to: 'if (call === null) ledgerOf',
			},
		],
	},
	{
		name: 'The ledger is not stored with the execution',
		harm: 'second jobs by "Retry execution"',
		changes: [{ file: LEDGER, from: 'data.metadata = metadata;', to: 'void metadata;' }],
	},
	{
		name: 'An unclear outcome is not remembered',
		harm: 'a second job by Retry On Fail',
		changes: [{ file: SEND, from: 'ledger.doubt(key, facts);', to: 'void key;' }],
	},
	{
		name: 'Unclear items are not named when a run stops',
		harm: 'a job that nobody looks for',
		changes: [
			{
				file: 'nodes/Deapi/submit/stop.ts',
				from: 'if (unclear.length > 0) more.unclear_items = unclear.map(keyFacts);',
				to: '',
			},
		],
	},
	{
		name: 'With Batching the expressions of later items are not tried before',
		harm: 'paid jobs whose IDs are lost',
		changes: [
			{
				file: 'nodes/Deapi/submit/ahead.ts',
				from: 'if (resolved.has(run)) return;',
				to: 'if (run.size >= 0) return;',
			},
		],
	},
	{
		name: 'Items are sent before all of them are checked',
		harm: 'paid jobs of a run that stops',
		changes: [
			{
				file: OPERATION,
				from: 'else await call.pass.allChecked();',
				to: '',
			},
		],
	},
	{
		name: 'The signal that n8n stops by does not reach the lane',
		harm: 'jobs after a cancel',
		changes: [
			{
				file: 'nodes/Deapi/submit/submit.ts',
				from: 'signal: call.signal',
				to: 'signal: new AbortController().signal',
			},
			{ file: SEND, from: 'if (signal.aborted) throw NOT_SENT;\n', to: '' },
			{
				file: SEND,
				from: 'if (signal.aborted) {\n\t\t\tbody.close();\n\t\t\tthrow NOT_SENT;\n\t\t}\n',
				to: '',
			},
		],
	},
	{
		name: 'An item that fails keeps its place in the lane',
		harm: 'an execution that hangs',
		changes: [
			{
				file: LANE,
				from: 'reject(error instanceof Error ? error : new Error(String(error)));\n\t\t\t\t\t\treturn {};',
				to: 'reject(error instanceof Error ? error : new Error(String(error)));\n\t\t\t\t\t\treturn await new Promise(() => {});',
			},
		],
	},
	{
		name: 'A file whose size lies is sent as it is',
		harm: 'an upload that never ends, or half a song',
		changes: [
			{
				file: 'nodes/Deapi/files/stream.ts',
				from: 'if (received <= expected && !isShort) return push(chunk, encoding);',
				to: 'if (received >= 0 || isShort) return push(chunk, encoding);',
			},
		],
	},
	{
		name: 'Requests have no deadline of their own',
		harm: 'an execution that hangs',
		changes: [
			{
				file: 'nodes/Deapi/service/transport.ts',
				from: 'void pause(ms, this.finished.signal).then((isOver) => isOver && this.giveUp());',
				to: 'void ms;',
			},
		],
	},
	{
		name: 'A key goes with the address of another item',
		harm: 'a key in foreign hands',
		changes: [
			{
				file: 'nodes/Deapi/service/account.ts',
				from: 'const account = new Account(await readStored(context));',
				to: `const first = await readStored(Object.create(context, { itemIndex: { value: 0 } }) as typeof context);
		const account = new Account({ ...(await readStored(context)), baseUrl: first.baseUrl ?? '' });`,
			},
		],
	},
	{
		name: 'A key that deAPI repeats stands in messages',
		harm: 'a key in foreign hands',
		changes: [
			{
				file: 'nodes/Deapi/service/transport.ts',
				from: 'if (key.length < 4) return text;',
				to: 'if (key.length >= 0) return text;',
			},
		],
	},
	{
		name: 'Foreign text may call the execution canceled',
		harm: 'no error workflow',
		changes: [
			{
				file: 'nodes/Deapi/basics/quote.ts',
				from: ".replace(/(cancel)(ed)/gi, '$1l$2')",
				to: '',
			},
		],
	},
	{
		name: 'A canceled item throws instead of giving out its ID',
		harm: 'no ID in the output of a canceled execution',
		changes: [
			{
				file: OPERATION,
				from: 'return [canceledItem(call, asFailure(error))];',
				to: 'throw asFailure(error);',
			},
		],
	},
	{
		name: 'The pace in the headers is not looked at',
		harm: 'twice as many uploads as jobs',
		changes: [
			{
				file: 'nodes/Deapi/submit/lane/pace.ts',
				from: 'return room === undefined || inFlight < room;',
				to: 'return room !== null;',
			},
		],
	},
	{
		name: 'A body that breaks off is passed on',
		harm: 'half a video',
		changes: [
			{
				file: 'nodes/Deapi/files/stream.ts',
				from: 'if (announced !== undefined && size < announced) {',
				to: 'if (announced !== undefined && size < 0) {',
			},
		],
	},
];
