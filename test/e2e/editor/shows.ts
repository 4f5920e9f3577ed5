import type { Locator } from 'playwright-core';
import { until } from '../n8n/api';

/** Waits until all of these texts are seen somewhere in a part of the page. */
export async function shows(part: Locator, texts: string[]): Promise<void> {
	for (const text of texts) {
		await until(`'${text}' is seen`, 20_000, async () => {
			const isThere = await part.getByText(text).first().isVisible();
			return isThere || (await valuesIn(part)).includes(text) ? true : undefined;
		});
	}
}

/** What the fields of a part of the page hold: a choice shows its text as a value. */
async function valuesIn(part: Locator): Promise<string[]> {
	const fields = await part.locator('input:not([type="checkbox"]), textarea').all();
	return await Promise.all(fields.map(async (field) => await field.inputValue()));
}
