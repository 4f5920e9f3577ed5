/**
 * True answers with something changed on the way: what a client must not trust too far.
 */
import type { Fault } from '../types';
import { json, phpJson, type Answer } from './answers';

type Values = Record<string, unknown>;

/**
 * @param answer a true answer
 * @param changes fields to put over those of its `data`, and of the body itself
 * @returns the answer changed; one that is no JSON object stays as it is
 */
export function changeJson(
	answer: Answer,
	changes: { data?: Values | undefined; body?: Values | undefined },
): Answer {
	const body = bodyOf(answer);
	if (body === null) return answer;
	const data = changes.data ? { data: { ...valuesOf(body.data), ...changes.data } } : {};
	return { ...answer, body: Buffer.from(phpJson({ ...body, ...data, ...changes.body })) };
}

/**
 * @param answer a true answer to a submit; one without a job stays as it is
 * @param fault where the ID is to stand, and in an answer of which status
 * @param number the job's ID as a number, null where it keeps its text
 * @returns the answer with the ID in an odd place
 */
export function moveRequestId(
	answer: Answer,
	{ place, status = answer.status, headers }: Fault & { type: 'oddRequestId' },
	number: number | null,
): Answer {
	const { request_id } = valuesOf(bodyOf(answer)?.data);
	if (request_id === undefined) return answer;
	const bodies: Record<typeof place, unknown> = {
		number: { data: { request_id: number } },
		inData: { message: 'See data.', data: { request_id } },
		besideData: { message: 'See request_id.', request_id, data: {} },
		nested: { data: { job: { request_id } } },
	};
	return json(status, bodies[place], headers);
}

/** @returns the answer with a further field of so many bytes in front of its others */
export function withPadding(answer: Answer, bytes: number): Answer {
	const body = bodyOf(answer);
	if (body === null) return answer;
	// Filled in place: a text of so many megabytes takes long to become JSON, and is copied on the way.
	const text = phpJson({ padding: '', ...body });
	const at = '{"padding":"'.length;
	const padded = Buffer.alloc(Buffer.byteLength(text) + bytes, 'x');
	padded.write(text.slice(0, at));
	padded.write(text.slice(at), at + bytes);
	return { ...answer, body: padded };
}

/** @returns the answer with other headers; null takes one out, whatever its letters' case */
export function withHeaders(answer: Answer, changes: Record<string, string | null>): Answer {
	const names = Object.keys(changes).map((name) => name.toLowerCase());
	const kept = Object.entries(answer.headers).filter(
		([name]) => !names.includes(name.toLowerCase()),
	);
	const added = Object.entries(changes).flatMap(([name, value]): Array<[string, string]> =>
		value === null ? [] : [[name, value]],
	);
	return { ...answer, headers: Object.fromEntries([...kept, ...added]) };
}

function bodyOf({ body }: Answer): Values | null {
	if (!Buffer.isBuffer(body)) return null;
	try {
		const parsed: unknown = JSON.parse(body.toString('utf8'));
		return typeof parsed === 'object' && parsed !== null ? valuesOf(parsed) : null;
	} catch {
		return null;
	}
}

function valuesOf(value: unknown): Values {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}
