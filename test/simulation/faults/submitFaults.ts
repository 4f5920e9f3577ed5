/** Faults of single items and their jobs: what is sent, what is known of it, who gets what. */
import type { Fault } from './faults';

const LEDGER = 'nodes/Deapi/submit/ledger.ts';
const SEND = 'nodes/Deapi/submit/send.ts';
const OPERATION = 'nodes/Deapi/submit/submitOperation.ts';
const LANE = 'nodes/Deapi/submit/lane/lane.ts';
const REPORT = 'nodes/Deapi/submit/outcome/report.ts';
const CHECKED = 'nodes/Deapi/submit/checked.ts';
const RUN = 'nodes/Deapi/engine/run.ts';
const NETWORK = 'nodes/Deapi/engine/networkFaults.ts';
const CATALOGUE = 'nodes/Deapi/service/catalogue.ts';
const LIMITS = 'nodes/Deapi/service/rateLimit.ts';

export const SUBMIT_FAULTS: Fault[] = [
	{
		name: 'A new pass does not wait for what the one before has in flight',
		harm: 'a second job',
		changes: [{ file: LEDGER, from: 'if (other !== undefined) {', to: 'if (other === null) {' }],
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
				from: ": 'the secure connection broke';\n\t\treturn { ...base, neverSent: inHandshake, reason };",
				to: ": 'the secure connection broke';\n\t\treturn { ...base, neverSent: true, mayRetry: true, reason };",
			},
		],
	},
	{
		name: 'A cut connection counts as never sent',
		harm: 'a second job',
		changes: [
			{
				file: NETWORK,
				from: 'if (reason) return { ...base, neverSent: inHandshake, reason };',
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
				from: 'const places: unknown[] = [body.data, body];',
				to: 'const places: unknown[] = isObject(body.data) ? [{ request_id: body.data.request_id }] : [];',
			},
			{
				file: SEND,
				from: 'if (Number.isFinite(id)) return String(id);',
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
				from: 'const requestId = findRequestId(answer.body, answer.text);',
				to: 'const requestId = status < 300 ? findRequestId(answer.body) : undefined;',
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
				from: 'now + Math.min(wait, LONGEST_LIMIT_MS), headers',
				to: 'now + wait, headers',
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
				file: 'nodes/Deapi/submit/outcome/outcome.ts',
				from: 'const ids = [...entries.flatMap(({ request_ids }) => request_ids), ...idsOf(film?.clips ?? [])];',
				to: 'const ids = idsOf(film?.clips ?? []);',
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
		changes: [{ file: SEND, from: 'ledger.doubt(submit.key, unclear);', to: 'void ledger;' }],
	},
	{
		name: 'Unclear items are not named when a run stops',
		harm: 'a job that nobody looks for',
		changes: [
			{
				file: REPORT,
				from: '...(unclear.length === 0 ? {} : { unclear_items: unclear.map(keyFacts) }),',
				to: '',
			},
		],
	},
	{
		name: 'With Batching the expressions of later items are not tried before',
		harm: 'paid jobs whose IDs are lost',
		changes: [
			{
				file: CHECKED,
				from: 'if (lookedAhead.of(run).isDone) return;',
				to: 'if (run.size >= 0) return;',
			},
		],
	},
	{
		name: 'Items are sent before all of them are checked',
		harm: 'paid jobs of a run that stops',
		changes: [
			{
				file: CHECKED,
				from: 'if (run.isStaggered || !(await pass.allChecked())) allItemsResolve(call);',
				to: 'if (run.isStaggered) allItemsResolve(call);',
			},
		],
	},
	{
		name: 'The signal that n8n stops by does not reach the lane',
		harm: 'jobs after a cancel',
		changes: [
			{
				file: 'nodes/Deapi/submit/submit.ts',
				from: 'const place = { owner: call.run, order, maxRefusals, signal };',
				to: 'const place = { owner: call.run, order, maxRefusals, signal: new AbortController().signal };',
			},
			{ file: SEND, from: 'if (signal.aborted) throw CANCELED;\n', to: '' },
			{
				file: SEND,
				from: 'if (signal.aborted) {\n\t\t\tbody.close();\n\t\t\tthrow CANCELED;\n\t\t}\n',
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
				from: 'if (chunk === null ? received === expected : received <= expected) return push(chunk, encoding);',
				to: 'return push(chunk, encoding);',
			},
			{
				file: 'nodes/Deapi/files/stream.ts',
				from: "content.on('end', () => received < expected && onOther({ received }));",
				to: '',
			},
		],
	},
	{
		name: 'Requests have no deadline of their own',
		harm: 'an execution that hangs',
		changes: [
			{
				file: 'nodes/Deapi/service/transport.ts',
				from: 'new Deadline(isUpload ? deadline : timeout, signal)',
				to: 'new Deadline(Infinity, signal)',
			},
		],
	},
	{
		name: 'A key goes with the address of another item',
		harm: 'a key in foreign hands',
		changes: [
			{
				file: 'nodes/Deapi/service/account.ts',
				from: 'return Account.from(await readStored(context));',
				to: `const first = await readStored(Object.create(context, { itemIndex: { value: 0 } }) as typeof context);
		return Account.from({ ...(await readStored(context)), baseUrl: first.baseUrl ?? '' });`,
			},
		],
	},
	{
		name: 'A key that deAPI repeats stands in messages',
		harm: 'a key in foreign hands',
		changes: [
			{
				file: 'nodes/Deapi/service/transport.ts',
				from: 'const key = apiKey.length < SHORTEST_KEY ? [] : [apiKey];',
				to: 'const key: string[] = apiKey.length < SHORTEST_KEY ? [] : [];',
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
				from: 'atCancel: canceledItem,',
				to: '',
			},
		],
	},
	{
		name: 'The pace in the headers is not looked at',
		harm: 'twice as many uploads as jobs',
		changes: [
			{
				file: 'nodes/Deapi/submit/lane/pace.ts',
				from: 'return left === undefined || inFlight < left;',
				to: 'return left !== null;',
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
	{
		name: 'The headers do not end the day for those that wait',
		harm: 'an upload that is refused',
		changes: [
			{
				file: 'nodes/Deapi/submit/lane/lane.ts',
				from: 'if (pace.day) this.endDay(pace.day);',
				to: '',
			},
		],
	},
	{
		name: 'A check is dropped where another execution has ended its shared read',
		harm: 'jobs that deAPI cannot make',
		changes: [
			{
				file: CATALOGUE,
				from: 'const hasEnded = error === CANCELED && known !== undefined;',
				to: 'const hasEnded = error === null;',
			},
		],
	},
	{
		name: 'A canceled execution waits for the list that another one reads',
		harm: 'an execution that does not end',
		changes: [
			{
				file: CATALOGUE,
				from: 'await untilAborted(\n\t\t\t\treading.models.catch(() => undefined),\n\t\t\t\tcaller.signal,\n\t\t\t);',
				to: '',
			},
		],
	},
	{
		name: 'A pass that begins after the end is not ended',
		harm: 'waits that nobody ends',
		changes: [{ file: RUN, from: 'if (this.hasEnded) this.pass.abandon(LEFT_BEHIND);', to: '' }],
	},
	{
		name: 'An answer that makes no job is not given out where the execution is canceled',
		harm: 'a paid answer that is lost',
		changes: [
			{
				file: 'nodes/Deapi/submit/outcome/outcome.ts',
				from: 'const isPaid = paid ?? answer ??',
				to: 'const isPaid = paid ??',
			},
			{
				file: REPORT,
				from: '\t\t\t...entries.find(({ answer }) => answer !== undefined)?.answer,\n',
				to: '',
			},
		],
	},
	{
		name: 'An item that waits for others when its execution is canceled says nothing',
		harm: 'a paid job that nobody knows of',
		changes: [
			{
				file: 'nodes/Deapi/engine/operation.ts',
				from: 'if (call.isCanceled && atCancel) return [atCancel(call, ownFailure(call, failure))];\n\t\t\t// n8n has gone',
				to: '// n8n has gone',
			},
		],
	},
];
