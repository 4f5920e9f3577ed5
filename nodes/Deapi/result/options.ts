import { isYes, numberOf, textOf } from '../basics/values';
import type { Call } from '../engine/call';

/** What the user has chosen for waiting and for the result. */
export interface ResultOptions {
	waits: boolean;
	/** Seconds after which the node stops waiting. */
	timeout: number;
	/** Seconds until the first check of the status, and between two checks in the beginning. */
	pollInterval: number;
	downloads: boolean;
	/** The binary field that the result goes into. */
	field: string;
}

/** Nobody waits longer than a week. */
const LONGEST_WAIT_S = 7 * 24 * 60 * 60;

/**
 * Reads them from the node's parameters, with their defaults.
 *
 * @param waitsByDefault whether the operation waits where the workflow does not say
 */
export function readResultOptions(
	call: Pick<Call, 'options' | 'parameter'>,
	waitsByDefault = false,
): ResultOptions {
	const { timeout, pollInterval, downloadResult, outputBinaryProperty } = call.options;
	const positive = (value: unknown, fallback: number) => {
		const number = numberOf(value);
		return number !== undefined && number > 0 ? Math.min(number, LONGEST_WAIT_S) : fallback;
	};
	return {
		waits: isYes(call.parameter('waitForCompletion', waitsByDefault)),
		timeout: positive(timeout, 600),
		pollInterval: positive(pollInterval, 5),
		downloads: downloadResult !== false,
		field: fieldName(outputBinaryProperty),
	};
}

/** A binary field's name; one that n8n cannot keep is the default. */
export function fieldName(value: unknown): string {
	const name = typeof value === 'number' ? String(value) : (textOf(value)?.trim() ?? 'data');
	return name === '__proto__' ? 'data' : name;
}
