import { listOf } from '../../basics/values';
import type { Caller } from '../../engine/call';
import { Failure } from '../../engine/failure';

/** What is wrong with one field. */
export interface ValidationError {
	/** The parameter's name, or deAPI's name of the field. */
	field: string;
	message: string;
	description: string;
}

/** Collects what is wrong with an item: nobody wants to find five slips in five runs. */
export class ValidationErrors {
	private readonly all: ValidationError[] = [];

	constructor(readonly label: Caller['label']) {}

	/** @param what follows the field's label in the message, e.g. `is empty` */
	add(field: string, what: string, description: string): void {
		this.push({ field, message: `${this.label(field)} ${what}`, description });
	}

	push(validationError: ValidationError): void {
		this.all.push(validationError);
	}

	/** @throws {Failure} one message for all that was found */
	throwIfAny(): void {
		const [first, ...others] = this.all;
		if (first === undefined) return;
		if (others.length === 0) throw new Failure({ ...first, submitted: 'no' });
		const fields = [...new Set(this.all.map(({ field }) => this.label(field)))];
		throw new Failure({
			message: `${listOf(fields)} ${fields.length === 1 ? 'needs' : 'need'} correcting`,
			description: this.all
				.map(({ message, description }) => `${message}. ${description}`)
				.join('\n'),
			submitted: 'no',
		});
	}
}
