/**
 * A real n8n to play in, with the nodes of this checkout: `npm run n8n -- --help`.
 */
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sceneOf, startFakeDeapi, type FakeDeapi, type RecordedRequest } from '../../fake-deapi';
import { N8N_VERSION } from '../machine/cache';
import { nameAndVersion } from '../machine/pack';
import { freePort } from '../machine/ports';
import { say, step } from '../machine/steps';
import { atTheEnd, runAndTearDown, temporaryFolder } from '../machine/teardown';
import { makeCertificate, putTlsInFrontOf } from '../machine/tls';
import { expectUsableMachine } from '../machine/unavailable';
import { N8nApi, OWNER } from '../n8n/api';
import { N8n } from '../n8n/n8n';
import { findN8n } from '../n8n/program';
import { RunningN8n } from '../n8n/running';
import { startChatModel } from '../services/chat-model';
import { serveFile } from '../services/files';
import { startS3 } from '../services/s3';
import { startSocialNetwork } from '../services/social';
import { DEAPI_KEY, DEAPI_WEBHOOK_SECRET, PROJECT_FOLDER } from '../stage';
import { followSources, linkPackage } from './package';
import { addSongs } from './songs';
import { type Addresses, putCredentials, putExamples } from './workflows';

const HELP = `Starts a real n8n ${N8N_VERSION} with the nodes of this checkout, a fake deAPI behind it, songs
to try, and all examples. It needs no account and costs nothing.

Usage: npm run n8n [-- options]

  --real            use the real deAPI: you enter your own API key, and jobs cost money
  --port <n>        the editor's port, default 5678 or, where that is taken, a free one
  --folder <path>   where n8n keeps everything, default out/playground; delete it to begin afresh
  --help            show this text

n8n comes from npm or, where npm has none, in a container by Docker or Podman. Another one that runs on this
machine will do as well, if it reaches 127.0.0.1:

  N8N_URL           its address, e.g. http://localhost:5678
  N8N_USER_FOLDER   the folder in which its folder .n8n is; the package is put there
  N8N_EMAIL, N8N_PASSWORD   its owner's, if it has one

Start it with N8N_RESTRICT_FILE_ACCESS_TO=out/playground/files (as a whole path), so that it may read the songs.
`;

/** Where everything is. */
interface Place {
	url: string;
	/** As deAPI calls it. */
	publicUrl: string;
	files: string;
	/** Undefined where it is the real one. */
	deapi: FakeDeapi | undefined;
}

interface Options {
	real: boolean;
	port: number;
	folder: string;
}

async function readOptions(): Promise<Options | undefined> {
	const { values } = parseArgs({
		options: {
			real: { type: 'boolean', default: false },
			port: { type: 'string' },
			folder: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(HELP);
		return undefined;
	}
	const { real, port = '5678' } = values;
	return {
		real,
		port: await freePort(Number(port)).catch(async () => await freePort()),
		folder: path.resolve(
			values.folder ?? path.join(PROJECT_FOLDER, 'out', real ? 'playground-real' : 'playground'),
		),
	};
}

async function play(): Promise<void> {
	const options = await readOptions();
	if (!options) return;
	const { real, folder } = options;
	const running = process.env.N8N_URL?.replace(/\/+$/, '');
	const port = running === undefined ? options.port : Number(new URL(running).port || 80);
	expectUsableMachine();
	const files = path.join(folder, 'files');
	await mkdir(files, { recursive: true });
	await addSongs(files);

	const scratch = temporaryFolder('playground');
	const certificate = await makeCertificate(scratch);
	const publicUrl = await putTlsInFrontOf(port, certificate);
	const deapi = real ? undefined : await startFake(certificate.cert);
	const { addresses, credentials } = await startNeighbours(scratch, publicUrl, deapi);

	const userFolder =
		running === undefined ? path.join(folder, 'user') : (process.env.N8N_USER_FOLDER ?? homedir());
	const logFile = path.join(folder, 'n8n.log');
	await step('The package, built', async () => await linkPackage(userFolder, logFile));
	const env = { N8N_RESTRICT_FILE_ACCESS_TO: files };
	const n8n =
		running === undefined
			? // Its own address is plain http: a browser would not open a form behind our certificate.
				new N8n({ startN8n: await findN8n(), userFolder, port, logFile, env })
			: new RunningN8n(running, `${(await nameAndVersion(PROJECT_FOLDER)).name}.deapi`);
	const title =
		running === undefined ? `n8n ${N8N_VERSION} (half a minute, the first time longer)` : running;
	await step(title, async () => await n8n.start());
	const api = new N8nApi(n8n.url);
	await step('The owner, the credentials and the examples', async () => {
		await api.beOwner();
		await putExamples(api, {
			files,
			credentials: await putCredentials(api, credentials),
			addresses,
		});
	});
	tellWhatToDo({ url: running ?? `http://localhost:${port}`, publicUrl, files, deapi });
	await followSources(async () => {
		await linkPackage(userFolder, logFile);
		await n8n.restart();
	}, logFile);
}

/** The fake deAPI: films of the length and size asked for, after some ten seconds. */
async function startFake(ca: string): Promise<FakeDeapi> {
	const deapi = await startFakeDeapi({
		apiKeys: [DEAPI_KEY],
		webhookSecret: DEAPI_WEBHOOK_SECRET,
		ca,
		results: 'film',
		film: sceneOf,
		pendingMs: 3000,
		processingMs: 9000,
		webhookTimeScale: 1 / 60,
		onRequest: tellOfJob,
		onDelivery: ({ event, requestId, status, error }) =>
			say(`Fake deAPI: told n8n of ${event} for ${requestId}: ${status ?? error ?? 'no answer'}`),
	});
	atTheEnd(async () => await deapi.close());
	return deapi;
}

function tellOfJob({ method, path: page, requestId, status }: RecordedRequest): void {
	if (method !== 'POST') return;
	const endpoint = path.posix.basename(page);
	const what = requestId ? `the job ${requestId}, free` : (status ?? 'no answer');
	say(`Fake deAPI: ${endpoint}: ${what}`);
}

/** Starts what the examples talk to besides deAPI, and says how it is reached. */
async function startNeighbours(scratch: string, publicUrl: string, deapi: FakeDeapi | undefined) {
	const social = await startSocialNetwork();
	const s3 = await startS3(scratch);
	const song = await serveFile(path.join(PROJECT_FOLDER, 'test/fixtures/song.mp3'));
	const chat = await startChatModel(({ properties }) =>
		Object.fromEntries(
			Object.keys(properties).map((name) => [name, /url/i.test(name) ? song : 'A singer at dawn']),
		),
	);
	const addresses: Addresses = {
		publicUrl,
		deapi: deapi?.url,
		posts: social.postsUrl,
		bucket: s3.bucket,
	};
	const credentials = {
		deapiApi: {
			name: 'deAPI account',
			data: deapi
				? { apiKey: DEAPI_KEY, webhookSecret: DEAPI_WEBHOOK_SECRET, baseUrl: deapi.url }
				: undefined,
		},
		s3: { name: 'S3 account', data: s3.credential },
		openAiApi: { name: 'OpenAi account', data: { apiKey: 'no-key', url: chat.url } },
		httpBearerAuth: { name: 'Bearer Auth account', data: { token: social.token } },
	};
	return { addresses, credentials };
}

/** What to do first, for someone who has never seen the node. */
function tellWhatToDo({ url, publicUrl, files, deapi }: Place): void {
	const login = process.env.N8N_EMAIL ?? `${OWNER.email}, password ${OWNER.password}`;
	const begin =
		deapi === undefined
			? `   3. Open Credentials > deAPI account, enter your API key from https://app.deapi.ai, and save.
      n8n's "Couldn't connect" goes away then.
   4. Open the workflow "Song to video in one node" and press Execute workflow. A job costs money, and
      takes one to three minutes.`
			: `   3. Open the workflow "Song to video in one node" and press Execute workflow.
   4. After some fifteen seconds double-click Generate Video: the beginning of the song, as a video of
      ten seconds, is in its output, under Binary > View.
   5. Go on with "A whole song as one film", which makes four clips and joins them: double-click
      Make Film, then Binary > View.
   6. "Upload a song, get a video" opens a form. A song for it is short-song.mp3 in the folder below.

  This deAPI is a fake: nothing is paid, its prices are made up, and it shows the same four scenes whatever
  the prompt says. The notes on the canvases speak of the real one. The credentials are chosen already, and
  the chat of the agent always takes the same song. For a credential of your own, enter the API Key
  ${DEAPI_KEY} and the Base URL ${deapi.url}.`;
	const trigger =
		deapi === undefined
			? ''
			: `  The fake deAPI calls triggers at ${publicUrl}; the event-driven example has it already.\n`;
	console.log(`
  n8n is ready.

   1. Open    ${url}/home/workflows
   2. Log in  ${login}
${begin}

  Songs, and what the workflows write, lie in ${files}
  The examples are put back at each start: give a workflow another name to keep your changes.
${trigger}  A change of the sources builds the package anew and starts n8n again; then reload the page.
  Ctrl+C ends all of it.
`);
}

void runAndTearDown(play);
