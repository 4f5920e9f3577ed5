/**
 * What can go wrong on demand.
 */
import type { Route } from './service';

/**
 * What can go wrong on demand. `accept` says whether a submit made its job all the same.
 * A body is always read to its end first, except where the fault says otherwise.
 */
export type Fault =
	| { type: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
	/**
	 * A 429. `retryAfter` goes out as it stands: seconds, a date, `'1e15'`, `'-5'`, `''`; null leaves
	 * it out. `headers` are added, such as `X-RateLimit-Daily-Remaining`.
	 */
	| {
			type: 'rateLimit';
			kind: 'minute' | 'daily';
			retryAfter?: number | string | null;
			withType?: boolean;
			headers?: Record<string, string>;
	  }
	| { type: 'html'; status: number; accept?: boolean }
	| { type: 'empty'; status: number; accept?: boolean }
	/** The true answer with its last half missing, and a Content-Length that fits. */
	| { type: 'truncatedJson' }
	/** The true answer, `ms` late. */
	| { type: 'slow'; ms: number }
	/** The body is read, nothing is done, no answer ever comes. */
	| { type: 'hang' }
	| { type: 'cutBeforeBody' }
	| { type: 'cutDuringBody'; afterBytes: number }
	/**
	 * Reading stops after so many bytes and the connection stays open. The fake then does not see
	 * the client go: the record's `endedAt` stays null until `close`.
	 */
	| { type: 'stallBody'; afterBytes: number }
	| { type: 'cutAfterBody'; accept: boolean }
	| { type: 'cutDuringAnswer'; accept: boolean }
	| { type: 'redirect'; location: string; status?: number }
	| { type: 'acceptThenError'; status: number; body?: unknown }
	| { type: 'noRequestId'; body?: unknown }
	/**
	 * The job is made, and its ID stands where nobody looks: a number in place of the UUID, beside
	 * `data` (or with another `status` in its place), or three levels down.
	 */
	| {
			type: 'oddRequestId';
			place: 'number' | 'inData' | 'besideData' | 'nested';
			status?: number;
			headers?: Record<string, string>;
	  }
	/** The true answer with fields put over those of its `data`, and of the body itself. */
	| { type: 'overwrite'; data?: Record<string, unknown>; body?: Record<string, unknown> }
	/** The true answer, `bytes` (1) at a time every `everyMs`; the head goes at once. */
	| { type: 'drip'; everyMs: number; bytes?: number }
	/** The true JSON answer with so many bytes of a further field in front. */
	| { type: 'padded'; bytes: number }
	/** Nothing is done, and the answer repeats the Authorization header as a proxy's page might. */
	| { type: 'echoKey'; status: number; as?: 'json' | 'text' | 'errors' }
	/** The true answer with other headers; null takes one out. */
	| { type: 'headers'; headers: Record<string, string | null> }
	/** Results: 403 with XML, as S3 answers. */
	| { type: 'expired' }
	/** Results: the full Content-Length, cut after `bytes`. */
	| { type: 'short'; bytes: number }
	/** Results: streams `bytes` bytes, without a Content-Length unless asked for. */
	| { type: 'tooLarge'; bytes: number; contentLength?: boolean };

export interface FaultSpec {
	route: Route | 'any';
	/** How many requests it meets, default 1. */
	times?: number;
	/** How many requests on the route go by first, default 0. */
	after?: number;
	fault: Fault;
}

export interface FaultQueue {
	/** Adds a fault behind those already there. */
	add(spec: FaultSpec): void;
	/** Forgets all faults. */
	clear(): void;
	/** How many requests are still to be met. */
	readonly pending: number;
}
