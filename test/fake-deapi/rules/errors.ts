/**
 * Collects what is wrong with a request, with Laravel's texts.
 */
import type { Errors } from '../http/answers';

/** Messages by field, in order of the first one. */
export class ErrorList {
	readonly messages: Errors = {};

	/** Laravel calls a list by its name alone. */
	nameOf(field: string): string {
		return field.replace('[]', '');
	}

	/** @param rule what the field must be, put behind "The … field" */
	add(field: string, rule: string): void {
		this.addText(field, `The ${this.nameOf(field).replaceAll('_', ' ')} field ${rule}`);
	}

	addText(field: string, message: string): void {
		(this.messages[this.nameOf(field)] ??= []).push(message);
	}
}
