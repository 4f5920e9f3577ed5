/**
 * What a request sent, one value a field, whether it came as a form or as JSON.
 */
import type { ReadBody } from '../http/body';
import type { RecordedPart } from '../types';

/** How an endpoint takes its fields; 'either': as one or the other. */
export type Encoding = 'multipart' | 'json' | 'either';

export type Value =
	| { kind: 'text'; text: string }
	| { kind: 'file'; part: RecordedPart }
	/** Of a name that ends with `[]`, which PHP takes for a list. */
	| { kind: 'files'; parts: RecordedPart[] }
	| { kind: 'json'; json: unknown };

export class Values {
	private constructor(
		/** In the order sent. */
		readonly byName: ReadonlyMap<string, Value>,
		/** Names that were sent more than once. */
		readonly repeated: readonly string[],
	) {}

	/**
	 * @param encoding what the endpoint takes; a body of another kind counts as empty
	 * @param body the request's body
	 * @param json the parsed body of a JSON request
	 */
	static of(encoding: Encoding, body: ReadBody, json: unknown): Values {
		if (body.multipart && encoding !== 'json') return Values.ofParts(body.parts);
		if (encoding === 'multipart' || typeof json !== 'object' || json === null) {
			return new Values(new Map(), []);
		}
		const entries = Object.entries(json).map(
			([name, value]: [string, unknown]) => [name, { kind: 'json', json: value }] as const,
		);
		return new Values(new Map(entries), []);
	}

	static ofParts(parts: readonly RecordedPart[]): Values {
		const names = parts.map(({ name }) => name);
		const isInList = ({ name, kind }: RecordedPart) => kind === 'file' && name.endsWith('[]');
		const entries = parts.map((part): readonly [string, Value] => {
			const { name } = part;
			if (!isInList(part)) {
				const isFile = part.kind === 'file';
				return [name, isFile ? { kind: 'file', part } : { kind: 'text', text: part.value ?? '' }];
			}
			const all = parts.filter((each) => isInList(each) && each.name === name);
			return [name, { kind: 'files', parts: all }];
		});
		const repeated = names.filter(
			(name, index) => names.indexOf(name) !== index && !name.endsWith('[]'),
		);
		return new Values(new Map(entries), [...new Set(repeated)]);
	}

	has(name: string): boolean {
		return this.byName.has(name);
	}

	/** @returns a field as text, a file's not; null where it was not sent */
	text(name: string): string | null {
		const value = this.byName.get(name);
		if (value === undefined || value.kind === 'file' || value.kind === 'files') return null;
		return value.kind === 'text' ? value.text : textOf(value.json);
	}

	/** @returns a file's part, null where none was sent under this name */
	file(name: string): RecordedPart | null {
		const value = this.byName.get(name);
		return value?.kind === 'file' ? value.part : null;
	}

	/** @returns how many files were sent under a name that is a list */
	count(name: string): number {
		const value = this.byName.get(name);
		return value?.kind === 'files' ? value.parts.length : 0;
	}

	/** @returns whether a flag is set */
	isOn(name: string): boolean {
		return isOn(this.text(name));
	}

	/** @returns the texts by name, as a job keeps them */
	texts(): Record<string, string> {
		const names = [...this.byName.keys()];
		return Object.fromEntries(
			names.flatMap((name): Array<[string, string]> => {
				const text = this.text(name);
				return text === null ? [] : [[name, text]];
			}),
		);
	}
}

/** @returns whether a flag, as a form or JSON has it, is set */
export function isOn(text: string | null | undefined): boolean {
	return text === '1' || text === 'true';
}

function textOf(value: unknown): string {
	if (value === null || value === undefined) return '';
	return typeof value === 'string' ? value : JSON.stringify(value);
}
