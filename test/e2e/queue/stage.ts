import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type FakeDeapi, startFakeDeapi } from '../../fake-deapi';
import { N8nApi, until } from '../n8n/api';
import { N8n } from '../n8n/n8n';
import { findN8n } from '../n8n/program';
import { npmThatHas } from '../machine/pack';
import { freePort } from '../machine/ports';
import { DEAPI_KEY, DEAPI_WEBHOOK_SECRET, PROJECT_FOLDER, packageFor } from '../stage';
import { step } from '../machine/steps';
import { atTheEnd, temporaryFolder } from '../machine/teardown';
import { makeCertificate, putTlsInFrontOf } from '../machine/tls';
import { expectUsableMachine } from '../machine/unavailable';
import { startPostgres } from './postgres';
import { startRedis } from './redis';

/** Logs of the last run; they outlive it. */
const OUTPUT_FOLDER = path.join(PROJECT_FOLDER, 'out/e2e-queue');

/** n8n in queue mode: a main instance, two webhook processes and two workers, each with a folder of its own. */
export interface QueueStage {
	/** The folder from which the workers read songs. */
	files: string;
	deapi: FakeDeapi;
	/** The main instance's REST interface. */
	api: N8nApi;
	/** The webhook process behind TLS, as the world sees it. */
	publicUrl: string;
	/** Both webhook processes, as a proxy in front of them reaches them. */
	webhookUrls: [string, string];
	workers: N8n[];
	/** The workers' logs. */
	workerLogs: string[];
}

export async function setTheQueueStage(): Promise<QueueStage> {
	expectUsableMachine();
	await rm(OUTPUT_FOLDER, { recursive: true, force: true });
	await mkdir(OUTPUT_FOLDER, { recursive: true });
	const folder = temporaryFolder('queue');
	const files = path.join(folder, 'files');
	await mkdir(files);
	const log = (name: string) => path.join(OUTPUT_FOLDER, `${name}.log`);

	const databases = await step('Redis and PostgreSQL', async () => ({
		...(await startRedis(log('redis'))),
		...(await startPostgres(log('postgres'))),
	}));
	const startN8n = await findN8n();
	const tarball = await packageFor(folder);
	const certificate = await makeCertificate(folder);
	const webhookPort = await freePort();
	const publicUrl = await putTlsInFrontOf(webhookPort, certificate);
	const deapi = await startFakeDeapi({
		apiKeys: [DEAPI_KEY],
		webhookSecret: DEAPI_WEBHOOK_SECRET,
		ca: certificate.cert,
	});
	atTheEnd(async () => await deapi.close());

	const env = {
		...databases,
		EXECUTIONS_MODE: 'queue',
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		N8N_RESTRICT_FILE_ACCESS_TO: files,
	};
	const binFolder = await npmThatHas(tarball, folder);
	const instance = (name: string, role: 'start' | 'webhook' | 'worker', port: number) =>
		new N8n({
			startN8n,
			role,
			port,
			publicUrl,
			binFolder,
			env,
			userFolder: path.join(folder, name),
			logFile: log(name),
		});
	const main = instance('main', 'start', await freePort());
	// The others wait for the tables that the main instance makes.
	await step('The main instance', async () => await main.start());
	const names = ['worker-1', 'worker-2'];
	const workers: N8n[] = [];
	const secondPort = await freePort();
	await step('Two webhook processes and two workers', async () => {
		const others = [
			instance('webhook', 'webhook', webhookPort),
			instance('webhook-2', 'webhook', secondPort),
		];
		for (const name of names) workers.push(instance(name, 'worker', await freePort()));
		for (const other of [...others, ...workers]) await other.start();
	});

	const api = new N8nApi(main.url);
	await step(`${tarball.name} ${tarball.version}, installed everywhere`, async () => {
		await api.setUpOwner();
		await api.installPackage(tarball.name, tarball.version);
		for (const name of ['webhook', 'webhook-2', ...names]) {
			await untilInstalled(path.join(folder, name), tarball.name);
		}
	});
	const webhookUrls: [string, string] = [
		`http://127.0.0.1:${webhookPort}`,
		`http://127.0.0.1:${secondPort}`,
	];
	return { files, deapi, api, publicUrl, webhookUrls, workers, workerLogs: names.map(log) };
}

/** n8n tells its other processes to install the package, and they do so on their own. */
async function untilInstalled(userFolder: string, packageName: string): Promise<void> {
	const manifest = path.join(
		userFolder,
		'.n8n/nodes/node_modules',
		packageName,
		'dist/nodes/Deapi/Deapi.node.js',
	);
	await until(`${path.basename(userFolder)} has the package`, 60_000, () =>
		existsSync(manifest) ? true : undefined,
	);
}
