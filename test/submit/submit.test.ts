/** A submit that is sent once, and never where something is known of it; and what it says unsent. */
import type { Call } from '../../nodes/Deapi/engine/call';
import type { FailureFacts } from '../../nodes/Deapi/engine/failure';
import { CANCELED, Failure } from '../../nodes/Deapi/engine/failure';
import { Account } from '../../nodes/Deapi/service/account';
import type { Ledger } from '../../nodes/Deapi/submit/ledger';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { itemReport } from '../../nodes/Deapi/submit/outcome/report';
import { submitJob, submitOnce } from '../../nodes/Deapi/submit/submit';
import { clockForTests } from '../support/clock';
import { Deapi } from '../support/deapi';
import { outcomeOf, submitOf } from '../support/parts';
import { changed, inNode } from '../support/probe';

const clock = clockForTests();

const UNCLEAR = { happened: 'The upload was cut', makesJob: true };
const UNSENT = new Failure({ message: 'Its film was given up', description: '', submitted: 'no' });
const ANOTHER = new Failure({ message: 'Another item', description: '', item: 4 });

/** Submits a job as an item does; the arguments are what is other than usual. */
async function submitted(
	call: Call,
	{ work = submitOnce, submit = submitOf(), signal = call.signal },
) {
	const account = await Account.of(call.context);
	const turn = { order: 0, signal };
	return await outcomeOf(work(call, account, ledgerOf(call.run), submit, turn));
}

describe('a submit', () => {
	test.each<[string, (ledger: Ledger) => unknown, object]>([
		[
			'a job',
			(ledger) => ledger.accept({ item: 0 }, { request_id: 'id-a' }),
			{ request_ids: ['id-a'] },
		],
		[
			'an answer',
			(ledger) => ledger.keepAnswer({ item: 0 }, { prompt: 'x' }),
			{ answer: { prompt: 'x' } },
		],
		[
			'a doubt',
			(ledger) => ledger.doubt({ item: 0 }, UNCLEAR),
			{
				message: 'The upload was cut, so the job may exist and may have been charged',
				submitted: 'unknown',
			},
		],
	])('of which %s is known is not sent', async (_what, known, expected) => {
		const deapi = await Deapi.open();
		const said = await inNode(deapi, async (call) => {
			known(ledgerOf(call.run));
			return await submitted(call, {});
		});
		expect(said).toMatchObject(expected);
		expect(deapi.submits).toEqual([]);
	});

	test('that was to make a job, and has another answer, is a defect', async () => {
		const said = await inNode(await Deapi.open(), async (call) => {
			ledgerOf(call.run).keepAnswer({ item: 0 }, { prompt: 'x' });
			return await submitted(call, { work: submitJob as unknown as typeof submitOnce });
		});
		expect(said).toEqual(new Error('A submit that makes a job has none'));
	});

	describe('that a limit refuses is given up', () => {
		/** What is said of it in the end. */
		const told = (call: Call, said: unknown) =>
			itemReport(call, new Failure(said as FailureFacts)).description;
		const AT_ONCE = /^This item was not submitted\. (?!It was refused)/;

		test.each<[unknown, number, RegExp]>([
			[undefined, 6, /^This item was not submitted\. It was refused 6 times in a row\. /],
			['2', 3, /^This item was not submitted\. It was refused 3 times in a row\. /],
			[0, 1, AT_ONCE],
			[-3, 1, AT_ONCE],
		])('with Rate Limit Retries %j after %d', async (rateLimitRetries, times, description) => {
			clock.leap();
			const deapi = await Deapi.open();
			const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 0 } as const;
			deapi.fake.faults.add({ route: 'submit', times: 10, fault });
			const [said, text] = await inNode(deapi, async (call) => {
				const facts = await submitted(changed(call, { options: { rateLimitRetries } }), {});
				return [facts, told(call, facts)];
			});
			expect(said).toMatchObject({ submitted: 'no', limit: { kind: 'minute', refusals: times } });
			expect(text).toMatch(description);
			expect(deapi.submits).toHaveLength(times);
		});

		test('at once where it is the daily one', async () => {
			const deapi = await Deapi.open();
			const fault = { type: 'rateLimit', kind: 'daily', retryAfter: 7200 } as const;
			deapi.fake.faults.add({ route: 'submit', fault });
			const [said, text] = await inNode(deapi, async (call) => {
				const facts = await submitted(call, {});
				return [facts, told(call, facts)];
			});
			expect(said).toMatchObject({
				message: expect.stringContaining('The daily limit') as string,
				submitted: 'no',
			});
			expect(text).toMatch(AT_ONCE);
			expect(deapi.submits).toHaveLength(1);
		});
	});

	describe('that fails', () => {
		/** Who stops the pass then. */
		async function stopper(continues: boolean, facts: Partial<FailureFacts>, isByItself = false) {
			const failure = new Failure({ message: 'It broke', description: 'Why.', ...facts });
			const request = async () => await Promise.reject(failure);
			return await inNode(await Deapi.open(), async (call) => {
				const submit = submitOf(undefined, {}, { request, isByItself });
				const said = await submitted(changed(call, { continues, item: 2 }), { submit });
				expect(said).toEqual(failure.facts);
				return [call.pass.stoppedBy?.facts];
			});
		}

		test('stops its node, as the item that it is about', async () => {
			expect(await stopper(false, {})).toMatchObject([{ message: 'It broke', item: 2 }]);
			expect(await stopper(false, { item: 7 })).toMatchObject([{ message: 'It broke', item: 7 }]);
		});

		test('does not where the others go on', async () => {
			expect(await stopper(true, {})).toEqual([undefined]);
			expect(await stopper(false, {}, true)).toEqual([undefined]);
		});
	});

	test.each<[string, (call: Call) => AbortSignal, Failure]>([
		['why its own group was given up', () => AbortSignal.abort(UNSENT), UNSENT],
		['that the execution was canceled', () => AbortSignal.abort(), CANCELED],
		[
			'what stopped the node',
			({ pass }) => {
				pass.stop(ANOTHER);
				return AbortSignal.any([new AbortController().signal, pass.signal]);
			},
			ANOTHER,
		],
	])('that left before its turn says %s', async (_what, signalOf, expected) => {
		const deapi = await Deapi.open();
		const said = await inNode(
			deapi,
			async (call) => await submitted(call, { signal: signalOf(call) }),
		);
		expect(said).toEqual(expected.facts);
		expect(deapi.submits).toEqual([]);
	});
});
