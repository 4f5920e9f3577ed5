import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Locator, type Page, type Response, chromium, selectors } from 'playwright-core';
import { OWNER, until } from '../n8n/api';
import { atTheEnd, temporaryFolder } from '../machine/teardown';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** What comes and goes above the page and has no place in a picture. */
const WITHOUT_NOTICES = `
	.el-notification,
	[data-test-id='floating-nodes'] { visibility: hidden !important; }
`;

/** The workflow alone, without the editor's buttons around and above it. */
const CANVAS_ONLY = `
	body * { visibility: hidden !important; }
	.vue-flow, .vue-flow * { visibility: visible !important; }
	.vue-flow__panel, .vue-flow__panel *,
	[data-test-id='canvas-node-toolbar'], [data-test-id='canvas-node-toolbar'] * {
		visibility: hidden !important;
	}
`;

/** How the address ends at which the editor asks for the list of a field. */
const LIST_REQUEST = '/dynamic-node-parameters/resource-locator-results';

/** What is left below the last part of a picture, in pixels. */
const GAP_BELOW = 12;

/** How a picture is cut out of the page. */
interface Frame {
	/** Around the parts, in pixels. */
	margin?: number;
	/** What is below this part is left out. */
	upTo?: Locator;
}

interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** n8n's editor in a browser, used as a person uses it. */
export class Editor {
	private constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	/**
	 * Opens the system's Chromium and logs in; gives `undefined` where there is no Chromium.
	 *
	 * @param options `trustsAll`: whether it takes the run's own certificate, as no user's browser does
	 */
	static async open(
		url: string,
		{ width = 1440, height = 1080, trustsAll = true } = {},
	): Promise<Editor | undefined> {
		const executablePath = findChromium();
		if (!executablePath) return undefined;
		selectors.setTestIdAttribute('data-test-id');
		const context = await chromium.launchPersistentContext(temporaryFolder('chromium'), {
			executablePath,
			args: FLAGS,
			ignoreHTTPSErrors: trustsAll,
			viewport: { width, height },
			colorScheme: 'light',
			locale: 'en-US',
			timezoneId: 'UTC',
		});
		atTheEnd(async () => await context.close());
		const page = context.pages()[0] ?? (await context.newPage());
		page.setDefaultTimeout(20_000);
		// n8n keeps a workflow for whoever edited it last, for a while.
		const takeOver = page.getByRole('button', { name: 'Edit here' });
		await page.addLocatorHandler(takeOver, async () => await takeOver.click());
		const editor = new Editor(page, url);
		await editor.logIn();
		return editor;
	}

	/** Switches between n8n's light and dark looks, as the system's setting does. */
	async look(colorScheme: 'light' | 'dark'): Promise<void> {
		await this.page.emulateMedia({ colorScheme });
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
		await this.untilStill(this.page.getByTestId('canvas-node').first());
	}

	/** Moves and scales the canvas so that all of the workflow is seen. */
	async zoomToFit(): Promise<void> {
		await this.page.getByTestId('zoom-to-fit').click();
		await this.untilStill(this.page.getByTestId('canvas-node').first());
	}

	/** Nodes and notes on the canvas. */
	get canvasNodes(): Locator {
		return this.page.locator('.vue-flow__node');
	}

	/** Opens an empty workflow, whose canvas asks for a first step. */
	async openNewWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.getByTestId('node-creator-plus-button').first().waitFor();
	}

	/** Opens the panel of nodes, types into its search, and gives the names it shows. */
	async searchNodes(text: string): Promise<string[]> {
		const search = this.page.getByTestId('node-creator-search-bar');
		if (!(await search.isVisible())) {
			await this.page.getByTestId('node-creator-plus-button').first().click();
		}
		await search.fill(text);
		const names = this.page.getByTestId('node-creator-item-name');
		// The list follows the typing a moment later.
		await this.page.waitForTimeout(500);
		return (await names.allTextContents()).map((name) => name.trim());
	}

	/** Clicks an entry of the panel of nodes: a node, or an action of the node opened before. */
	async pickInPanel(name: string): Promise<void> {
		const entries = this.page.getByTestId('node-creator-item-name');
		await entries.filter({ hasText: new RegExp(`^\\s*${escapeRegExp(name)}\\s*$`) }).click();
	}

	/** Presses the plus behind the last node, which opens the panel of nodes. */
	async continueAfterLastNode(): Promise<void> {
		await this.page.getByTestId('canvas-handle-plus').last().click();
		await this.page.getByTestId('node-creator-search-bar').waitFor();
	}

	/** Opens a node of the canvas. */
	async openNode(name: string): Promise<void> {
		const node = this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
		const panel = this.page.getByTestId('node-parameters');
		await until(`the panel of ${name} opens`, 20_000, async () => {
			await node.dblclick();
			// A click while the canvas still moves into place goes nowhere.
			return await panel.waitFor({ timeout: 2000 }).then(
				() => true,
				() => undefined,
			);
		});
	}

	async closeNode(): Promise<void> {
		await this.page.getByTestId('ndv-close-button').click();
	}

	/** The control of a parameter of the open node. */
	parameter(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`).first();
	}

	async fill(parameter: string, text: string): Promise<void> {
		await this.parameter(parameter).locator('input, textarea').first().fill(text);
	}

	/**
	 * Chooses the open node's credential by its name. With another credential n8n reads the lists of the
	 * node's fields anew, and empties each field whose value it does not find there. Whoever changes a field
	 * meanwhile makes n8n look in a list that is still empty: so this waits until the lists are there.
	 */
	async chooseCredential(name: string): Promise<void> {
		const select = this.page.getByTestId('node-credentials-select');
		const before = await shownIn(select);
		const lists = await this.listFields.all();
		let answered = 0;
		const count = (response: Response) => {
			if (response.url().endsWith(LIST_REQUEST)) answered += 1;
		};
		this.page.on('response', count);
		await select.click();
		await this.page.getByText(name, { exact: true }).last().click();
		if (before !== '' && before !== name) {
			await until('n8n has read the lists anew', 20_000, () =>
				answered >= lists.length ? true : undefined,
			);
		}
		this.page.off('response', count);
		for (const list of lists) {
			await until('the field has its value', 5000, async () =>
				(await shownIn(list)) === '' ? undefined : true,
			);
		}
	}

	/** The fields of the open node that offer a list of what the account has. */
	private get listFields(): Locator {
		return this.page.getByTestId('node-parameters').getByTestId('rlc-input');
	}

	/** Sets a parameter that offers a list of values. */
	async choose(parameter: string, option: string): Promise<void> {
		await this.parameter(parameter).click();
		await this.page.getByRole('option', { name: option }).first().click();
	}

	/** The names of the values that a parameter offers. */
	async choicesOf(parameter: string): Promise<string[]> {
		await this.parameter(parameter).click();
		const options = this.page.getByRole('option');
		await options.first().waitFor();
		// A name is the first line of an option; its description stands below.
		const texts = await options.allInnerTexts();
		await this.page.keyboard.press('Escape');
		return texts.map((text) => text.trim().split('\n')[0]?.trim() ?? '');
	}

	/** Turns a switch on or off. */
	async toggle(parameter: string): Promise<void> {
		await this.parameter(parameter).click();
	}

	/** What a field that offers a list shows. */
	async chosenIn(parameter: string): Promise<string> {
		return await shownIn(this.parameter(parameter).getByTestId('rlc-input'));
	}

	/** Opens the list of a field and gives its entries; the chosen one stands first. */
	async openList(parameter: string): Promise<string[]> {
		await this.parameter(parameter).getByTestId('rlc-input').click();
		// At first there is the chosen entry alone: n8n begins to read the list a moment later.
		return await this.entriesOfList(2);
	}

	/** Types into the search of the list that is open, and gives what is left beside the chosen one. */
	async searchOpenList(text: string): Promise<string[]> {
		await Promise.all([
			this.page.waitForResponse((response) => response.url().endsWith(LIST_REQUEST)),
			this.page.getByTestId('rlc-search').fill(text),
		]);
		return (await this.entriesOfList()).slice(1);
	}

	/** Picks an entry of the list that is open. */
	async pickInOpenList(entry: string): Promise<void> {
		await this.page.getByTestId('rlc-item').filter({ hasText: entry }).first().click();
	}

	private async entriesOfList(least = 1): Promise<string[]> {
		const entries = this.page.getByTestId('rlc-item');
		// The chosen one is there at once; grey bars stand for what n8n still waits for.
		const bars = this.page.locator('[class*="_loadingItem_"]');
		let last = '';
		return await until('the list has its entries', 20_000, async () => {
			const names = (await entries.allTextContents()).map((name) => name.trim());
			const text = JSON.stringify(names);
			const isStill = names.length >= least && text === last && (await bars.count()) === 0;
			last = text;
			return isStill ? names : undefined;
		});
	}

	/** Sets a field that offers a list to an ID. */
	async enterId(parameter: string, id: string): Promise<void> {
		const field = this.parameter(parameter);
		await field.getByTestId('rlc-mode-selector').click();
		await this.page.getByTestId('mode-id').click();
		await field
			.getByTestId('rlc-input')
			.locator('input')
			.or(field.locator('input'))
			.last()
			.fill(id);
	}

	/** Opens the list of options that can be added to the open node, and gives their names. */
	async optionsToAdd(): Promise<string[]> {
		await this.page.getByTestId('collection-parameter-add').first().click();
		const items = this.page.getByRole('menuitem').or(this.page.getByRole('option'));
		await items.first().waitFor();
		const names = await items.allInnerTexts();
		await this.page.keyboard.press('Escape');
		return names.map((name) => name.trim());
	}

	async addOption(name: string): Promise<void> {
		await this.page.getByTestId('collection-parameter-add').first().click();
		const items = this.page.getByRole('menuitem').or(this.page.getByRole('option'));
		await items.filter({ hasText: name }).first().click();
	}

	/** Publishes the open workflow, so that its triggers listen. */
	async publish(): Promise<void> {
		await this.page.getByTestId('workflow-open-publish-modal-button').click();
		await this.page.getByTestId('workflow-publish-button').click();
	}

	/** Presses the open node's "Execute step". */
	async executeStep(): Promise<void> {
		// n8n takes a text over when the typing has paused, which nobody's hand is too quick for.
		await this.page.waitForTimeout(500);
		await this.page.getByTestId('node-execute-button').click();
	}

	/** The form of the open node. */
	get form(): Locator[] {
		return ['tab-params', 'node-execute-button', 'node-parameters'].map((part) =>
			this.page.getByTestId(part).first(),
		);
	}

	/** The output of the open node. */
	get output(): Locator {
		return this.page.getByTestId('output-panel');
	}

	/** Takes a picture of the smallest rectangle around some parts of the page. */
	async screenshot(
		file: string,
		parts: Locator[],
		{ style = WITHOUT_NOTICES, ...frame }: Frame & { style?: string } = {},
	): Promise<void> {
		await mkdir(path.dirname(file), { recursive: true });
		// Nothing shall look as if it were being pointed at.
		await this.page.mouse.move(0, 0);
		await this.page.screenshot({
			path: file,
			animations: 'disabled',
			clip: await this.around(parts, frame),
			style,
		});
	}

	/** Takes a picture of the workflow. */
	async screenshotOfCanvas(file: string): Promise<void> {
		// Names stand below their nodes, outside of what is the node for the browser.
		await this.screenshot(file, [this.canvasNodes], { margin: 88, style: CANVAS_ONLY });
	}

	private async around(parts: Locator[], { margin = 0, upTo }: Frame): Promise<Rectangle> {
		const boxes = await boxesOf(parts);
		const left = Math.min(...boxes.map(({ x }) => x));
		const top = Math.min(...boxes.map(({ y }) => y));
		const right = Math.max(...boxes.map(({ x, width }) => x + width));
		const bottom = upTo ? endOf(await boxesOf([upTo])) + GAP_BELOW : endOf(boxes) + margin;
		const page = this.page.viewportSize() ?? { width: right, height: bottom };
		const x = Math.max(0, left - margin);
		const y = Math.max(0, top - margin);
		return {
			x,
			y,
			width: Math.min(page.width, right + margin) - x,
			height: Math.min(page.height, bottom) - y,
		};
	}

	private async logIn(): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('#emailOrLdapLoginId').fill(OWNER.email);
		await this.page.locator('#password').fill(OWNER.password);
		await this.page.getByTestId('form-submit-button').click();
		await this.page.waitForURL(/\/home\//);
	}

	/** Waits until something on the page has stopped moving. */
	private async untilStill(part: Locator): Promise<void> {
		let last = '';
		await until('the canvas is still', 10_000, async () => {
			const box = JSON.stringify(await part.boundingBox());
			const still = box === last;
			last = box;
			return still ? true : undefined;
		});
	}
}

/** What a control shows: the value of its field, or its text. */
async function shownIn(control: Locator): Promise<string> {
	const own = (await control.evaluate((element: { value?: string }) => element.value)) ?? '';
	if (own !== '') return own;
	const field = control.locator('input').first();
	if ((await field.count()) > 0) return (await field.inputValue()).trim();
	return (await control.innerText()).trim();
}

function endOf(boxes: Rectangle[]): number {
	return Math.max(...boxes.map(({ y, height }) => y + height));
}

/** Where parts of the page are; those that are not seen are left out. */
export async function boxesOf(parts: Locator[]): Promise<Rectangle[]> {
	const boxes: Rectangle[] = [];
	for (const part of parts) {
		for (const each of await part.all()) {
			const box = await each.boundingBox();
			if (box) boxes.push(box);
		}
	}
	return boxes;
}

function findChromium(): string | undefined {
	const folders = (process.env.PATH ?? '').split(path.delimiter);
	return CHROMIUM_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
		(file) => existsSync(file),
	);
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
