/** An n8n that somebody else has started, and starts again. */
import { setTimeout as wait } from 'node:timers/promises';
import { say } from '../machine/steps';
import { N8nApi } from './api';

/** How often to look whether it has been started again, in milliseconds. */
const LOOK_MS = 500;

/** The n8n at `N8N_URL`, whose folder is in `N8N_USER_FOLDER`; the folder's package is read as n8n starts. */
export class RunningN8n {
	private readonly api: N8nApi;

	/** @param url its address on this machine */
	constructor(
		readonly url: string,
		private readonly nodeType: string,
	) {
		this.api = new N8nApi(url);
	}

	/** Waits until it knows the node: its person has to start it again where it does not. */
	async start(): Promise<void> {
		await this.until(async () => await this.answers());
		// Only who is logged in is told what nodes there are.
		await this.api.beOwner();
		if (await this.knowsNode()) return;
		say(`Start the n8n at ${this.url} again now: it reads the package as it starts`);
		await this.until(async () => await this.knowsNode());
	}

	/** Waits until its person has started it again. */
	async restart(): Promise<void> {
		say(`Start the n8n at ${this.url} again now: the package has changed`);
		await this.until(async () => !(await this.answers()));
		await this.until(async () => await this.knowsNode());
	}

	private async answers(): Promise<boolean> {
		return await fetch(`${this.url}/healthz/readiness`).then(
			({ ok }) => ok,
			() => false,
		);
	}

	private async knowsNode(): Promise<boolean> {
		if (!(await this.answers())) return false;
		const types = await this.api.nodeTypes().catch(() => []);
		return types.some(({ name }) => name === this.nodeType);
	}

	private async until(isSo: () => Promise<boolean>): Promise<void> {
		while (!(await isSo())) await wait(LOOK_MS);
	}
}
