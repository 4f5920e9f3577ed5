/** Why nobody notices some faults: kept in reasons.json, beside the code that each is put into. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Mutant } from './results';

export interface Reason {
	file: string;
	/** The line on which the fault begins, without what stands left of it. */
	code: string;
	/** What stands there instead; left out, the reason holds for all faults that begin on the line. */
	replacement?: string;
	reason: string;
}

export const REASONS = JSON.parse(
	readFileSync(path.join(__dirname, 'reasons.json'), 'utf8'),
) as Reason[];

/** Whether a reason is this fault's. */
export const fits = (reason: Reason, { file, code, replacement }: Mutant): boolean =>
	reason.file === file &&
	reason.code === code &&
	(reason.replacement === undefined || reason.replacement === replacement);

export const reasonFor = (mutant: Mutant): string | undefined =>
	REASONS.find((reason) => fits(reason, mutant))?.reason;
