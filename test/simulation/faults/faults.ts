/** Faults that were once in this package, or stand for such: put back by replacing text. */
import { FILM_FAULTS } from './filmFaults';
import { PICTURE_FAULTS } from './pictureFaults';
import { PURPOSE_FAULTS } from './purposeFaults';
import { SUBMIT_FAULTS } from './submitFaults';
import { TRIGGER_FAULTS } from './triggerFaults';

/** One fault, and how to put it in. */
export interface Fault {
	name: string;
	/** What a user would meet. */
	harm: string;
	/** Each `from` stands in its file exactly once. */
	changes: Array<{ file: string; from: string; to: string }>;
}

export const FAULTS: Fault[] = [
	...SUBMIT_FAULTS,
	...PURPOSE_FAULTS,
	...FILM_FAULTS,
	...PICTURE_FAULTS,
	...TRIGGER_FAULTS,
];
