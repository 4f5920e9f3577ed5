/** What a submit is for: a job counts only for the same request, on the same files. */
import type { IDataObject } from 'n8n-workflow';
import { Readable } from 'node:stream';
import type { Call } from '../../nodes/Deapi/engine/call';
import { Failure } from '../../nodes/Deapi/engine/failure';
import { NodeRun } from '../../nodes/Deapi/engine/run';
import { MB } from '../../nodes/Deapi/prepare/files';
import { drawsSeed, isPurpose, nodeSum, purposeOf } from '../../nodes/Deapi/submit/purpose';
import { openStream, partOf } from '../support/parts';

const ENDPOINT = { v1: '/v1/videos', v2: '/v2/videos' };

/** What counts of a call: its run, what its fields say, and its node's parameters. */
function callOf(given: object = {}, parameters: object = { prompt: '={{ $json.x }}' }): Call {
	const context = { getNode: () => ({ parameters }) };
	return { run: new NodeRun(undefined, 1, false, true), given, context } as unknown as Call;
}

const fileOf = (content: Buffer | Readable, size = 2 * MB, name = 'audio') =>
	partOf(size, () => content, name);

const BODY: IDataObject = { prompt: 'A song', width: 512, webhook_url: 'https://example.com' };
const SENT: IDataObject = { seed: 7, model: 'Ltx' };
const SONG = Buffer.alloc(2 * MB, 'song');
const changedAt = (place: number) => Buffer.from(SONG.map((byte, at) => (at === place ? 0 : byte)));
const inPieces = (content: Buffer, first: number) =>
	Readable.from([content.subarray(0, first), content.subarray(first)]);

async function purpose({
	body = BODY,
	sent = SENT,
	file = fileOf(SONG),
	endpoint = ENDPOINT,
	given = {},
	saved = undefined as object | undefined,
	place = {},
} = {}) {
	const request = { body: { ...body }, sent: { ...sent }, files: [file] };
	return await purposeOf(callOf(given, saved), endpoint, request, place);
}

test('the sum of a request stays what it is: executions that n8n has stored hold it', async () => {
	const file = fileOf(Buffer.from('song'), 4);
	expect(await purpose({ file, given: { seed: 7 } })).toEqual({
		sum: 'd6d1a83755091ac5',
		endpoint: '/v2/videos',
		model: 'Ltx',
		node: '19ed80ed211a8130',
		stable: 'c19ebcd5d0369b54',
	});
	expect((await purpose({ sent: {} })).model).toBe('');
});

test.each<[string, Parameters<typeof purpose>[0]]>([
	['another prompt', { body: { ...BODY, prompt: 'Another' } }],
	['another model', { sent: { ...SENT, model: 'Other' } }],
	['another endpoint', { endpoint: { v1: '/v1/videos', v2: '/v2/pictures' } }],
	['a seed that is entered', { given: { seed: '7' } }],
	['a file for another field', { file: fileOf(SONG, 2 * MB, 'image') }],
	['a longer file', { file: fileOf(SONG, 2 * MB + 1) }],
	['a file with another beginning', { file: fileOf(changedAt(0)) }],
	['a file that differs within its first MB', { file: fileOf(changedAt(MB - 1)) }],
	[
		'a file that comes in pieces, and differs in the second',
		{ file: fileOf(inPieces(changedAt(MB - 1), MB / 2)) },
	],
])('is something else: %s', async (_what, changes) => {
	expect((await purpose(changes)).sum).not.toBe((await purpose()).sum);
});

test.each<[string, Parameters<typeof purpose>[0]]>([
	['fields in another order', { body: Object.fromEntries(Object.entries(BODY).reverse()) }],
	['another webhook', { body: { ...BODY, webhook_url: 'https://x.com', webhook_secret: 'x' } }],
	['another seed that was drawn', { sent: { ...SENT, seed: 8 }, given: { seed: -1 } }],
	['a field that is not sent', { body: { ...BODY, steps: undefined } }],
	['a file that differs only after its first MB', { file: fileOf(changedAt(MB)) }],
	['a file that comes in pieces', { file: fileOf(inPieces(SONG, MB - 9)) }],
])('is the same: %s', async (_what, changes) => {
	expect((await purpose(changes)).sum).toBe((await purpose()).sum);
});

test('what an expression gives in each try is something else, and yet not for an item without an edit', async () => {
	const [one, other] = [
		await purpose(),
		await purpose({ body: { prompt: 'Now' }, given: { seed: 9 } }),
	];
	expect(other.sum).not.toBe(one.sum);
	expect(other.stable).toBe(one.stable);
});

test.each<[string, Parameters<typeof purpose>[0]]>([
	['an edit', { saved: { prompt: 'x' } }],
	['another endpoint', { endpoint: { v1: '/v1/videos', v2: '/v2/pictures' } }],
	['another file', { file: fileOf(changedAt(0)) }],
	['another place in a film', { place: { start_seconds: 8 } }],
])('is something else for any item: %s', async (_what, changes) => {
	expect((await purpose(changes)).stable).not.toBe((await purpose()).stable);
});

test('of a file no more is read than counts, and that once', async () => {
	const stream = openStream();
	stream.push(SONG.subarray(0, MB));
	const file = fileOf(stream);
	const first = await purpose({ file });
	expect(stream.destroyed).toBe(true);
	expect(await purpose({ file })).toEqual(first);
	expect(first.sum).toBe((await purpose()).sum);
}, 10_000);

test('a file that is gone is named: without it nobody knows what was paid for', async () => {
	const cause = new Error('ENOENT');
	const file = partOf(MB, () => {
		throw cause;
	});
	const failure = await purpose({ file }).catch((error: unknown) => error);
	if (!(failure instanceof Failure)) throw new Error('It was read all the same');
	expect(failure.facts).toEqual({
		message: 'The song can no longer be read',
		description: expect.stringMatching(/Run the node that gives the file again\.$/) as string,
		submitted: 'no',
	});
	expect(failure.cause).toBe(cause);
});

test('a node is edited where a parameter is another one, not where they are saved in another order', () => {
	const sum = (parameters: object) => nodeSum(callOf({}, parameters));
	const saved = { options: { steps: 1, seed: 2 }, prompt: 'x' };
	expect(sum({ prompt: 'x', options: { seed: 2, steps: 1 } })).toBe(sum(saved));
	expect(sum({ ...saved, prompt: 'y' })).not.toBe(sum(saved));
});

test.each([
	[{}, true],
	[{ seed: -1 }, true],
	[{ seed: '-1' }, true],
	[{ seed: 1 }, false],
	[{ seed: '0' }, false],
])('a seed of %j is drawn: %s', (given, isDrawn) => {
	expect(drawsSeed({ given })).toBe(isDrawn);
});

test('what n8n has stored is a purpose where all of it is text', () => {
	const whole = { sum: 'a', endpoint: 'b', model: '', node: 'd' };
	expect(isPurpose(whole)).toBe(true);
	// As an earlier version of this package has stored it.
	expect(isPurpose({ ...whole, stable: undefined })).toBe(true);
	for (const name of Object.keys(whole)) expect(isPurpose({ ...whole, [name]: 7 })).toBe(false);
	for (const other of [undefined, null, 'x', [], {}]) expect(isPurpose(other)).toBe(false);
});
