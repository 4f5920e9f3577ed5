/** What becomes of a failure, and of what is none. */
import type { INode } from 'n8n-workflow';
import { ApplicationError, NodeOperationError } from 'n8n-workflow';
import { Failure } from '../../nodes/Deapi/engine/failure';
import { asFailure, toNodeError } from '../../nodes/Deapi/engine/nodeErrors';

const NODE: INode = {
	...{ id: '1', name: 'deAPI', type: 't', typeVersion: 1 },
	...{ position: [0, 0], parameters: {} },
};
const TEXTS = { message: 'It broke', description: 'Try this.' };

test('a failure stays what it is, and keeps its cause with other facts', () => {
	const cause = new Error('behind');
	const failure = new Failure(TEXTS, { cause });
	expect(asFailure(failure)).toBe(failure);
	const other = failure.with({ description: 'Try that.' });
	expect(other.facts).toEqual({ message: 'It broke', description: 'Try that.' });
	expect(other.cause).toBe(cause);
});

test("n8n's own error keeps its texts", () => {
	const own = new NodeOperationError(NODE, 'An expression', { description: 'Look at it' });
	expect(asFailure(own).facts).toEqual({ message: 'An expression', description: 'Look at it' });
	expect(asFailure(own).cause).toBe(own);
	expect(asFailure(new NodeOperationError(NODE, 'Bare')).facts.description).toBe('');
});

test.each([new TypeError('x is not a function'), new ApplicationError('x'), 'a text', undefined])(
	'anything else is called a defect of the package, with what is known: %s',
	(error) => {
		const { facts, cause } = asFailure(error);
		const text = error instanceof Error ? error.message : String(error);
		expect(facts.message).toBe(`The deAPI node has a defect: ${text}`);
		expect(facts.description).toContain('Please report it at https://');
		expect(cause).toBeInstanceOf(Error);
		if (error instanceof Error) expect(cause).toBe(error);
		else expect(cause).toEqual(new Error(text));
	},
);

test('the facts of what deAPI said lie where the editor shows "From deAPI", others beside it', () => {
	const contextOf = (facts: object) => toNodeError(NODE, { ...TEXTS, ...facts }).context;
	expect(contextOf({ submitted: 'no' }).facts).toEqual({ submitted: 'no' });
	expect(contextOf({ submitted: 'no' }).data).toBeUndefined();
	expect(contextOf({}).facts).toEqual({});
	for (const facts of [{ status: 500 }, { request_id: 'a' }]) {
		expect(contextOf(facts).data).toEqual(facts);
		expect(contextOf(facts).facts).toBeUndefined();
	}
	const details = { submitted_jobs: [], request_id: 'theirs', status: 1, note: 'kept' };
	expect(contextOf({ details }).data).toEqual(details);
	expect(contextOf({ details, request_id: 'ours', status: 2, submitted: 'yes' }).data).toEqual({
		...details,
		...{ request_id: 'ours', status: 2, submitted: 'yes' },
	});
});

test("n8n's error has the texts, the status, the item, and the stack of what lies behind", () => {
	const cause = new Error('behind');
	const error = toNodeError(NODE, { ...TEXTS, status: 402, cause }, 3);
	expect(error).toMatchObject({ ...TEXTS, httpCode: '402', context: { itemIndex: 3 } });
	expect(error.cause).toBe(cause);
	expect(error.stack).toBe(cause.stack);
	expect(Object.keys(error)).not.toContain('cause');
	const bare = toNodeError(NODE, TEXTS);
	expect(bare.httpCode).toBeNull();
	expect(bare.stack).not.toBe(cause.stack);
	const stackless = new Error('behind');
	delete stackless.stack;
	expect(toNodeError(NODE, { ...TEXTS, cause: stackless }).stack).toContain('It broke');
});
