/** What a submit is for, so that a job counts only for the request that it was made for. */
import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import { isObject, numberOf, textOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import type { NodeRun } from '../engine/run';
import type { InputFile } from '../files/binary';
import type { FilePart } from '../prepare/files';
import { goneFile, lookInto } from '../prepare/files';
import type { PreparedRequest } from '../prepare/request';
import type { Endpoint } from '../service/endpoints';

/** What a submit is for. */
export interface Purpose extends IDataObject {
	/** Of all that makes the result what it is. */
	sum: string;
	/** v2's path of the endpoint. */
	endpoint: string;
	/** The model's slug; empty where the request names none. */
	model: string;
	/** Of the node's parameters as they were saved: whether they have been edited since. */
	node: string;
	/**
	 * Of what no expression changes between two tries: those parameters, the files, and the place in a film.
	 * Missing where an earlier version of this package has kept it.
	 */
	stable?: string;
}

/** Whether something that n8n has stored is one. */
export function isPurpose(value: unknown): value is Purpose {
	if (!isObject(value)) return false;
	const { sum, endpoint, model, node, stable = '' } = value;
	return [sum, endpoint, model, node, stable].every((each) => typeof each === 'string');
}

/** How much of a file is read to know it again, besides its size, in bytes. */
const READ_BYTES = 1024 * 1024;

/**
 * Says what a request is for: its endpoint, its values and its files. What does not change the result does
 * not count: where the result is announced, and a seed that was drawn.
 *
 * @param place for a part of a film: where that lies in the film
 * @throws {Failure} where a file can no longer be read
 */
export async function purposeOf(
	call: Call,
	{ v2: endpoint }: Endpoint,
	{ body, sent, files }: Pick<PreparedRequest, 'body' | 'sent' | 'files'>,
	place: IDataObject = {},
): Promise<Purpose> {
	const { webhook_url: _url, webhook_secret: _secret, seed, ...values } = { ...body, ...sent };
	const entered = drawsSeed(call) ? undefined : seed;
	const sums = await Promise.all(
		files.map(async (part) => [part.name, await fileSum(call.run, part)]),
	);
	const node = nodeSum(call);
	return {
		sum: sumOf([endpoint, { ...values, seed: entered }, sums]),
		endpoint,
		model: textOf(sent.model) ?? '',
		node,
		stable: sumOf([endpoint, node, place, sums]),
	};
}

/** Whether the item leaves its seed to chance: by -1, or without a word where the seed is an option. */
export function drawsSeed({ given }: Pick<Call, 'given'>): boolean {
	return (numberOf(given.seed) ?? -1) === -1;
}

/** A sum of the node's parameters as they are saved: an expression counts, not what it gives. */
export function nodeSum({ context }: Pick<Call, 'context'>): string {
	return sumOf(context.getNode().parameters);
}

const sums = new WeakMap<InputFile, Promise<string>>();

/** A file that is fetched anew lies elsewhere in n8n's storage: only its content tells which one it is. */
async function fileSum(run: NodeRun, part: FilePart): Promise<string> {
	const { file } = part.cutFrom ?? part;
	const known = sums.get(file) ?? lookInto(run, async () => await readSum(part, file));
	sums.set(file, known);
	return await known;
}

async function readSum(part: FilePart, file: InputFile): Promise<string> {
	const hash = createHash('sha256');
	let left = READ_BYTES;
	try {
		const content = await file.open();
		for await (const chunk of Buffer.isBuffer(content) ? [content] : content) {
			hash.update(chunk.subarray(0, left));
			left -= chunk.length;
			// Leaving the loop closes a stream.
			if (left <= 0) break;
		}
	} catch (error) {
		throw gone(part, error);
	}
	return `${file.size} ${hash.digest('hex')}`;
}

function gone(part: FilePart, cause: unknown): Failure {
	const { message, description } = goneFile(part);
	return new Failure({ message, description, submitted: 'no' }, { cause });
}

function sumOf(value: unknown): string {
	const text = JSON.stringify(value, (_name, each: unknown) =>
		isObject(each) ? sorted(each) : each,
	);
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The order in which fields were saved says nothing. */
function sorted(value: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
