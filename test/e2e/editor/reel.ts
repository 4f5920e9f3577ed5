import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { OUTPUT_FOLDER } from '../stage';

/** The frames of an animation, with how long each is shown: what `scripts/make-pictures.sh` reads. */
export class Reel {
	private readonly lines: string[] = [];

	private constructor(private readonly folder: string) {}

	static async begin(name: string): Promise<Reel> {
		const folder = path.join(OUTPUT_FOLDER, name);
		await mkdir(folder, { recursive: true });
		return new Reel(folder);
	}

	/** Takes a frame that is shown for so many milliseconds. */
	async take(page: Page, milliseconds: number): Promise<void> {
		const file = `${String(this.lines.length + 1).padStart(3, '0')}.png`;
		await page.screenshot({ path: path.join(this.folder, file), caret: 'initial' });
		this.lines.push(`file '${file}'\nduration ${milliseconds / 1000}\n`);
		await writeFile(path.join(this.folder, 'frames.txt'), this.lines.join(''));
	}
}
