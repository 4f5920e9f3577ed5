/**
 * What an entry of an operation says: where it lies, what it takes, what it gives. The fake service,
 * the table of tests and the simulation read it, and `specification.test.ts` holds it against the
 * service's own specification.
 */
import type { Fields, Further } from '../rules/fields';
import type { Encoding, Values } from '../rules/values';
import type { FakeModel, Limits } from '../types';

/**
 * What comes of a job: a video of the frames that were asked for, one like the source, a voice, music,
 * a picture that comes in other formats too, a PNG alone, or words.
 */
export type ResultKind = 'film' | 'video' | 'speech' | 'song' | 'picture' | 'png' | 'text';

/** What an endpoint takes. */
export interface Rules {
	encoding: Encoding;
	/** By name, in the order in which messages name them. */
	fields: Fields;
	/** Rules about several fields at once. */
	further?: Further;
}

export interface OperationModel {
	/** Behind `/api/v1/client/` and `/api/v2/`; null: there is none on v1. */
	path: { v1: string | null; v2: string };
	/** What follows the path on v1 in the question for the price, where it is not `/price-calculation`. */
	priceOnV1?: string;
	/** What stood on v1 and was removed, as a pattern: it answers 410. */
	removed?: string;
	/** What the endpoint does, as the service's messages call it. */
	title: string;
	/** The inference types of which the model must have one; the first is the job's. */
	types: readonly [string, ...string[]];
	/** Where only some of them are right for a request. */
	typesFor?: (values: Values) => readonly string[];
	/** The job's inference type, where the request decides. */
	jobType?: (values: Values) => string;
	/** What the request calls the model, default `model`. */
	modelField?: string;
	/** What makes it. All that make a job take a webhook too: it is not listed. */
	submit: Rules;
	/** The question for its price. */
	price: Rules;
	/** What a request costs where the price is not always the same, in USD. */
	cost?: (values: Values, base: number) => number;
	/** Null: the answer itself is all, and there is no job. */
	result: ResultKind | null;
	/** Requests that a Basic account has, by the service's pages. */
	basic?: Limits;
	/** The models that were made for it; those of other operations may be able to do it as well. */
	models: readonly FakeModel[];
}
