/**
 * Runs a workflow in n8n's engine with n8n's files in S3, as a program of its own: n8n itself asks for a
 * licence before it keeps files there. `s3.ts` starts it, with n8n's settings for S3 in the environment.
 *
 * Usage: s3-engine.ts <workflow as JSON> <credential as JSON>; prints an `S3Outcome` as JSON
 */
import '../../support/setup';
import { S3ByteStore } from '@n8n/blob-storage';
import { ObjectStoreService } from '@n8n/blob-storage/object-store';
import { Container } from '@n8n/di';
import {
	BinaryDataBlobManager,
	BinaryDataConfig,
	BinaryDataService,
	ErrorReporter,
} from 'n8n-core';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { errorOf, outputOf, runWorkflow, type SavedWorkflow } from '../../support/engine';
import { GENERATE } from './film';

export interface S3Outcome {
	/** What stopped the workflow, '' where nothing did. */
	stoppedBy: string;
	/** Where n8n keeps the film. */
	fileId?: string | undefined;
	json?: Record<string, unknown> | undefined;
}

async function main(): Promise<void> {
	const [, , workflow = '', credentials = ''] = process.argv;
	const store = Container.get(ObjectStoreService);
	await store.init();
	const files = Container.get(BinaryDataService);
	const manager = new BinaryDataBlobManager(new S3ByteStore(store), Container.get(ErrorReporter));
	files.setManager('s3', manager);
	Container.get(BinaryDataConfig).mode = 's3';
	await files.init();

	const run = await runWorkflow(JSON.parse(workflow) as SavedWorkflow, {
		credentials: JSON.parse(credentials) as ICredentialDataDecryptedObject,
	});
	const [item] = outputOf(run, GENERATE);
	const { message, description } = errorOf(run);
	const outcome: S3Outcome = {
		stoppedBy: [message, description].filter(Boolean).join(' '),
		fileId: item?.binary?.data?.id,
		json: item?.json,
	};
	process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
