/** What a line of the table says. Where a job goes, and how, stands in the model of deAPI. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Operation, Route, Surface } from '../../fake-deapi';
import type { OperationModel } from '../../fake-deapi/operations/operation';
import type { SourceItem } from '../../support/nodes';

/** Values by name; a pattern where the text is not known to the letter. */
export interface Values {
	[name: string]: IDataObject[string] | RegExp;
}

/** What a request carried, and nothing else. */
export interface Sent {
	/** Texts of a form, or values of JSON. */
	fields: Values;
	/** Files by deAPI's name; of a name that ends with `[]`, all of them. */
	files?: { [name: string]: SentFile | SentFile[] };
}

/** The content type, and the fixture that it is. */
export type SentFile = [contentType: string, fixture: string];

/** A result in the output item. */
export interface Result {
	/** The file's name and type; none for texts. */
	file?: [name: string, mimeType: string];
	/** Fields of the item's JSON. */
	json?: Values;
}

export interface Row {
	operation: Operation;
	/** `the speech`. */
	product: string;
	/** The item that goes in. */
	item: SourceItem;
	/** What a user has to enter. */
	parameters: INodeParameters;
	/** What of them alone is sent. */
	minimal: Sent;
	/** All options at once, and what they add. */
	every: {
		item?: SourceItem;
		parameters?: INodeParameters;
		options: INodeParameters;
		sends: Sent;
		/** Options that only v2 knows: with a v1 credential the whole request goes to v2. */
		needsV2?: true;
	};
	/** What the question for the price carries in the smallest workflow. */
	price: Sent;
	/** A field that deAPI may refuse, and its label. */
	refused: [field: string, label: string];
	result: Result;
	/** What the item says of a job that is not waited for, besides its ID. */
	says: IDataObject;
	/** Whether it waits unless told otherwise. */
	waits: boolean;
}

export interface Rows {
	[name: string]: Row;
}

export interface Line extends Row {
	model: OperationModel;
	route: Route;
	path: { [surface in Surface]: string };
	pricePath: { [surface in Surface]: string };
	/** Answers at once: no job, no waiting. */
	isInstant: boolean;
}
