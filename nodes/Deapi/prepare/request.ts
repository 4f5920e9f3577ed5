import type { IDataObject } from 'n8n-workflow';
import type { Failure } from '../engine/failure';
import type { Endpoint } from '../service/endpoints';
import type { FilePart } from './files';

/** The question for the price of what is done before a job, and billed with it. */
export interface FurtherPrice {
	/** The one that does the same by itself. */
	endpoint: Endpoint;
	priced: IDataObject;
	pricedFiles?: FilePart[];
}

/** A request whose values and files are in order: what `prepare` of an operation makes of an item. */
export interface PreparedRequest {
	/** `multipart` also where there is no file: deAPI's specification names the encoding. */
	encoding: 'multipart' | 'json';
	/** deAPI's fields; what is undefined is not sent. */
	body: IDataObject;
	files: FilePart[];
	/** What the output item repeats of it. */
	sent: IDataObject;
	/** The values that the price depends on: only those that deAPI lists for the question. */
	priced: IDataObject;
	/** Whether the question for the price is multipart too. */
	pricedAs?: 'multipart' | 'json';
	/** Files that go along with the question, where the price cannot be told without them. */
	pricedFiles?: FilePart[];
	/** What is billed with it, and is not in the answer to its own question for the price. */
	furtherPrice?: FurtherPrice | undefined;
	/** The result's file name without its ending. */
	fileName?: string | undefined;
	/** Whether only v2 of the API knows these fields. */
	needsV2?: boolean;
	/** Why the length could not be checked against the model's limits, where the node has chosen it. */
	unread?: Failure;
}
