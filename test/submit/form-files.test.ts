/** The files of a form: counted on their way, and closed whatever becomes of the request. */
import type { Readable } from 'node:stream';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import { MB } from '../../nodes/Deapi/prepare/files';
import { buildBody } from '../../nodes/Deapi/submit/form';
import { openStream, partOf } from '../support/parts';

/** A form with files, and how often it had to be broken off. */
async function formOf(...files: FilePart[]) {
	let count = 0;
	const body = await buildBody({ encoding: 'multipart', body: {}, files }, () => count++);
	return { body, timesBroken: () => count };
}

/** What is in a stream comes only when somebody reads it. */
async function readToEnd(stream: Readable): Promise<void> {
	stream.resume();
	await new Promise(setImmediate);
}

const CHANGED =
	'It was changed while the item waited, or an earlier node gave it a wrong size. The upload was ended early; nothing was submitted. Run the node that gives the file again.';

test('a file that has exactly the bytes that n8n says goes through', async () => {
	const stream = openStream();
	const { body, timesBroken } = await formOf(partOf(3, () => stream));
	stream.push(Buffer.from('abc'));
	stream.push(null);
	await readToEnd(stream);
	expect(timesBroken()).toBe(0);
	expect(body.broken()).toBeUndefined();
});

test.each<[string, (stream: Readable) => void, object]>([
	[
		'is longer than n8n says',
		(stream) => stream.push(Buffer.alloc(2 * MB)),
		{
			message: 'The song is not as long as n8n says: more than the 1 MB came',
			description: CHANGED,
			submitted: 'no',
		},
	],
	[
		'is shorter than n8n says',
		(stream) => {
			stream.push(Buffer.alloc(MB / 2));
			stream.push(null);
		},
		{
			message: 'The song is not as long as n8n says: only 0.5 MB of the 1 MB came',
			description: CHANGED,
			submitted: 'no',
		},
	],
	[
		'breaks in the middle',
		(stream) => stream.destroy(new Error('The bucket is gone')),
		{
			message: 'The song could not be read to its end',
			description:
				"The transfer from n8n's file storage broke off. The upload was ended early; nothing was submitted. Run the node again.",
			submitted: 'no',
		},
	],
])('a file that %s breaks the request off, and says so', async (_what, happen, facts) => {
	const stream = openStream();
	const { body, timesBroken } = await formOf(partOf(MB, () => stream));
	happen(stream);
	await readToEnd(stream);
	expect(timesBroken()).toBe(1);
	expect(body.broken()?.facts).toEqual(facts);
});

test('a request that is over closes its files, and what they do then breaks nothing off', async () => {
	const stream = openStream();
	const { body, timesBroken } = await formOf(partOf(MB, () => stream));
	body.close();
	expect(stream.destroyed).toBe(true);
	stream.push(null);
	await new Promise(setImmediate);
	expect(timesBroken()).toBe(0);
	expect(body.broken()).toBeUndefined();
});

describe('a file that can no longer be opened', () => {
	const cause = new Error('ENOENT');

	/** What a form says whose second file throws, and what became of the first one. */
	async function refusal(error: Error) {
		const first = openStream();
		const second = partOf(3, () => {
			throw error;
		});
		const said: unknown = await formOf(
			partOf(MB, () => first, 'first'),
			second,
		).catch((thrown: unknown) => thrown);
		return { said, isFirstClosed: first.destroyed };
	}

	test('is named, with the reason for the log, and the others are closed', async () => {
		const { said, isFirstClosed } = await refusal(cause);
		expect(said).toBeInstanceOf(Failure);
		expect(said).toMatchObject({
			cause,
			facts: { message: 'The song can no longer be read', submitted: 'no' },
		});
		expect(isFirstClosed).toBe(true);
	});

	test('says itself why, where it knows better', async () => {
		const own = new Failure({ message: 'The piece is too short', description: 'Cut it anew.' });
		expect((await refusal(own)).said).toBe(own);
	});
});
