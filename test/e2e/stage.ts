import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type FakeDeapi, startFakeDeapi } from '../fake-deapi';
import { N8nApi } from './n8n/api';
import { N8N_VERSION } from './machine/cache';
import { N8n } from './n8n/n8n';
import { findN8n } from './n8n/program';
import { type Tarball, buildAndPack, npmThatHas, tarballAt } from './machine/pack';
import { freePort } from './machine/ports';
import { type S3Server, startS3 } from './services/s3';
import { type SocialNetwork, startSocialNetwork } from './services/social';
import { step } from './machine/steps';
import { atTheEnd, temporaryFolder } from './machine/teardown';
import { expectUsableMachine } from './machine/unavailable';
import { type Certificate, makeCertificate, putTlsInFrontOf } from './machine/tls';

export const PROJECT_FOLDER = path.resolve(__dirname, '../..');

/** Logs and pictures of the last run; they outlive it. */
export const OUTPUT_FOLDER = path.join(PROJECT_FOLDER, 'out/e2e');

/** The accounts of the stand-in for deAPI that the runs use. */
export const DEAPI_KEY = 'e2e-key';
export const DEAPI_WEBHOOK_SECRET = 'e2e-webhook-secret-of-32-characters';

/** Everything a scenario plays on, up and running. */
export interface Stage {
	/** A temporary folder of the run. */
	folder: string;
	/** The folder from which n8n may read files, and into which it may write some. */
	files: string;
	tarball: Tarball;
	certificate: Certificate;
	deapi: FakeDeapi;
	social: SocialNetwork;
	s3: S3Server;
	n8n: N8n;
	/** n8n behind TLS, as the world sees it. */
	publicUrl: string;
	/** n8n's REST interface, with the owner logged in and the package installed. */
	api: N8nApi;
}

/** Sets up n8n with the package in it, and all it talks to. */
export async function setTheStage(): Promise<Stage> {
	await rm(OUTPUT_FOLDER, { recursive: true, force: true });
	await mkdir(OUTPUT_FOLDER, { recursive: true });
	const folder = temporaryFolder('run');
	const files = path.join(folder, 'files');
	await mkdir(files);

	expectUsableMachine();
	const startN8n = await findN8n();
	const tarball = await packageFor(folder);

	const port = await freePort();
	const certificate = await makeCertificate(folder);
	const publicUrl = await putTlsInFrontOf(port, certificate);
	const deapi = await startFakeDeapi({
		apiKeys: [DEAPI_KEY],
		webhookSecret: DEAPI_WEBHOOK_SECRET,
		ca: certificate.cert,
	});
	atTheEnd(async () => await deapi.close());
	const social = await startSocialNetwork();
	const s3 = await startS3(folder);

	const n8n = new N8n({
		startN8n,
		userFolder: path.join(folder, 'user'),
		port,
		publicUrl,
		binFolder: await npmThatHas(tarball, folder),
		logFile: path.join(OUTPUT_FOLDER, 'n8n.log'),
		env: { N8N_RESTRICT_FILE_ACCESS_TO: files },
	});
	await step(`n8n ${N8N_VERSION} on ${publicUrl}`, async () => await n8n.start());

	const api = new N8nApi(n8n.url);
	await step(`n8n's owner, and ${tarball.name} ${tarball.version} installed by n8n`, async () => {
		await api.setUpOwner();
		await api.installPackage(tarball.name, tarball.version);
	});

	return { folder, files, tarball, certificate, deapi, social, s3, n8n, publicUrl, api };
}

/** The package as it would be published, or the tarball that `E2E_TARBALL` names. */
export async function packageFor(folder: string): Promise<Tarball> {
	const { E2E_TARBALL } = process.env;
	return await step('The package, built and packed', async () =>
		E2E_TARBALL
			? await tarballAt(path.resolve(E2E_TARBALL), folder)
			: await buildAndPack(PROJECT_FOLDER, folder),
	);
}
