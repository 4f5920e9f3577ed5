/**
 * What a request sent, one value a field, whether it came as a form or as JSON.
 */
import type { ReadBody } from '../http/body';
import type { RecordedPart } from '../types';

/** How an endpoint takes its fields. 'either': a form, or JSON whose values count as text. */
export type Encoding = 'multipart' | 'json' | 'either';

export type Value =
	| { kind: 'text'; text: string }
	| { kind: 'file'; part: RecordedPart }
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
		const entries = Object.entries(json).map(([name, value]: [string, unknown]) => {
			const read: Value =
				encoding === 'json' ? { kind: 'json', json: value } : { kind: 'text', text: textOf(value) };
			return [name, read] as const;
		});
		return new Values(new Map(entries), []);
	}

	private static ofParts(parts: readonly RecordedPart[]): Values {
		const names = parts.map(({ name }) => name);
		const entries = parts.map((part) => {
			const value: Value =
				part.kind === 'file' ? { kind: 'file', part } : { kind: 'text', text: part.value ?? '' };
			return [part.name, value] as const;
		});
		const repeated = names.filter((name, index) => names.indexOf(name) !== index);
		return new Values(new Map(entries), [...new Set(repeated)]);
	}

	has(name: string): boolean {
		return this.byName.has(name);
	}

	/** @returns a field as text, a file's not; null where it was not sent */
	text(name: string): string | null {
		const value = this.byName.get(name);
		if (value === undefined || value.kind === 'file') return null;
		return value.kind === 'text' ? value.text : textOf(value.json);
	}

	/** @returns a file's part, null where none was sent under this name */
	file(name: string): RecordedPart | null {
		const value = this.byName.get(name);
		return value?.kind === 'file' ? value.part : null;
	}

	/** @returns whether a flag is set */
	isOn(name: string): boolean {
		return ['1', 'true'].includes(this.text(name) ?? '');
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

function textOf(value: unknown): string {
	if (value === null || value === undefined) return '';
	return typeof value === 'string' ? value : JSON.stringify(value);
}
