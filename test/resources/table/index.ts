/**
 * All operations that cost money, a line each: what the smallest workflow sends, what all options
 * together send, and what comes of it. The tests of the operations are generated from it, and the
 * simulation plays what stands in it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import type { RecordedRequest } from '../../fake-deapi';
import { pathOf, pricePathOf, routeOf } from '../../fake-deapi/endpoints/routes';
import { OPERATIONS } from '../../fake-deapi/operations';
import type { Encoding } from '../../fake-deapi/rules/values';
import { fixture } from '../../support/workflows';
import { AUDIO } from './audio';
import { IMAGE } from './image';
import type { Line, Row, Rows, Sent, SentFile, Values } from './line';
import { PROMPT } from './prompt';
import { VIDEO } from './video';

export const ROWS: Rows = { ...VIDEO, ...AUDIO, ...IMAGE, ...PROMPT };

export const NAMES = Object.keys(ROWS);

/** A line of the table. */
export function lineOf(name: string): Line {
	const row = ROWS[name];
	if (row === undefined) throw new Error(`The table has no line ${name}`);
	return lineFrom(row);
}

/** A row with what the model says of its operation. */
export function lineFrom(row: Row): Line {
	const { operation } = row;
	const model = OPERATIONS[operation];
	const v2 = pathOf(operation, 'v2');
	return {
		...row,
		model,
		route: routeOf(operation),
		path: { v1: pathOf(operation, 'v1') ?? v2, v2 },
		pricePath: {
			v1: pricePathOf(operation, pathOf(operation, 'v1') === null ? 'v2' : 'v1'),
			v2: pricePathOf(operation, 'v2'),
		},
		isInstant: model.result === null,
	};
}

/** What a request carried, in the table's terms; with the fixtures as the files' digests. */
export function sentBy(request: RecordedRequest | undefined): {
	isForm: boolean;
	fields: IDataObject;
	files: object;
} {
	if (request === undefined) throw new Error('There was no request');
	if (request.parts.length === 0)
		return { isForm: false, fields: request.json as IDataObject, files: {} };
	const texts = request.parts.filter(({ kind }) => kind === 'field');
	const files = request.parts.filter(({ kind }) => kind === 'file');
	return {
		isForm: true,
		fields: Object.fromEntries(texts.map(({ name, value }) => [name, value])),
		files: Object.fromEntries(
			files.map(({ name }) => {
				const all = files
					.filter((each) => each.name === name)
					.map(({ contentType, sha256 }) => [contentType ?? '', sha256]);
				return [name, name.endsWith('[]') ? all : all[0]];
			}),
		),
	};
}

/** The same of a line of the table. Where the service takes both, the package sends a form. */
export function expected(encoding: Encoding, { fields, files = {} }: Sent): object {
	return {
		isForm: encoding !== 'json',
		fields: matching(fields),
		files: Object.fromEntries(
			Object.entries(files).map(([name, sent]) => [
				name,
				isList(sent) ? sent.map(asRecorded) : asRecorded(sent),
			]),
		),
	};
}

/** Values of the table as jest compares them. */
export function matching(values: Values): object {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]): [string, unknown] => [
			name,
			value instanceof RegExp ? expect.stringMatching(value) : value,
		]),
	);
}

const isList = (sent: SentFile | SentFile[]): sent is SentFile[] => Array.isArray(sent[0]);

const asRecorded = ([type, source]: SentFile) => [type, digestOf(source)];

function digestOf(name: string): string {
	return createHash('sha256')
		.update(readFileSync(fixture(name)))
		.digest('hex');
}
