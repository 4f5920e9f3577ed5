/**
 * The entries of the operations, held against the service's own specification: paths, bodies, fields,
 * types, limits, and what is required.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { pathOf, pricePathOf } from './endpoints/routes';
import type { RecordedPart } from './index';
import { OPERATION_NAMES, OPERATIONS } from './operations';
import { checkFields, fieldsOf, type Field } from './rules/fields';
import { Values } from './rules/values';
import { settingsFrom } from './settings';
import { ON_FIELDS } from './strictness';

interface Property {
	type: string;
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	enum?: Array<string | number>;
}

interface Specified {
	body: string;
	/** A request is as one of these. */
	alternatives: Array<{ required: string[]; properties: Record<string, Property> }>;
}

const FILE = join(__dirname, '..', 'fixtures', 'specification.json');
const { paths: PATHS } = JSON.parse(readFileSync(FILE, 'utf8')) as {
	paths: { [path: string]: Specified | undefined };
};

const ENDPOINTS = OPERATION_NAMES.flatMap((operation) =>
	(['v1', 'v2'] as const).flatMap((surface) => {
		const path = pathOf(operation, surface);
		if (path === null) return [];
		const price = pricePathOf(operation, surface);
		return [
			{ operation, surface, endpoint: 'submit' as const, path },
			{ operation, surface, endpoint: 'price' as const, path: price },
		];
	}),
);

type Endpoint = (typeof ENDPOINTS)[number];
type Rule = (typeof ON_FIELDS)[number]['rule'];

function isStricter({ operation, endpoint }: Endpoint, field: string, rule: Rule): boolean {
	return ON_FIELDS.some(
		(each) =>
			each.operation === operation &&
			(each.endpoint === endpoint || rule !== 'required') &&
			each.rule === rule &&
			each.fields.includes(field),
	);
}

/** A field in the words of the entries. */
function fieldOf(property: Property): Partial<Field> {
	const { type, minimum, maximum, minLength, maxLength } = property;
	const [min, max] = type === 'string' ? [minLength, maxLength] : [minimum, maximum];
	return {
		type: (type === 'array' ? 'list' : type) as Field['type'],
		...(min === undefined ? {} : { min }),
		...(max === undefined ? {} : { max }),
		...(property.enum === undefined ? {} : { choices: property.enum.map(String) }),
	};
}

/** The same of an entry, without what is stricter on purpose. */
function comparable(at: Endpoint, name: string, field: Field): Partial<Field> {
	const { type, min, max, choices } = field;
	return {
		type,
		...(min === undefined || isStricter(at, name, 'min') ? {} : { min }),
		...(max === undefined ? {} : { max }),
		...(choices === undefined || isStricter(at, name, 'choices') ? {} : { choices }),
	};
}

describe.each(ENDPOINTS)('$path', (at) => {
	const { operation, surface, endpoint, path } = at;
	const entry = OPERATIONS[operation];
	const specified = PATHS[path];
	if (specified === undefined) throw new Error(`The specification has no ${path}`);
	const { alternatives } = specified;
	const fields = fieldsOf(entry, endpoint, surface);

	test('takes the fields of the specification, as it has them', () => {
		// Where the specification shows a form, some pages show JSON too.
		const bodies = specified.body === 'multipart' ? ['multipart', 'either'] : [specified.body];
		expect(bodies).toContain(entry[endpoint].encoding);
		const wanted = Object.assign({}, ...alternatives.map(({ properties }) => properties)) as {
			[name: string]: Property;
		};
		const named = [...fields].map(([name, field]) => [name, comparable(at, name, field)]);
		expect(Object.fromEntries(named)).toEqual(
			Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, fieldOf(value)])),
		);
	});

	test('asks for what the specification requires, and for nothing else', () => {
		const settings = settingsFrom({});
		for (const { required } of alternatives) {
			const own = required.includes('image') && operation === 'prompt' ? 'images.edits' : 'x';
			const asked = (names: string[]) => {
				const values = valuesOf(names, fields, own);
				const errors = checkFields(entry, endpoint, values, surface, settings);
				return Object.keys(errors).filter(
					(name) =>
						errors[name]?.some((text) => text.includes('required')) &&
						!isStricter(at, name, 'required'),
				);
			};
			expect(asked(required)).toEqual([]);
			for (const missing of required) {
				expect(asked(required.filter((name) => name !== missing))).not.toEqual([]);
			}
		}
	});
});

/** Something for each field; its kind is right, its value may not be. */
function valuesOf(names: string[], fields: Map<string, Field>, type: string): Values {
	const parts = names.map((name): RecordedPart => {
		const isFile = fields.get(name)?.type.startsWith('file') === true;
		return {
			...{
				name,
				kind: isFile ? 'file' : 'field',
				filename: isFile ? 'a' : null,
				contentType: null,
			},
			...{ headers: [], size: 1, sha256: '', value: isFile ? null : name === 'type' ? type : 'x' },
			...{ mediaType: null, imageSize: null, seconds: null },
		};
	});
	return Values.ofParts(parts);
}

test.each(ON_FIELDS)('the $endpoint of $operation is stricter about $fields ($rule)', (strict) => {
	const { operation, endpoint, fields, rule } = strict;
	const path = endpoint === 'price' ? pricePathOf(operation, 'v2') : pathOf(operation, 'v2');
	for (const name of fields) {
		const field = fieldsOf(OPERATIONS[operation], endpoint, 'v2').get(name);
		expect(field?.[rule]).toBeDefined();
		const said = PATHS[path]?.alternatives ?? [];
		expect(said).not.toEqual([]);
		for (const { required, properties } of said) {
			expect(required.includes(name) && rule === 'required').toBe(false);
			expect(fieldOf(properties[name] ?? { type: 'string' })).not.toHaveProperty(rule);
		}
	}
});
