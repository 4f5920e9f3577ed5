/**
 * Runs the fake deAPI alone, to try the nodes by hand: `npm run fake-deapi -- --help`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { BASIC_LIMITS, startFakeDeapi, type Delivery, type RecordedRequest } from './index';

const HELP = `Runs a stand-in for the deAPI service. It makes no videos: each job ends in the same file of its
kind, or with --films in a plain moving picture of the length and size that were asked for.

Usage: npm run fake-deapi -- [options]

  --port <n>                    port, default 4010 (0: any free one)
  --host <address>              address to listen on, default 127.0.0.1
  --public-url <url>            origin that result links carry, default the fake's own
  --api-key <key>               accepted key, default test-key; may be given several times
  --webhook-secret <text>       the account's signing secret; --webhook-secret "" for none
  --webhook-url <url>           the account's webhook URL, for jobs without one of their own
  --https-webhooks              refuse a webhook_url that is not https, as the service does
  --ca <file>                   certificate authority (PEM) to trust for webhook receivers
  --pending-ms <n>              how long a job is pending, default 1000
  --processing-ms <n>           how long it is processing, default 5000
  --submits-per-minute <n>      rate limit, default none (Basic account: 1)
  --status-per-minute <n>       rate limit, default none (Basic account: 50)
  --basic                       all rate limits of a Basic account
  --films                       videos have the frames, rate and size that were asked for
  --no-v1                       answer 410 on all v1 routes
  --webhook-time-scale <x>      multiplies the retry schedule of 1 minute to 12 hours,
                                default 0.001
  --result <file>               MP4 to hand out
  --tls-key <file> --tls-cert <file>   serve https
  --help                        show this text

Set the credential's base URL to the URL printed, and its key to the key printed.
`;

const DEFAULT_SECRET = 'fake-webhook-secret-0123456789abcdef';

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			host: { type: 'string' },
			'public-url': { type: 'string' },
			'api-key': { type: 'string', multiple: true },
			'webhook-secret': { type: 'string', default: DEFAULT_SECRET },
			'webhook-url': { type: 'string' },
			'https-webhooks': { type: 'boolean', default: false },
			ca: { type: 'string' },
			'pending-ms': { type: 'string', default: '1000' },
			'processing-ms': { type: 'string', default: '5000' },
			'submits-per-minute': { type: 'string' },
			'status-per-minute': { type: 'string' },
			basic: { type: 'boolean', default: false },
			films: { type: 'boolean', default: false },
			'no-v1': { type: 'boolean', default: false },
			'webhook-time-scale': { type: 'string', default: '0.001' },
			result: { type: 'string' },
			'tls-key': { type: 'string' },
			'tls-cert': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const tlsKey = fileOf(values['tls-key']);
	const tlsCert = fileOf(values['tls-cert']);
	const fake = await startFakeDeapi({
		port: numberOf('port', values.port),
		host: values.host,
		publicUrl: values['public-url'],
		apiKeys: values['api-key'],
		webhookSecret: values['webhook-secret'] || undefined,
		accountWebhookUrl: values['webhook-url'],
		requireHttpsWebhooks: values['https-webhooks'],
		ca: fileOf(values.ca),
		pendingMs: numberOf('pending-ms', values['pending-ms']),
		processingMs: numberOf('processing-ms', values['processing-ms']),
		submitsPerMinute: numberOf('submits-per-minute', values['submits-per-minute']),
		statusPerMinute: numberOf('status-per-minute', values['status-per-minute']),
		limits: values.basic ? BASIC_LIMITS : undefined,
		results: values.films ? 'film' : 'file',
		v1Removed: values['no-v1'],
		webhookTimeScale: numberOf('webhook-time-scale', values['webhook-time-scale']),
		resultFile: values.result,
		tls: tlsKey && tlsCert ? { key: tlsKey, cert: tlsCert } : undefined,
		onRequest: (request) => log(requestLine(request)),
		onDelivery: (delivery) => log(deliveryLine(delivery)),
	});
	const { settings } = fake;
	process.stdout.write(
		[
			`Fake deAPI at   ${fake.url}`,
			`API key         ${settings.apiKeys.join(', ')}`,
			`Webhook secret  ${settings.webhookSecret ?? '(none: webhooks come unsigned)'}`,
			'Stop it with Ctrl+C.',
			'',
		].join('\n'),
	);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void fake.close());
	}
}

function requestLine(request: RecordedRequest): string {
	const ms = (request.endedAt ?? request.startedAt) - request.startedAt;
	const job = request.requestId ? ` job ${request.requestId}` : '';
	const outcome = request.status ?? 'no answer';
	return `<- ${request.method} ${request.path} ${request.bodySize} B: ${outcome} in ${ms} ms${job}`;
}

function deliveryLine(delivery: Delivery): string {
	const { event, url, attempt, status, error, ms } = delivery;
	const outcome = status ?? error ?? 'no answer';
	return `-> ${event} to ${url} attempt ${attempt}: ${outcome} in ${Math.round(ms)} ms`;
}

function log(line: string): void {
	process.stdout.write(`${new Date().toISOString().slice(11, 23)} ${line}\n`);
}

function fileOf(path: string | undefined): string | undefined {
	return path === undefined ? undefined : readFileSync(path, 'utf8');
}

function numberOf(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} takes a number.`);
	return number;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.stderr.write('See --help.\n');
	process.exitCode = 1;
});
