/** What an answer that is no success means, whatever was asked for: told by its status. */
import type { IDataObject } from 'n8n-workflow';
import { Account } from '../../nodes/Deapi/service/account';
import type { Asked } from '../../nodes/Deapi/service/answers';
import { describeAnswer } from '../../nodes/Deapi/service/answers';
import type { Answer } from '../../nodes/Deapi/service/transport';
import { expectGoodText } from '../support/deapi';

const on = (apiVersion: 'v1' | 'v2'): Asked => ({
	account: Account.from({ apiKey: 'key', apiVersion }),
	label: (field) => `'${field}'`,
});

function meaningOf(changes: Partial<Answer>, asked = on('v1')) {
	const answer: Answer = {
		answered: true,
		status: 200,
		headers: {},
		body: {},
		text: '',
		...changes,
	};
	const { facts } = describeAnswer(answer, asked);
	expectGoodText(facts.message);
	expectGoodText(facts.description);
	return facts;
}

test.each([
	[200, 'deAPI gave an answer that could not be read'],
	[299, 'deAPI gave an answer that could not be read'],
	[300, "deAPI's address answered with a redirect"],
	[399, "deAPI's address answered with a redirect"],
	[400, 'deAPI did not accept the request (status 400)'],
	[499, 'deAPI did not accept the request (status 499)'],
	[500, 'deAPI is not available at the moment (status 500)'],
	[599, 'deAPI is not available at the moment (status 599)'],
	[199, 'deAPI did not accept the request (status 199)'],
])('status %d: %s', (status, message) => {
	expect(meaningOf({ status })).toMatchObject({ status, message });
});

test.each([
	['', 'empty'],
	[' \n', 'empty'],
	['<html>', 'not the JSON that was expected'],
])('a body that cannot be read is named: %j is %s', (text, what) => {
	expect(meaningOf({ text }).description).toContain(`The answer was ${what}.`);
});

test.each([
	[{ status: 'done' }, '{"status":"done"}'],
	[{ data: { balance: [] } }, '{"data":{"balance":[]}}'],
	[{ message: 'x'.repeat(1000) }, `{"message":"${'x'.repeat(188)}…`],
])('an answer without what was expected is quoted: %j', (body, quoted) => {
	expect(meaningOf({ body }).description).toContain(
		`The answer was not the JSON that was expected: ${quoted}. A proxy`,
	);
});

test('a part of the API that is gone: v1 is told of v2, v2 of a newer node', () => {
	const gone = { status: 410, body: { message: 'Gone for good.' } };
	expect(meaningOf(gone).description).toContain("Set 'API Version'");
	expect(meaningOf(gone, on('v2')).description).toBe(
		'Look for a newer version of this node. deAPI says: Gone for good.',
	);
});

test.each([
	['', 'deAPI has denied this account access'],
	['error code:1010', 'The request was blocked on its way to deAPI (code 1010)'],
	[`${'x'.repeat(100_000)} error 1010`, 'The request was blocked on its way to deAPI'],
])('a 403 is of deAPI where nobody else has words in it: case %#', (text, message) => {
	expect(meaningOf({ status: 403, text }).message).toBe(message);
});

test('what is not known is an address, or what was asked for', () => {
	expect(meaningOf({ status: 404 }).description).toContain("Check 'Base URL'");
	const job = meaningOf({ status: 404 }, { ...on('v1'), what: 'a job with the ID x' });
	expect(job.message).toBe('deAPI does not know a job with the ID x');
	expect(job.description).toContain('Check the ID');
});

test('a limit is told with its end in the time zone of the workflow', () => {
	const headers = { 'x-ratelimit-type': 'daily', 'retry-after': '3600' };
	const facts = meaningOf({ status: 429, headers }, { ...on('v1'), timezone: 'Asia/Tokyo' });
	expect(facts).toMatchObject({ status: 429, details: { limit: 'daily' } });
	expect(facts.message).toBe(
		'The daily limit of the deAPI account is reached; it ends in 60 minutes',
	);
	expect(facts.description).toContain('in Asia/Tokyo');
});

describe('values that deAPI refuses', () => {
	const refused = (body: IDataObject) => meaningOf({ status: 422, body });

	test('come as an object by field, or as a list of fields with messages', () => {
		const errors = { width: ['Too small.', 'Not even.'], fps: [] };
		const list = Object.entries(errors).map(([field, messages]) => ({ field, messages }));
		for (const given of [errors, [...list, 7, null]]) {
			const facts = refused({ errors: given });
			expect(facts.message).toBe("deAPI did not accept 'width' and 'fps'");
			expect(facts.description).toBe("'width': Too small. Not even.\n'fps': refused");
			expect(facts.details).toEqual({ errors });
		}
	});

	test.each([{}, { errors: [] }, { errors: null }, { errors: 'x' }, { errors: [null, 7] }])(
		'without fields are told in deAPI’s words, or without: %j',
		(body) => {
			expect(refused(body)).toMatchObject({
				message: 'deAPI did not accept the values',
				description: 'deAPI gave no reason.',
			});
			expect(refused({ ...body, message: 'The data was invalid.' }).description).toBe(
				'The data was invalid.',
			);
		},
	);

	test('of which there are many are not all told', () => {
		const errors = Object.fromEntries(
			Array.from({ length: 60 }, (_, index) => [`field_${index}`, ['x']]),
		);
		expect(Object.keys(refused({ errors }).details?.errors ?? {})).toHaveLength(50);
	});

	test('because of too little credit are told as such, with deAPI’s words where there are any', () => {
		const says = (balance: string[]) => refused({ errors: { balance, width: ['x'] } }).description;
		expect(says(['Top up.', 'Now.'])).toMatch(/every new job\. deAPI says: Top up\. Now\.$/);
		expect(says([])).toMatch(/every new job\.$/);
		expect(refused({ errors: { balance: [] } }).details).toEqual({ errors: { balance: [] } });
	});
});
