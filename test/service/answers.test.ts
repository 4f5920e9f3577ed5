/** What deAPI answers to a submit, and what the user reads then. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import type { Fault, FakeDeapiOptions } from '../fake-deapi';
import { clockForTests } from '../support/clock';
import { closeAfterTest, Deapi, expectGoodText } from '../support/deapi';
import { BROKEN_HANDSHAKE } from '../support/engine-versions';
import { songItem } from '../support/workflows';

const DASHBOARD = 'https://app.deapi.ai';
const NOT_SENT = ' Nothing was submitted for this item.';
const UNCERTAIN = `It was not sent again, because deAPI would charge for a second job. Look for it in the job history of the deAPI dashboard (${DASHBOARD}) or compare the balance (resource 'Account', operation 'Get Balance') before you send it again.`;

interface Case {
	fault?: Fault;
	settings?: FakeDeapiOptions;
	parameters?: INodeParameters;
	message: string | RegExp;
	description: string | RegExp;
	/** The facts that come with it. */
	data: { [name: string]: unknown };
}

/** Runs one item into an answer. */
async function meet({ fault, settings, parameters }: Case, onError?: 'continueRegularOutput') {
	const deapi = await Deapi.open(settings);
	if (fault) deapi.fake.faults.add({ route: 'submit', fault });
	const outcome = await deapi.run([songItem()], parameters, onError ? { onError } : {});
	expect(deapi.fake.faults.pending).toBe(0);
	expect(deapi.submits).toHaveLength(1);
	return outcome;
}

const json = (status: number, body: unknown): Fault => ({ type: 'status', status, body });

const NOT_SUBMITTED: { [what: string]: Case } = {
	'401': {
		fault: json(401, { message: 'Unauthenticated.' }),
		message: 'deAPI did not accept the API key',
		description: `Check 'API Key' in the 'deAPI API' credential: it may be incomplete or revoked. Keys are listed in the deAPI dashboard (${DASHBOARD}) under Settings > API Keys.${NOT_SENT}`,
		data: { status: 401 },
	},
	'403 of a suspended account': {
		settings: { suspended: true },
		message: 'deAPI has denied this account access',
		description: `The account may be suspended. Sign in at ${DASHBOARD} or ask deAPI's support. deAPI says: Your account has been suspended.${NOT_SENT}`,
		data: { status: 403 },
	},
	'404': {
		fault: json(404, { message: 'The route could not be found.' }),
		message: 'deAPI does not know this address',
		description: `Check 'Base URL' in the 'deAPI API' credential.${NOT_SENT}`,
		data: { status: 404 },
	},
	'413 as a page': {
		fault: { type: 'html', status: 413 },
		message: 'The files are too large for deAPI',
		description: `A sound may be up to 20 MB, each picture up to 10 MB, and the whole request up to 75 MB.${NOT_SENT}`,
		data: { status: 413 },
	},
	'422 about several fields': {
		fault: json(422, {
			message: 'The width field must be at least 512. (and 3 more errors)',
			errors: {
				width: ['The width field must be at least 512.', 'The width field must be even.'],
				first_frame_image: ['The picture is too small.'],
				new_field: ['The new field is required.'],
			},
		}),
		message: "deAPI did not accept 'Width', 'First Frame Image Field' and 'new_field'",
		description: [
			"'Width': The width field must be at least 512. The width field must be even.",
			"'First Frame Image Field': The picture is too small.",
			`'new_field': The new field is required.${NOT_SENT}`,
		].join('\n'),
		data: {
			status: 422,
			errors: {
				width: ['The width field must be at least 512.', 'The width field must be even.'],
				first_frame_image: ['The picture is too small.'],
				new_field: ['The new field is required.'],
			},
		},
	},
	'422 of a model, where the list of models is empty': {
		settings: { models: [] },
		message: "deAPI did not accept 'Model'",
		description: `'Model': The selected model is invalid.${NOT_SENT}`,
		data: { status: 422, errors: { model: ['The selected model is invalid.'] } },
	},
	'422 about a list of files': {
		fault: json(422, { message: 'x', errors: { 'audio.0': ['The audio field is required.'] } }),
		message: "deAPI did not accept 'Input Audio Field'",
		description: `'Input Audio Field': The audio field is required.${NOT_SENT}`,
		data: { status: 422, errors: { 'audio.0': ['The audio field is required.'] } },
	},
	'422 without fields': {
		fault: json(422, { message: 'The given data was invalid.' }),
		message: 'deAPI did not accept the values',
		description: `The given data was invalid.${NOT_SENT}`,
		data: { status: 422 },
	},
	'422 about a field without a name': {
		fault: json(422, { message: 'The given data was invalid.', errors: { ' ': ['Odd.'] } }),
		message: 'deAPI did not accept the values',
		description: `The given data was invalid.${NOT_SENT}`,
		data: { status: 422 },
	},
	'422 as PHP prints nothing': {
		fault: json(422, { message: '', errors: [] }),
		message: 'deAPI did not accept the values',
		description: `deAPI gave no reason.${NOT_SENT}`,
		data: { status: 422 },
	},
	'422 of fields without texts': {
		fault: json(422, { message: 'x', errors: { fps: [], seed: null, steps: 'Too many.' } }),
		message: "deAPI did not accept 'FPS', 'Seed' and 'Steps'",
		description: `'FPS': refused\n'Seed': refused\n'Steps': Too many.${NOT_SENT}`,
		data: { status: 422, errors: { fps: [], seed: [], steps: ['Too many.'] } },
	},
	'422 of too little credit': {
		settings: { balance: 0.01 },
		message: 'The deAPI account has too little credit for this job',
		description: `Add credit on the Balance page (billing) of the deAPI dashboard: ${DASHBOARD}. Below a balance of 0.49 USD deAPI refuses every new job. deAPI says: Insufficient balance. Please top up your account.${NOT_SENT}`,
		data: {
			status: 422,
			errors: { balance: ['Insufficient balance. Please top up your account.'] },
		},
	},
	'a status that no one expects': {
		fault: json(418, { message: 'Short and stout.' }),
		message: 'deAPI did not accept the request (status 418)',
		description: `Short and stout.${NOT_SENT}`,
		data: { status: 418 },
	},
	'400 with nothing in it': {
		fault: { type: 'empty', status: 400 },
		message: 'deAPI did not accept the request (status 400)',
		description: `deAPI gave no reason.${NOT_SENT}`,
		data: { status: 400 },
	},
	...Object.fromEntries(
		[301, 302, 307, 308].map((status) => [
			`${status} to another place`,
			{
				fault: { type: 'redirect', status, location: 'https://elsewhere.example/login' },
				message: "deAPI's address answered with a redirect to https://elsewhere.example/login",
				description: `Redirects are not followed, because the API key and the file would go to another address. Check 'Base URL' in the 'deAPI API' credential.${NOT_SENT}`,
				data: { status },
			} satisfies Case,
		]),
	),
};

const LIMITS: { [what: string]: Case } = {
	'429 of the minute': {
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: 37 },
		message: 'The limit per minute of the deAPI account is reached; it ends in 37 seconds',
		description:
			/^This item was not submitted\. The limit per minute ends at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. /,
		data: { status: 429, limit: 'minute' },
	},
	'429 that does not say how long': {
		fault: { type: 'rateLimit', kind: 'minute', retryAfter: null, withType: false },
		message: 'The limit per minute of the deAPI account is reached; it ends in 60 seconds',
		description: /^This item was not submitted\. /,
		data: { status: 429, limit: 'minute' },
	},
	'429 with a date': {
		fault: {
			type: 'status',
			status: 429,
			headers: { 'Retry-After': new Date(Date.now() + 600_000).toUTCString() },
		},
		message: /^The limit per minute of the deAPI account is reached; it ends in \d+ minutes$/,
		description: /^This item was not submitted\. /,
		data: { status: 429, limit: 'minute' },
	},
	'429 of the day': {
		fault: { type: 'rateLimit', kind: 'daily', retryAfter: 18_000 },
		message: 'The daily limit of the deAPI account is reached; it ends in 5 hours',
		description:
			/^This item was not submitted\. The daily limit ends at \d{4}-[^ ]+Z \([A-Z][a-z]+ \d\d:\d\d in America\/New_York\)\. /,
		data: { status: 429, limit: 'daily' },
	},
	'429 so long that it is of the day': {
		fault: { type: 'rateLimit', kind: 'daily', retryAfter: 40_000, withType: false },
		message: 'The daily limit of the deAPI account is reached; it ends in 12 hours',
		description: /^This item was not submitted\. The daily limit ends at /,
		data: { status: 429, limit: 'daily' },
	},
	'429 of the day as a page': {
		fault: {
			type: 'status',
			status: 429,
			body: '<html><body>Too many</body></html>',
			headers: { 'X-RateLimit-Type': 'daily', 'X-RateLimit-Daily-Limit': '15' },
		},
		message:
			/^The daily limit of the deAPI account is reached; it ends in \d+ (hours|minutes|seconds?)$/,
		description:
			/^This item was not submitted\. The daily limit of 15 requests ends at \d{4}-\d\d-\d\dT00:00:00Z /,
		data: { status: 429, limit: 'daily' },
	},
};

const TIMEOUT = { requestOptions: { timeout: 250 } };

const UNCLEAR: { [what: string]: Case } = {
	...Object.fromEntries(
		(
			[
				['500 as JSON', 500, json(500, { message: 'Server Error' })],
				['502 as a page', 502, { type: 'html', status: 502 }],
				['503 without a body', 503, { type: 'empty', status: 503 }],
				['500 after the job was made', 500, { type: 'acceptThenError', status: 500 }],
				['504 as a page after the job was made', 504, { type: 'html', status: 504, accept: true }],
			] satisfies Array<[string, number, Fault]>
		).map(([what, status, fault]): [string, Case] => [
			what,
			{
				fault,
				message: `deAPI answered with status ${status}, so the job may exist and may have been charged`,
				description: UNCERTAIN,
				data: { status },
			},
		]),
	),
	...Object.fromEntries(
		(
			[
				['200 without a request ID', 200, { type: 'noRequestId' }],
				['200 with null as request ID', 200, json(200, { data: { request_id: null } })],
				['200 with a list as data', 200, json(200, { data: [] })],
				['200 with null', 200, json(200, 'null')],
				['200 as a page', 200, { type: 'html', status: 200, accept: true }],
				['200 without a body', 200, { type: 'empty', status: 200, accept: true }],
				['200 cut off within its JSON', 200, { type: 'truncatedJson' }],
				['204', 204, { type: 'empty', status: 204, accept: true }],
			] satisfies Array<[string, number, Fault]>
		).map(([what, status, fault]): [string, Case] => [
			what,
			{
				fault,
				message:
					'deAPI took the request but gave no request ID, so the job may exist and may have been charged',
				description: UNCERTAIN,
				data: { status },
			},
		]),
	),
	...Object.fromEntries(
		(
			[
				['a connection cut before the body', { type: 'cutBeforeBody' }],
				['a connection cut within the body', { type: 'cutDuringBody', afterBytes: 5000 }],
				['a connection cut after the body', { type: 'cutAfterBody', accept: true }],
				['an answer cut off', { type: 'cutDuringAnswer', accept: true }],
			] satisfies Array<[string, Fault]>
		).map(([what, fault]): [string, Case] => [
			what,
			{
				fault,
				message:
					/^The upload got no answer \((the connection was cut|the answer was cut off)\), so the job may exist and may have been charged$/,
				description: UNCERTAIN,
				data: {},
			},
		]),
	),
	...Object.fromEntries(
		(
			[
				['an answer that does not come in time', { type: 'hang' }],
				['a late answer', { type: 'slow', ms: 20_000 }],
				['a body that nobody reads to its end', { type: 'stallBody', afterBytes: 5000 }],
			] satisfies Array<[string, Fault]>
		).map(([what, fault]): [string, Case] => [
			what,
			{
				fault,
				parameters: TIMEOUT,
				message:
					'The upload got no answer (no answer came within the time limit), so the job may exist and may have been charged',
				description: UNCERTAIN,
				data: {},
			},
		]),
	),
};

const ALL: Array<[string, Case & { submitted: 'no' | 'unknown' }]> = [
	...Object.entries(NOT_SUBMITTED).map(([what, each]) => [what, { ...each, submitted: 'no' }]),
	...Object.entries(LIMITS).map(([what, each]) => [
		what,
		{ ...each, parameters: { options: { rateLimitRetries: 0 } }, submitted: 'no' },
	]),
	...Object.entries(UNCLEAR).map(([what, each]) => [what, { ...each, submitted: 'unknown' }]),
] as Array<[string, Case & { submitted: 'no' | 'unknown' }]>;

describe('a submit is sent once and explained when deAPI answers with', () => {
	test.each(ALL)('%s', async (_what, each) => {
		const { stop } = await meet(each);
		expectText(stop.message, each.message);
		expectText(stop.description, each.description);
		expect(stop.data).toMatchObject({ ...each.data, submitted: each.submitted });
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test.each(ALL)('%s, also where the workflow goes on', async (_what, each) => {
		const { items } = await meet(each, 'continueRegularOutput');
		expect(items).toHaveLength(1);
		const { json: output, pairedItem } = items[0] ?? {};
		expect(pairedItem).toEqual({ item: 0 });
		expect(Object.keys(output ?? {}).sort()).toEqual(['details', 'error', 'message']);
		expectText(output?.error, each.message);
		expectText(output?.message, each.description);
		expect(output?.details).toMatchObject({ ...each.data, submitted: each.submitted });
	});
});

function expectText(text: unknown, expected: string | RegExp): void {
	if (typeof expected === 'string') expect(text).toBe(expected);
	else expect(text).toMatch(expected);
}

describe('an answer that is good', () => {
	test.each<[string, Fault]>([
		['late but within the time limit', { type: 'slow', ms: 150 }],
		['with status 201', json(201, { data: { request_id: 'made' } })],
		['with more in it', json(200, { data: { request_id: 'made', x: 1 }, meta: {} })],
	])('%s gives the request ID', async (_what, fault) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault });
		const { json: output } = await deapi.run([songItem()], { requestOptions: { timeout: 5000 } });
		expect(output.request_id).toBe(deapi.requestIds[0] ?? 'made');
		expect(deapi.submits).toHaveLength(1);
	});
});

test.each([0, 4711])('%i as request ID is a job: its ID is given out as text', async (id) => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'submit', fault: json(200, { data: { request_id: id } }) });
	const { json: output } = await deapi.run();
	expect(output.request_id).toBe(String(id));
	expect(deapi.submits).toHaveLength(1);
});

test('a wrong key is tried once and no more', async () => {
	const deapi = await Deapi.open();
	const credentials = deapi.credentials({ apiKey: 'revoked' });
	const { stop } = await deapi.run([songItem()], {}, {}, { credentials });
	expect(stop.message).toBe('deAPI did not accept the API key');
	expect(deapi.submits.map(({ status }) => status)).toEqual([401]);
});

test('a service that does not speak HTTP leaves the outcome open', async () => {
	const server = net.createServer((socket) => {
		socket.on('error', () => {});
		socket.resume();
		socket.end('SSH-2.0-OpenSSH_9.6\r\n');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closeAfterTest(async () => await new Promise((resolve) => server.close(resolve)));
	const deapi = await Deapi.open();
	const { port } = server.address() as AddressInfo;
	const credentials = deapi.credentials({ baseUrl: `http://127.0.0.1:${port}` });
	const { stop } = await deapi.run([songItem()], {}, {}, { credentials });
	expect(stop.message).toMatch(
		/^The upload got no answer \((the answer was not HTTP|the connection was cut)\), so the job may exist/,
	);
	expect(stop.data).toEqual({ submitted: 'unknown', unclear_items: [{ item: 0 }] });
	expectGoodText(stop.message);
});

describe('where no connection can be made', () => {
	const clock = clockForTests();
	beforeEach(() => clock.leap());

	test('the user reads that nothing was submitted', async () => {
		const deapi = await Deapi.open();
		await deapi.fake.close();
		const { stop } = await deapi.run();
		expect(stop.message).toBe('deAPI could not be reached: the connection was refused');
		expect(stop.description).toBe(
			`Check the internet connection of n8n and 'Base URL' in the 'deAPI API' credential, then try again.${NOT_SENT}`,
		);
		expect(stop.data).toEqual({ submitted: 'no' });
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test('because the service speaks no TLS: where n8n tells when it broke, nothing was submitted either', async () => {
		const deapi = await Deapi.open();
		const baseUrl = deapi.fake.url.replace('http:', 'https:');
		const credentials = deapi.credentials({ baseUrl });
		const { stop } = await deapi.run([songItem()], {}, {}, { credentials });
		const says = {
			no: /^deAPI could not be reached: the address does not speak https$/,
			unknown: /^The upload got no answer \(the address does not speak https\), so the job may/,
		};
		expect(stop.message).toMatch(says[BROKEN_HANDSHAKE]);
		expect(stop.data).toMatchObject({ submitted: BROKEN_HANDSHAKE });
		expect(deapi.submits).toEqual([]);
		expectGoodText(stop.message);
	});

	test("because the service's certificate is not trusted, nothing was submitted either", async () => {
		const deapi = await Deapi.open({ tls: selfSigned() });
		const { stop } = await deapi.run();
		expect(stop.message).toBe('deAPI could not be reached: self-signed certificate');
		expect(stop.data).toEqual({ submitted: 'no' });
		expect(deapi.submits).toEqual([]);
		expectGoodText(stop.message);
	});

	test('an untrusted certificate is taken where the user ignores it', async () => {
		const deapi = await Deapi.open({ tls: selfSigned() });
		const outcome = await deapi.run([songItem()], {
			requestOptions: { allowUnauthorizedCerts: true },
		});
		expect(outcome.json.request_id).toBe(deapi.requestIds[0]);
	});
});

/** A certificate that no one has signed but its owner. */
function selfSigned(): { key: string; cert: string } {
	const folder = mkdtempSync(path.join(tmpdir(), 'tls-'));
	try {
		const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
		if (!key || !cert) throw new Error('No paths');
		const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
		const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], {
			stdio: 'ignore',
		});
		return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
