import { shown } from '../../basics/quote';
import { listOf, numberOf, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { AUTOMATIC } from './model';
import { ValidationErrors } from './validationErrors';

/** Larger numbers than this mean nothing in any field of deAPI's. */
const LARGEST = 1e15;

/** What is to be said of a value in which there is no text. */
export function noText(value: unknown): string {
	const isEmpty = value === undefined || value === null || typeof value === 'string';
	return isEmpty ? 'is empty' : `is not a text: ${shown(value)}`;
}

/** Reads an item's text and numbers, and notes what is wrong with them. */
export class Values {
	/** @param given values by name: under deAPI's names from routing, or parameters and options */
	constructor(
		private readonly given: { readonly [field: string]: unknown },
		private readonly validationErrors: ValidationErrors,
	) {}

	/** Whether the user gave anything. */
	has(field: string): boolean {
		const value = this.given[field];
		return value !== undefined && value !== null && value !== '';
	}

	/** A text that must be there; a number is taken, unless it is NaN or Infinity: nobody means these. */
	text(field: string, description: string): string {
		const value = this.given[field];
		const text = Number.isFinite(value) ? String(value) : textOf(value);
		if (text === undefined) this.validationErrors.add(field, noText(value), description);
		return text ?? '';
	}

	/** 'Model': a slug. n8n empties the field where another credential is chosen: then the choice is the node's. */
	model(): string {
		if (this.given.model === '') return AUTOMATIC.value;
		return this.text('model', 'Choose a model from the list, or enter a slug.');
	}

	/** A text that may be missing; an empty one counts as missing. */
	optionalText(field: string): string | undefined {
		const value = this.given[field];
		if (Number.isFinite(value)) return String(value);
		if (value !== undefined && value !== null && typeof value !== 'string') {
			const what = `is not a text: ${shown(value)}`;
			this.validationErrors.add(field, what, 'Enter a text, or remove the option.');
		}
		return textOf(value);
	}

	/** One of a fixed list of words, in any case; an empty one counts as missing. */
	oneOf<T extends string>(field: string, words: readonly T[], fallback: T): T {
		return (this.has(field) ? this.word(field, words) : undefined) ?? fallback;
	}

	/** One of a fixed list of words that must be there; undefined where it is none of them. */
	word<T extends string>(field: string, words: readonly T[]): T | undefined {
		const value = this.given[field];
		const text = String(value ?? '').trim();
		const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
		if (found === undefined) {
			const what = text === '' ? 'is empty' : `is ${shown(value)}`;
			this.validationErrors.add(field, what, `Enter ${listOf([...words], 'or')}.`);
		}
		return found;
	}

	/** A switch, also where an expression gives it as text or number; undefined where nothing is given. */
	flag(field: string): boolean | undefined {
		if (!this.has(field)) return undefined;
		const value = this.given[field];
		const text = String(value).trim().toLowerCase();
		if (text === 'true' || text === '1') return true;
		if (text !== 'false' && text !== '0') {
			this.validationErrors.add(field, `is ${shown(value)}`, 'Enter true or false.');
		}
		return false;
	}

	/** A whole number. */
	whole(field: string, min: number): number {
		const number = this.number(field);
		if (Number.isNaN(number)) return number;
		if (!Number.isSafeInteger(number)) {
			this.validationErrors.add(field, `is ${number}`, 'Enter a whole number, without decimals.');
		} else if (number < min) {
			const allowed = min === -1 ? '-1 for a random one, or 0 and above' : `${min} or more`;
			this.validationErrors.add(field, `is ${number}`, `Enter ${allowed}.`);
		}
		return number;
	}

	optionalWhole(field: string, min: number): number | undefined {
		return this.has(field) ? this.whole(field, min) : undefined;
	}

	/** Any number; numbers as text are taken, because expressions often give them so. */
	number(field: string): number {
		const value = this.given[field];
		const number = numberOf(value);
		if (number !== undefined && Math.abs(number) <= LARGEST) return number;
		const isMissing = value === undefined || value === null || value === '';
		this.validationErrors.add(
			field,
			isMissing
				? 'is missing'
				: `is not a ${number === undefined ? '' : 'sensible '}number: ${shown(value)}`,
			'Enter a number. If it comes from an expression, check what that gives for this item.',
		);
		return Number.NaN;
	}

	optionalNumber(field: string): number | undefined {
		return this.has(field) ? this.number(field) : undefined;
	}
}

/**
 * Reads a parameter that is one of a fixed list of words, and decides what else is read.
 *
 * @param usual for a workflow that was saved before the parameter existed
 * @throws {Failure} where it is none of them
 */
export function chosenWord<T extends string>(
	call: Call,
	parameter: string,
	words: readonly T[],
	usual: T,
): T {
	const validationErrors = new ValidationErrors(call.label);
	const values = new Values({ [parameter]: call.parameter(parameter, usual) }, validationErrors);
	const word = values.word(parameter, words);
	validationErrors.throwIfAny();
	return word ?? usual;
}
