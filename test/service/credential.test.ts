/** The credential: what it sends, and what the user reads when n8n tests it. */
import { once } from 'node:events';
import net from 'node:net';
import { DeapiApi } from '../../credentials/DeapiApi.credentials';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node';
import type { Fault } from '../fake-deapi';
import { Deapi, expectGoodText } from '../support/deapi';
import { testCredential } from '../support/credential-test';

const credential = new DeapiApi();

const PATHS = { v1: '/api/v1/client/balance', v2: '/api/v2/account/balance' };
const OK = { status: 'OK', message: 'Connection successful!' };

describe.each(['v1', 'v2'] as const)('tested with API %s', (apiVersion) => {
	test('a good key is accepted', async () => {
		const deapi = await Deapi.open();
		expect(await testCredential(deapi.credentials({ apiVersion }))).toEqual(OK);
		expect(deapi.fake.requests).toHaveLength(1);
		expect(deapi.fake.requests[0]).toMatchObject({
			method: 'GET',
			path: PATHS[apiVersion],
			status: 200,
			headers: { authorization: `Bearer ${deapi.apiKey}`, accept: 'application/json' },
		});
	});

	test.each(['wrong', ''])(
		'the key "%s" is refused in a sentence that says what to do',
		async (apiKey) => {
			const deapi = await Deapi.open();
			const result = await testCredential(deapi.credentials({ apiVersion, apiKey }));
			expect(result).toEqual({
				status: 'Error',
				message: expect.stringMatching(
					/^deAPI did not accept the API key\. .* Settings > API Keys\.$/,
				),
			});
			expect(deapi.fake.requests.map(({ path }) => path)).toEqual([PATHS[apiVersion]]);
		},
	);

	test('a suspended account is reported as suspended', async () => {
		const deapi = await Deapi.open({ suspended: true });
		const { status, message } = await testCredential(deapi.credentials({ apiVersion }));
		expect(status).toBe('Error');
		expect(message).toMatch(
			/^deAPI has denied this account access\. The account may be suspended\./,
		);
	});

	test('an address where deAPI is not found is reported as such', async () => {
		const deapi = await Deapi.open();
		const baseUrl = `${deapi.fake.url}/elsewhere`;
		expect(await testCredential(deapi.credentials({ apiVersion, baseUrl }))).toEqual({
			status: 'Error',
			message: "deAPI does not know this address. Check 'Base URL' in the 'deAPI API' credential.",
		});
	});

	test('an address where nobody answers is reported as such', async () => {
		const deapi = await Deapi.open();
		const baseUrl = `http://127.0.0.1:${await portWithoutListener()}`;
		expect(await testCredential(deapi.credentials({ apiVersion, baseUrl }))).toEqual({
			status: 'Error',
			message:
				"deAPI could not be reached: the connection was refused. Check the internet connection of n8n and 'Base URL' in the 'deAPI API' credential, then try again.",
		});
	});

	test.each(['api.deapi.ai', 'hello', 'ftp://api.deapi.ai', 'https://'])(
		'"%s" is called no web address, and nothing is sent',
		async (baseUrl) => {
			const deapi = await Deapi.open();
			const { status, message } = await testCredential(deapi.credentials({ apiVersion, baseUrl }));
			expect(status).toBe('Error');
			expect(message).toMatch(/^'Base URL' in the 'deAPI API' credential is not a web address: /);
			expect(deapi.fake.requests).toEqual([]);
		},
	);

	test('the key goes to no address that deAPI redirects to', async () => {
		const deapi = await Deapi.open();
		const elsewhere = await Deapi.open();
		deapi.fake.faults.add({
			route: 'balance',
			fault: { type: 'redirect', location: `${elsewhere.fake.url}${PATHS[apiVersion]}` },
		});
		const { message } = await testCredential(deapi.credentials({ apiVersion }));
		expect(message).toMatch(/^deAPI's address answered with a redirect to /);
		expect(elsewhere.fake.requests).toEqual([]);
	});

	test.each(['/', '//', ' ', '/ '])('the address may end with "%s"', async (end) => {
		const deapi = await Deapi.open();
		const baseUrl = `${deapi.fake.url}${end}`;
		expect(await testCredential(deapi.credentials({ apiVersion, baseUrl }))).toEqual(OK);
		expect(deapi.fake.requests.map(({ path }) => path)).toEqual([PATHS[apiVersion]]);
	});

	test('spaces around a copied key do no harm', async () => {
		const deapi = await Deapi.open();
		const apiKey = ` ${deapi.apiKey}\n`;
		expect(await testCredential(deapi.credentials({ apiVersion, apiKey }))).toEqual(OK);
	});
});

test.each<[string, Fault]>([
	['500', { type: 'html', status: 500 }],
	['429', { type: 'rateLimit', kind: 'minute' }],
	['cut connection', { type: 'cutAfterBody', accept: false }],
])('a %s is no success', async (_what, fault) => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'balance', times: 5, fault });
	const { status, message } = await testCredential(deapi.credentials());
	expect(status).toBe('Error');
	expectGoodText(message);
	expect(message).not.toContain(deapi.apiKey);
});

test('an old credential without version and address uses API v1 at deAPI itself', async () => {
	const deapi = await Deapi.open();
	const credentials = deapi.credentials();
	expect(await testCredential(credentials)).toEqual(OK);
	expect(deapi.fake.requests[0]?.path).toBe(PATHS.v1);
	const { baseUrl, apiVersion } = Object.fromEntries(
		credential.properties.map(({ name, default: value }) => [name, value]),
	);
	expect({ baseUrl, apiVersion }).toEqual({ baseUrl: 'https://api.deapi.ai', apiVersion: 'v1' });
});

test('has the names that workflows and users know', () => {
	expect(credential.name).toBe('deapiApi');
	expect(credential.displayName).toBe('deAPI API');
	expect(
		credential.properties.map(({ name, type, default: value, required, typeOptions }) => ({
			name,
			type,
			value,
			isRequired: required === true,
			isSecret: typeOptions?.password === true,
		})),
	).toEqual([
		{ name: 'apiKey', type: 'string', value: '', isRequired: true, isSecret: true },
		{ name: 'webhookSecret', type: 'string', value: '', isRequired: false, isSecret: true },
		{ name: 'apiVersion', type: 'options', value: 'v1', isRequired: false, isSecret: false },
		{
			name: 'baseUrl',
			type: 'string',
			value: 'https://api.deapi.ai',
			isRequired: false,
			isSecret: false,
		},
	]);
});

test('says all it has to say without words that only say that something is wrong', () => {
	for (const { displayName, description = '', hint } of credential.properties) {
		expectGoodText(displayName);
		expectGoodText(description);
		if (hint !== undefined) expectGoodText(hint);
	}
});

test('the trigger tests the credential in the same way', async () => {
	const deapi = await Deapi.open();
	expect(await testCredential(deapi.credentials(), new DeapiTrigger())).toEqual(OK);
});

/** A port that was free a moment ago. */
async function portWithoutListener(): Promise<number> {
	const server = net.createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as net.AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}
