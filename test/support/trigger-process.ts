/**
 * n8n's side of the trigger in a process of its own, so that its memory and its speed are its own and
 * not those of the test and of the fake service beside it. Started by `webhook/load.test.ts`.
 */
import './setup';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { sizeOf, useBinaryMode } from './engine';
import { startWebhookHost, type WebhookHost } from './webhook-host';

/** What the test asks for; each message is answered by one. */
export type Order =
	| { type: 'start'; credentials: ICredentialDataDecryptedObject }
	| { type: 'report' }
	| { type: 'stop' };

export interface Report {
	/** Of the running host; empty before the start. */
	url: string;
	/** Resident memory in bytes: when the last report was made, and the most since then. */
	before: number;
	peak: number;
	executions: number;
	/** The sizes of the files that the workflows were started with, in bytes. */
	files: number[];
	/** Calls and executions that are being worked on. */
	pending: number;
	/** The items' `download_error`s. */
	reasons: unknown[];
}

const SAMPLE_MS = 2;

let host: WebhookHost | undefined;
let before = process.memoryUsage.rss();
let peak = before;
const sampling = setInterval(() => {
	peak = Math.max(peak, process.memoryUsage.rss());
}, SAMPLE_MS);

async function obey(order: Order): Promise<void> {
	if (order.type === 'start') {
		await useBinaryMode('filesystem');
		host = await startWebhookHost({ credentials: order.credentials });
	}
	if (order.type === 'stop') {
		clearInterval(sampling);
		await host?.close();
		// Older engines keep a timer, and the process with it.
		process.exit();
	}
	const items = host?.received() ?? [];
	const report: Report = {
		url: host?.url ?? '',
		before,
		peak: Math.max(peak, process.memoryUsage.rss()),
		executions: host?.executions.length ?? 0,
		files: await Promise.all(
			items.flatMap(({ binary }) => (binary?.data ? sizeOf(binary.data) : [])),
		),
		pending: (host?.pending ?? 0) + (host?.running ?? 0),
		reasons: items.flatMap(({ json }) => json.download_error ?? []),
	};
	before = process.memoryUsage.rss();
	peak = before;
	process.send?.(report);
}

process.on('message', (order: Order) => void obey(order));
// The test that started this process is gone: nobody is going to end it otherwise.
process.on('disconnect', () => process.exit());
