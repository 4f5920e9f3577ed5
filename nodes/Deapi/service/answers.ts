import { clock } from '../basics/clock';
import { quote } from '../basics/quote';
import { isObject, listOf, numberOf, textOf } from '../basics/values';
import type { Caller } from '../engine/call';
import type { FailureFacts } from '../engine/failure';
import { CANCELED, Failure } from '../engine/failure';
import type { NoAnswer } from '../engine/networkFaults';
import type { Account } from './account';
import { GATEWAY_PREFIX } from './account';
import { describeRateLimit, readRateLimit } from './rateLimit';
import type { Answer } from './transport';

/** Where deAPI's users add credit and find their keys (deAPI's documentation, Payment Methods, FAQ). */
export const DASHBOARD = 'https://app.deapi.ai';

/** Who asked for what, as far as a message depends on it. */
export interface Asked {
	account: Account;
	label: Caller['label'];
	/** The workflow's time zone. */
	timezone?: string;
	/** What a 404 would be about, e.g. `the job with the ID 'x'`. */
	what?: string;
	/** Whether it was a job's status: that has limits of its own. */
	isStatus?: boolean;
}

/**
 * What an answer that is no success means, whatever was asked for. Told by the status only: deAPI's
 * texts may change.
 *
 * Source: deAPI's documentation of status codes and rate limits.
 */
export function describeAnswer(answer: Answer, asked: Asked): Failure {
	const { status } = answer;
	if (status === 422) return describeValidation(answer, asked);
	if (status === 429) {
		const now = clock.now();
		const limit = readRateLimit(answer.headers, now);
		return describeRateLimit(limit, now, asked.timezone, asked.isStatus);
	}
	return new Failure({ status, ...describeStatus(answer, asked) });
}

function describeStatus(
	answer: Answer,
	{ account, what = 'this address' }: Asked,
): Pick<FailureFacts, 'message' | 'description'> {
	const { status } = answer;
	if (status === 401) {
		return {
			message: 'deAPI did not accept the API key',
			description: `Check 'API Key' in the 'deAPI API' credential: it may be incomplete or revoked. Keys are listed in the deAPI dashboard (${DASHBOARD}) under Settings > API Keys.${account.hasGatewayPrefix ? ` The prefix ${GATEWAY_PREFIX} of this one was left out: such keys are for deAPI's gateway for OpenAI clients.` : ''}`,
		};
	}
	if (status === 402) return tooLittleCredit(sayOf(answer));
	if (status === 403 && isForeign(answer)) return blocked(answer);
	if (status === 403) {
		return {
			message: 'deAPI has denied this account access',
			description: `The account may be suspended. Sign in at ${DASHBOARD} or ask deAPI's support.${sayOf(answer)}`,
		};
	}
	if (status === 404) {
		return {
			message: `deAPI does not know ${what}`,
			description:
				what === 'this address'
					? "Check 'Base URL' in the 'deAPI API' credential."
					: 'Check the ID, and that the credential belongs to the account that submitted the job.',
		};
	}
	if (status === 410) {
		return {
			message: 'deAPI has removed this part of its API',
			description:
				account.apiVersion === 'v1'
					? "Set 'API Version' in the 'deAPI API' credential to V2 and run the node again."
					: `Look for a newer version of this node.${sayOf(answer)}`,
		};
	}
	if (status === 413) {
		return {
			message: 'The files are too large for deAPI',
			description:
				'A sound may be up to 20 MB, each picture up to 10 MB, and the whole request up to 75 MB.',
		};
	}
	if (status >= 500) {
		return {
			message: `deAPI is not available at the moment (status ${status})`,
			description: `Try again later.${sayOf(answer)}`,
		};
	}
	if (status >= 300 && status < 400) {
		const target = answer.headers.location;
		return {
			message: `deAPI's address answered with a redirect${target ? ` to ${quote(target, 200)}` : ''}`,
			description:
				"Redirects are not followed, because the API key and the file would go to another address. Check 'Base URL' in the 'deAPI API' credential.",
		};
	}
	if (status >= 200 && status < 300) {
		return {
			message: 'deAPI gave an answer that could not be read',
			description: `The answer was ${looksOf(answer)}. A proxy between n8n and deAPI may have changed it, or 'Base URL' in the credential may point elsewhere.`,
		};
	}
	return {
		message: `deAPI did not accept the request (status ${status})`,
		description: messageOf(answer) ?? 'deAPI gave no reason.',
	};
}

/** What an answer is that is not the one that was expected. */
function looksOf({ text, body }: Answer): string {
	const isObject = Object.keys(body).length > 0;
	if (text.trim() === '' && !isObject) return 'empty';
	return `not the JSON that was expected${isObject ? `: ${quote(JSON.stringify(body), 200)}` : ''}`;
}

/** Whether an answer has text, and not deAPI's JSON with its message: somebody on the way has answered. */
function isForeign({ text, body }: Answer): boolean {
	return textOf(text) !== undefined || (Object.keys(body).length > 0 && body.message === undefined);
}

/**
 * What is in front of deAPI (Cloudflare) has let nobody through: it goes by the address that a request
 * comes from, and knows nothing of the account.
 */
function blocked({ text, body, headers }: Answer): Pick<FailureFacts, 'message' | 'description'> {
	const page = /error(?: code)?:?\s*(1\d{3})\b/i.exec(text.slice(0, LARGEST_PAGE))?.[1];
	const code = page ?? numberOf(body.error_code);
	const ray = headers['cf-ray'] === undefined ? '' : ` (Ray ID ${quote(headers['cf-ray'], 50)})`;
	return {
		message: `The request was blocked on its way to deAPI${code === undefined ? '' : ` (code ${code})`}`,
		description: `The protection in front of deAPI has stopped it, or a proxy of yours. That says nothing about your account. Try it from another network address, such as another server or without a VPN, or ask deAPI's support to let this one through${ray}.`,
	};
}

/** A page says within so many characters why it is shown. */
const LARGEST_PAGE = 100_000;

/**
 * Source: deAPI's documentation: below 0.49 USD every new job is refused.
 *
 * @param says deAPI's own words, as a sentence to append
 */
function tooLittleCredit(says: string) {
	return {
		message: 'The deAPI account has too little credit for this job',
		description: `Add credit on the Balance page (billing) of the deAPI dashboard: ${DASHBOARD}. Below a balance of 0.49 USD deAPI refuses every new job.${says}`,
	};
}

function messageOf({ body }: Answer): string | undefined {
	const message = textOf(body.message);
	return message === undefined ? undefined : quote(message);
}

/** deAPI's own words, where it sent any, as a sentence to append. */
function sayOf(answer: Answer): string {
	const message = messageOf(answer);
	return message === undefined ? '' : ` deAPI says: ${message}`;
}

/** A 422 names each field that it refused in `errors`; too little credit is `errors.balance`. */
function describeValidation(answer: Answer, { label }: Asked): Failure {
	const { status, body } = answer;
	const errors = readErrors(body.errors);
	const details = { errors: Object.fromEntries(errors) };
	const balance = errors.get('balance');
	if (balance !== undefined) {
		const says = balance.length > 0 ? ` deAPI says: ${balance.join(' ')}` : '';
		return new Failure({ status, ...tooLittleCredit(says), details });
	}
	const fields = [...errors.keys()];
	if (fields.length === 0) {
		return new Failure({
			status,
			message: 'deAPI did not accept the values',
			description: messageOf(answer) ?? 'deAPI gave no reason.',
		});
	}
	return new Failure({
		status,
		message: `deAPI did not accept ${listOf(fields.map(label))}`,
		description: fields
			.map((field) => `${label(field)}: ${errors.get(field)?.join(' ') || 'refused'}`)
			.join('\n'),
		details,
	});
}

/**
 * The refused fields with what deAPI says of each: an object by field, or, as the specification shows
 * it for prompts, a list of `{ field, messages }`.
 */
function readErrors(errors: unknown): Map<string, string[]> {
	const entries: Array<[string, unknown]> = Array.isArray(errors)
		? errors.flatMap((entry): Array<[string, unknown]> =>
				isObject(entry) ? [[String(entry.field), entry.messages]] : [],
			)
		: Object.entries(isObject(errors) ? errors : {});
	return new Map(
		entries
			.slice(0, 50)
			// A message about a field without a name would quote nothing.
			.filter(([field]) => field.trim() !== '')
			.map(([field, texts]) => [
				quote(field, 100),
				[texts].flat().flatMap((text) => (textOf(text) === undefined ? [] : [quote(String(text))])),
			]),
	);
}

/** A request that can be repeated without harm got no answer: what to tell the user. */
export function describeNoAnswer({ reason, canceled, neverMade }: NoAnswer): Failure {
	if (canceled) return CANCELED;
	if (neverMade) {
		return new Failure({
			message: `The request to deAPI could not be made: ${reason}`,
			description:
				"n8n did not get as far as sending it. Check the 'deAPI API' credential, above all 'API Key' and expressions in it.",
		});
	}
	return new Failure({
		message: `deAPI could not be reached: ${reason}`,
		description:
			"Check the internet connection of n8n and 'Base URL' in the 'deAPI API' credential, then try again.",
	});
}
