import type { Page } from 'playwright-core';

/** Executes the open workflow, which begins with a form, and gives the page that the form opens in. */
export async function openForm(page: Page): Promise<Page> {
	const execute = page.getByTestId('execute-workflow-button');
	const [form] = await Promise.all([page.waitForEvent('popup'), execute.click()]);
	return form;
}
