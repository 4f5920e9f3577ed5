import path from 'node:path';
import { OUTPUT_FOLDER } from '../stage';

/** Where a picture of the last run lies. */
export function picture(name: string): string {
	return path.join(OUTPUT_FOLDER, `${name}.png`);
}
