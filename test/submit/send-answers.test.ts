/** What an answer to a submit means, whatever it looks like: a request ID, wherever it stands, is a job. */
import { Failure } from '../../nodes/Deapi/engine/failure';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import type { Submit } from '../../nodes/Deapi/submit/send';
import { send } from '../../nodes/Deapi/submit/send';
import { Deapi } from '../support/deapi';
import { outcomeOf, reportedBy, submitOf } from '../support/parts';
import { inNode } from '../support/probe';

/** What is said of an answer, what is known then, and what the log has. */
async function answered(
	status: number,
	body: unknown,
	changes: Partial<Submit> = {},
	unread?: Failure,
) {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'status', status, body } });
	return await inNode(deapi, async (call) => {
		const log = jest.spyOn(call.context.logger, 'info');
		const ledger = ledgerOf(call.run);
		const submit = submitOf(undefined, { sent: { seed: 7 }, unread }, changes);
		const said = await reportedBy(call, send(call, ledger, submit));
		const texts = log.mock.calls.map(([text]) => text);
		log.mockRestore();
		return { said, entry: ledger.get({ item: 0 }), log: texts };
	});
}

const LONGEST = 'x'.repeat(200);
/** So many values before it, each in an object of its own. */
const behind = (count: number, value: object) => ({
	data: Object.fromEntries(
		[...Array<object>(count).fill({}), value].map((each, index) => [`v${index}`, each]),
	),
});

test.each<[string, unknown, string]>([
	['in data', { data: { request_id: 'id-a' } }, 'id-a'],
	['beside data', { data: {}, request_id: 'id-a' }, 'id-a'],
	['as a number', { data: { request_id: 12 } }, '12'],
	['with spaces around it', { data: { request_id: ' id-a\n' } }, 'id-a'],
	['in a list', { data: [{ request_id: 'id-a' }] }, 'id-a'],
	['deeper', { data: { job: { more: [{ request_id: 'id-a' }] } } }, 'id-a'],
	['as long as can be', { request_id: LONGEST }, LONGEST],
	['behind an empty one', { data: { request_id: '' }, request_id: 'id-a' }, 'id-a'],
	['behind as much as is looked at', behind(97, { request_id: 'id-a' }), 'id-a'],
])('an ID is found %s', async (_where, body, id) => {
	for (const status of [200, 422, 500]) {
		const { said, entry, log } = await answered(status, body);
		expect(said).toMatchObject({ done: 'settled' });
		expect(entry).toEqual({ item: 0, request_ids: [id], job: { request_id: id, seed: 7 } });
		expect(log).toEqual([`deAPI accepted the job ${id}`]);
	}
});

test.each<[string, unknown]>([
	['nothing', {}],
	['spaces', { data: { request_id: '  ' } }],
	['more than an ID has', { data: { request_id: `${LONGEST}x` } }],
	['something that is neither text nor number', { data: { request_id: { a: true } } }],
	['behind more than an answer has', behind(98, { request_id: 'id-a' })],
	['a million values', { data: Array(1_000_000).fill(0) }],
	['very many fields', Object.fromEntries([...Array(200_000).keys()].map((key) => [key, 0]))],
])('no ID leaves a doubt, and is not sent again: %s', async (_what, body) => {
	const { said, entry } = await answered(200, body);
	const happened = 'deAPI took the request but gave no request ID';
	const message = `${happened}, so the job may exist and may have been charged`;
	expect(said).toMatchObject({ message, submitted: 'unknown' });
	expect(entry).toMatchObject({ request_ids: [], unclear: { happened } });
});

test('the log says which clip a job is', async () => {
	const body = { data: { request_id: 'id-a' } };
	const { log } = await answered(200, body, { name: 'clip 3 of 18' });
	expect(log).toEqual(['deAPI accepted the job id-a (clip 3 of 18)']);
});

test.each([
	[200, 'unknown'],
	[299, 'unknown'],
	[300, 'no'],
	[499, 'no'],
	[500, 'unknown'],
	[503, 'unknown'],
])('status %d without an ID: whether a job was made is %j', async (status, submitted) => {
	for (const cost of [undefined, 0.2]) {
		const { said, entry } = await answered(status, { message: 'x' }, { cost });
		expect(said).toMatchObject({ submitted, status });
		const happened = expect.stringMatching(/^deAPI /) as string;
		const unclear = { happened, makesJob: true, status, ...(cost && { cost }) };
		expect(entry?.unclear).toStrictEqual(submitted === 'no' ? undefined : unclear);
	}
});

test('the log says which item or clip has an outcome that is not known', async () => {
	const deapi = await Deapi.open();
	const fault = { type: 'status', status: 500, body: {} } as const;
	deapi.fake.faults.add({ route: 'submit', fault });
	const logged = await inNode(deapi, async (call) => {
		const log = jest.spyOn(call.context.logger, 'warn');
		const submit = submitOf(undefined, {}, { key: { item: 0, clip: 3 } });
		await outcomeOf(send(call, ledgerOf(call.run), submit));
		const { calls } = log.mock;
		log.mockRestore();
		return calls;
	});
	expect(logged).toEqual([
		[
			'deAPI, item 0: deAPI answered with status 500, so the job may exist and may have been charged',
			{ item: 0, clip: 3 },
		],
	]);
});

const UNREAD = new Failure({ message: 'The list of models was cut', description: 'Try later.' });
const TOO_LONG = { errors: { frames: ['Too many.'] } };

test.each<[string, object, Failure | undefined, string, string]>([
	[
		'the length of a video whose limits were not read',
		TOO_LONG,
		UNREAD,
		"The list of models was cut, so the model's limits are not known, and deAPI refused the length of the video",
		"Try later. deAPI says: 'frames': Too many.",
	],
	[
		'the length of another video',
		TOO_LONG,
		undefined,
		"deAPI did not accept 'frames'",
		"'frames': Too many.",
	],
	[
		'something else',
		{ errors: { prompt: ['Too few.'] } },
		UNREAD,
		"deAPI did not accept 'prompt'",
		"'prompt': Too few.",
	],
	['it without naming a field', {}, UNREAD, 'deAPI did not accept the values', 'No.'],
])('what is said where deAPI refuses %s', async (_what, errors, unread, message, description) => {
	const { said } = await answered(422, { message: 'No.', ...errors }, {}, unread);
	expect(said).toMatchObject({
		...{ message, submitted: 'no' },
		description: `${description} Nothing was submitted for this item.`,
	});
});

describe('where no job is made but an answer given', () => {
	const readAnswer: Submit['readAnswer'] = ({ prompt }) =>
		typeof prompt === 'string' ? { prompt } : undefined;

	// It is paid for: whatever says that the request was taken brings it.
	test.each([200, 201, 202])('it is kept, with status %d', async (status) => {
		const { said, entry, log } = await answered(status, { prompt: 'better' }, { readAnswer });
		expect(said).toMatchObject({ done: 'settled' });
		expect(entry).toEqual({ item: 0, request_ids: [], answer: { prompt: 'better', seed: 7 } });
		expect(log).toEqual([]);
	});

	test.each([
		[200, {}, 'deAPI took the request but gave no result, so it may have been charged'],
		[202, {}, 'deAPI took the request but gave no result, so it may have been charged'],
		[500, { prompt: 'x' }, 'deAPI answered with status 500, so it may have been charged'],
	])('status %d with %j is none', async (status, body, message) => {
		const { said } = await answered(status, body, { readAnswer });
		expect(said).toMatchObject({ message, submitted: 'unknown' });
		expect(JSON.stringify(said)).not.toContain('job');
	});

	test('a refusal is none, whatever it brings', async () => {
		const { said, entry } = await answered(300, { prompt: 'x' }, { readAnswer });
		expect(said).toMatchObject({ submitted: 'no', status: 300 });
		expect(entry?.answer).toBeUndefined();
	});
});
