import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Locator, type Page, chromium, selectors } from 'playwright-core';
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

	/** Opens the system's Chromium and logs in; gives `undefined` where there is no Chromium. */
	static async open(
		url: string,
		{ width = 1440, height = 1080 }: { width?: number; height?: number } = {},
	): Promise<Editor | undefined> {
		const executablePath = findChromium();
		if (!executablePath) return undefined;
		selectors.setTestIdAttribute('data-test-id');
		const context = await chromium.launchPersistentContext(temporaryFolder('chromium'), {
			executablePath,
			args: FLAGS,
			// The certificate is the run's own.
			ignoreHTTPSErrors: true,
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

	/** Chooses the open node's credential by its name. */
	async chooseCredential(name: string): Promise<void> {
		await this.page.getByTestId('node-credentials-select').click();
		await this.page.getByText(name, { exact: true }).last().click();
	}

	/** Sets a parameter that offers a list of values. */
	async choose(parameter: string, option: string): Promise<void> {
		await this.parameter(parameter).click();
		await this.page.getByRole('option', { name: option }).first().click();
	}

	/** Turns a switch on or off. */
	async toggle(parameter: string): Promise<void> {
		await this.parameter(parameter).click();
	}

	/** Sets a resource locator to its list and picks an entry there. */
	async pickFromList(parameter: string, entry: string): Promise<void> {
		const locator = this.parameter(parameter);
		await locator.getByTestId('rlc-mode-selector').click();
		await this.page.getByTestId('mode-list').click();
		await locator.getByTestId('rlc-input').click();
		await this.page.getByTestId('rlc-item').filter({ hasText: entry }).first().click();
	}

	/** Presses the open node's "Execute step". */
	async executeStep(): Promise<void> {
		await this.page.getByTestId('node-execute-button').click();
	}

	/** The form of the open node. */
	get form(): Locator[] {
		return [this.page.getByTestId('tab-params'), this.page.getByTestId('node-parameters')];
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

function endOf(boxes: Rectangle[]): number {
	return Math.max(...boxes.map(({ y, height }) => y + height));
}

async function boxesOf(parts: Locator[]): Promise<Rectangle[]> {
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
