/** An item on its way: it is checked and sent where nothing is known of it, and not otherwise. */
import type { INodeProperties } from 'n8n-workflow';
import { useClock } from '../../nodes/Deapi/basics/clock';
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import { Pass } from '../../nodes/Deapi/engine/pass';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import type { PreparedRequest } from '../../nodes/Deapi/prepare/request';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../nodes/Deapi/prepare/video';
import type { Ledger } from '../../nodes/Deapi/submit/ledger';
import { allChecked } from '../../nodes/Deapi/submit/checked';
import { ledgerOf } from '../../nodes/Deapi/submit/ledger';
import { nodeSum } from '../../nodes/Deapi/submit/purpose';
import type { SubmitDeclaration } from '../../nodes/Deapi/submit/submitOperation';
import {
	paidOperation,
	submitAndFinish,
	submitOperation,
} from '../../nodes/Deapi/submit/submitOperation';
import { HandClock } from '../basics/hand-clock';
import type { Route } from '../fake-deapi';
import { settled } from '../support/answering';
import { clockForTests } from '../support/clock';
import { Deapi } from '../support/deapi';
import { changed, inNode, itemOf, PROBE } from '../support/probe';
import { hum, soundsAt } from '../support/served-sounds';

const clock = clockForTests();

const UNCLEAR = { happened: 'The upload was cut', makesJob: true };
const ANOTHER = new Failure({ message: 'Another item', description: '' });
const readAnswer: SubmitDeclaration['readAnswer'] = ({ prompt }) =>
	typeof prompt === 'string' ? { prompt } : undefined;

/** What earlier tries have left behind, where the node's parameters are known by this sum. */
type Known = (ledger: Ledger, node: string) => unknown;

interface Changes extends Partial<SubmitDeclaration> {
	maxPrice?: number;
	/** The status of the answer to the submit. */
	status?: number;
	/** The job where its status is asked for; refused where there is none. */
	job?: object;
	/** How often the item goes through the operation, one time after another. */
	times?: number;
	deapi?: Deapi;
}

/**
 * Runs one item.
 *
 * @param known where it is given, an operation that is put together by hand
 * @param body what the submit is answered with
 */
async function itemWith(
	known: Known | undefined,
	body: object,
	{ maxPrice = 0, status = 200, job, times = 1, deapi: given, ...changes }: Changes = {},
) {
	const deapi = given ?? (await Deapi.open());
	const answer = (route: Route, code: number, data: object) =>
		deapi.fake.faults.add({ route, fault: { type: 'status', status: code, body: data } });
	answer('submit', status, body);
	answer('status', job === undefined ? 401 : 200, { data: job });
	answer('price', 200, { data: { price: 0.02 } });
	let checks = 0;
	const declaration: SubmitDeclaration = {
		...PROBE,
		endpoint: AUDIO_TO_VIDEO_ENDPOINT,
		product: 'the picture',
		prepare: async () => {
			checks++;
			const request = { body: {}, files: [], sent: { seed: 7 }, priced: {} };
			return await Promise.resolve({ encoding: 'json', ...request });
		},
		...changes,
	};
	const operation =
		known === undefined
			? submitOperation(declaration)
			: paidOperation(declaration, async (call) => {
					known(ledgerOf(call.run), nodeSum(call));
					for (let time = 1; time < times; time++) await submitAndFinish(call, declaration);
					return await submitAndFinish(call, declaration);
				});
	const item = await itemOf(deapi, operation, { pollInterval: 0.02, maxPrice });
	return { item, checks, submits: deapi.requestsTo('submit').length };
}

const JOB = { data: { request_id: 'id-a' } };
const REQUEST: PreparedRequest = { encoding: 'json', body: {}, files: [], sent: {}, priced: {} };
const pairedItem = { item: 0 };

const field = (name: string, value: boolean): INodeProperties => ({
	displayName: name,
	name,
	type: 'boolean',
	default: value,
});
const purposeOf = (node: string) => ({
	...{ sum: 'x', endpoint: AUDIO_TO_VIDEO_ENDPOINT.v2, model: 'Ltx', node },
});
const WAIT = 'waitForCompletion';
const WAITS = { fields: [field(WAIT, true)], hasFile: false, job: { status: 'done' } };

test('n8n is told where the request goes, by the version of the credential', () => {
	const { option } = submitOperation({
		...{ ...PROBE, endpoint: { v1: '/one', v2: '/two' }, product: 'the picture' },
		prepare: async () => await Promise.resolve(REQUEST),
	});
	expect(option.routing?.request).toEqual({
		method: 'POST',
		url: '={{ $credentials?.apiVersion === "v2" ? "/two" : "/one" }}',
	});
});

describe('an item', () => {
	test('of which nothing is known is checked and sent, and comes out with its job', async () => {
		for (const known of [undefined, () => undefined]) {
			expect(await itemWith(known, JOB)).toEqual({
				item: { json: { request_id: 'id-a', seed: 7 }, pairedItem },
				checks: 1,
				submits: 1,
			});
		}
	});

	test('whose operation makes no job comes out with its answer', async () => {
		expect(await itemWith(undefined, { prompt: 'better' }, { readAnswer })).toEqual({
			item: { json: { prompt: 'better', seed: 7 }, pairedItem },
			checks: 1,
			submits: 1,
		});
	});

	test('that has a job is not checked again, and comes out with it', async () => {
		const known = (ledger: Ledger) => ledger.accept({ item: 0 }, { request_id: 'id-b' });
		const item = { json: { request_id: 'id-b' }, pairedItem };
		expect(await itemWith(known, JOB)).toEqual({ item, checks: 0, submits: 0 });
	});

	test('that has an answer is not checked again, and comes out with it', async () => {
		const known = (ledger: Ledger) => ledger.keepAnswer({ item: 0 }, { prompt: 'good' });
		const item = { json: { prompt: 'good' }, pairedItem };
		const expected = { item, checks: 0, submits: 0 };
		expect(await itemWith(known, { prompt: 'better' }, { readAnswer })).toEqual(expected);
	});

	test('whose outcome is not known is not checked again, and says so', async () => {
		const known = (ledger: Ledger) => ledger.doubt({ item: 0 }, UNCLEAR);
		expect(await itemWith(known, JOB)).toMatchObject({
			item: {
				json: {
					error: 'The upload was cut, so the job may exist and may have been charged',
					details: { submitted: 'unknown' },
				},
			},
			checks: 0,
			submits: 0,
		});
	});

	test('whose job may be made again is checked and sent again', async () => {
		const known = (ledger: Ledger) => {
			ledger.accept({ item: 0 }, { request_id: 'id-b' });
			ledger.release({ item: 0 });
			ledger.doubt({ item: 0, purpose: purposeOf('edited since') }, UNCLEAR);
		};
		const earlier_doubts = ['The upload was cut, so the job may exist and may have been charged'];
		expect(await itemWith(known, JOB)).toEqual({
			item: {
				json: { request_id: 'id-a', seed: 7, earlier_request_ids: ['id-b'], earlier_doubts },
				pairedItem,
			},
			checks: 1,
			submits: 1,
		});
	});

	test('that costs more than it may is not sent', async () => {
		const { item, submits } = await itemWith(undefined, JOB, { maxPrice: 0.01 });
		expect(item.json.error).toMatch(/^This job would cost 0\.02 USD; .* is 0\.01 USD$/);
		expect(submits).toBe(0);
		const cheap = await itemWith(undefined, JOB, { maxPrice: 0.02 });
		expect(cheap.item.json.request_id).toBe('id-a');
	});

	test.each<[string, INodeProperties[], boolean]>([
		['it has no such field', [], false],
		['its field says so', [field('other', false), field(WAIT, true)], true],
		['its field says otherwise', [field(WAIT, false)], false],
		['another field is on', [field('other', true), field(WAIT, false)], false],
	])('waits for its job as its operation does by default: %s', async (_what, fields, waits) => {
		const { item } = await itemWith(undefined, JOB, { fields });
		if (!waits) {
			expect(item.json).toEqual({ request_id: 'id-a', seed: 7 });
			return;
		}
		// The status is refused: what is said names the job that is paid for.
		expect(item.json).toMatchObject({
			error: expect.stringMatching(/API key \(request ID id-a\)$/) as string,
			request_id: 'id-a',
			details: { submitted: 'yes' },
		});
	});

	test.each([
		[undefined, 'The job is done, but deAPI gave no link to the picture (request ID id-a)'],
		[true, 'The job is done, but deAPI gave no link to the picture (request ID id-a)'],
		[false, undefined],
	])(
		'whose job is done without a file fails, unless text is wanted: %s',
		async (hasFile, error) => {
			const fields = [field(WAIT, true)];
			const changes = hasFile === undefined ? { fields } : { fields, hasFile };
			const { item } = await itemWith(undefined, JOB, { ...changes, job: { status: 'done' } });
			expect(item.json.error).toBe(error);
			expect(item.json.request_id).toBe('id-a');
		},
	);

	test.each([
		['one that was sent now', false, false, 'v1'],
		['one that only v2 could be asked for', false, true, 'v2'],
		['one of an earlier version of the package', true, false, 'v1'],
	])('asks about its job where that was sent: %s', async (_what, isThere, needsV2, version) => {
		const deapi = await Deapi.open();
		const known: Known = (ledger) => isThere && ledger.accept({ item: 0 }, { request_id: 'id-a' });
		const prepare = async () => await Promise.resolve({ ...REQUEST, needsV2 });
		const { item } = await itemWith(known, JOB, { ...WAITS, deapi, prepare });
		expect(item.json).toMatchObject({ request_id: 'id-a', status: 'done' });
		expect(deapi.requestsTo('status').map(({ path }) => path.split('/')[2])).toEqual([version]);
	});

	test.each([
		['the video', 'something other than an MP4 video'],
		['the sound', undefined],
	])('whose operation makes %s takes a sound for it, or does not', async (product, refused) => {
		clock.leap();
		const job = { status: 'done', result_url: await soundsAt(hum(1)) };
		const { item } = await itemWith(undefined, JOB, { ...WAITS, hasFile: true, product, job });
		expect(item.binary === undefined).toBe(refused !== undefined);
		if (refused !== undefined) expect(item.json.error).toContain(refused);
	});

	test('whose job does not say what it has cost has cost what was asked for', async () => {
		const ledgers: Ledger[] = [];
		const known: Known = (ledger) => ledgers.push(ledger);
		await itemWith(known, JOB, { ...WAITS, maxPrice: 1 });
		expect(ledgers[0]?.spentOn(0)).toEqual({ known: 0.02, unknown: 0 });
	});

	test('that has a job for just this is neither priced nor sent again', async () => {
		const deapi = await Deapi.open();
		const twice = { maxPrice: 0.03, times: 2, deapi };
		const { item, submits } = await itemWith(() => undefined, JOB, twice);
		// A failed item would have the ID too.
		expect(item.json).toEqual({ request_id: 'id-a', seed: 7, price: 0.02, currency: 'USD' });
		expect([submits, deapi.requestsTo('price').length]).toEqual([1, 1]);
	});

	const NOT_TO_BE_HAD = {
		maxPrice: 1,
		prepare: async () => await Promise.reject(new Failure({ message: 'Gone', description: '' })),
	};
	const madeFor: Known = (ledger, node) =>
		ledger.accept({ item: 0, purpose: purposeOf(node) }, { request_id: 'id-b' });

	test('whose file is gone comes out with the job that it has, unless the node was edited', async () => {
		const { item, submits } = await itemWith(madeFor, JOB, NOT_TO_BE_HAD);
		expect([item.json, submits]).toEqual([{ request_id: 'id-b' }, 0]);
		const edited: Known = (ledger) => madeFor(ledger, 'edited since');
		for (const known of [edited, () => undefined]) {
			expect((await itemWith(known, JOB, NOT_TO_BE_HAD)).item.json.error).toBe('Gone');
		}
	});

	test('is checked for the model of what it has already', async () => {
		const prepare = jest.fn(async () => await Promise.resolve(REQUEST));
		await itemWith(madeFor, JOB, { prepare });
		expect(prepare.mock.calls).toMatchObject([[{}, {}, { paid: 'Ltx' }]]);
	});

	test('that deAPI refuses calls the fields by their labels, the webhook secret too', async () => {
		const fields = [field('webhookUrl', false), field('binaryPropertyName', false)];
		const errors = { webhook_secret: ['Too short.'], image: ['Too small.'] };
		const changes = { status: 422, fields, aliases: { image: 'binaryPropertyName' } };
		const { item } = await itemWith(undefined, { message: 'No.', errors }, changes);
		expect(item.json.error).toBe("deAPI did not accept 'webhookUrl' and 'binaryPropertyName'");
	});

	describe('before it is sent', () => {
		/** Whether it may go on; `no` is what stopped its node. */
		async function mayGo(call: Call): Promise<string> {
			const going = allChecked(call).then(
				() => 'yes',
				(error: unknown) => (error === ANOTHER ? 'no' : String(error)),
			);
			const turns = (async () => {
				await settled();
				return 'not yet';
			})();
			return await Promise.race([going, turns]);
		}

		/** The first of two items in a pass of its own. */
		async function asked(
			changes: { continues?: boolean; isStaggered?: boolean },
			happen: (pass: Pass) => unknown = () => undefined,
		): Promise<string> {
			const { continues = false, isStaggered = false } = changes;
			return await inNode(await Deapi.open(), async (call) => {
				const pass = new Pass(2);
				happen(pass);
				const run = new NodeRun(undefined, 1, isStaggered, true);
				return await mayGo(changed(call, { continues, pass, run }));
			});
		}

		test('all of its node are checked, where On Error is Stop', async () => {
			expect(await asked({})).toBe('not yet');
			expect(await asked({}, (pass) => pass.check(1))).toBe('yes');
			expect(await asked({}, (pass) => pass.stop(ANOTHER))).toBe('no');
		});

		test('with Batching later ones have not even begun: it goes, unless its node stops', async () => {
			expect(await asked({ isStaggered: true })).toBe('yes');
			expect(await asked({ isStaggered: true }, (pass) => pass.stop(ANOTHER))).toBe('no');
		});

		test('where n8n holds later ones back without Batching, they are looked at as with it', async () => {
			const time = new HandClock();
			const deapi = await Deapi.open();
			const work = async (call: Call) => {
				const putBack = useClock(time);
				const pass = new Pass(2);
				pass.enter(0);
				const look = jest.spyOn(call.context, 'evaluateExpression');
				const run = new NodeRun(undefined, 1, false, true);
				const own = changed(call, { continues: false, pass, run });
				const before = await mayGo(own);
				await time.pass(11_000);
				const after = await mayGo(own);
				putBack();
				return [before, after, look.mock.calls.length];
			};
			const looked = await inNode(deapi, work, '={{ 1 + 1 }}');
			expect(looked).toEqual(['not yet', 'yes', 1]);
		});

		test('nobody is waited for where the user goes on with the others', async () => {
			expect(await asked({ continues: true })).toBe('yes');
			expect(await asked({ continues: true }, (pass) => pass.stop(ANOTHER))).toBe('yes');
		});
	});
});
