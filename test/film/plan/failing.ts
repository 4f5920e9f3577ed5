import { Failure } from '../../../nodes/Deapi/engine/failure';

/** The texts of the failure that a call ends in; any other outcome fails the test. */
export function failureOf(call: () => unknown): Failure['facts'] {
	try {
		call();
	} catch (thrown) {
		if (thrown instanceof Failure) return thrown.facts;
		throw thrown;
	}
	throw new Error('It went through');
}

/** Words that n8n's guidelines keep out of texts for users. */
export const FORBIDDEN = /\b(error|problem|failure|mistake)s?\b/i;
