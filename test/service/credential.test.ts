/** The credential: what it sends, and what the user reads when n8n tests it. */
import { DeapiApi } from '../../credentials/DeapiApi.credentials';
import type { Fault } from '../fake-deapi';
import { testCredential } from '../support/credential-test';
import { KEEPS_CAUSES } from '../support/engine-versions';
import { Deapi, expectGoodText } from '../support/deapi';

const { test: request, ...credential } = new DeapiApi();

const PATHS = { v1: '/api/v1/client/balance', v2: '/api/v2/account/balance' };
const OK = { status: 'OK', message: 'Connection successful!' };

/** The text for the user, where n8n knows which of ours belongs to the answer. */
const sentence = (text: string): unknown => (KEEPS_CAUSES ? text : expect.any(String));

describe.each(['v1', 'v2'] as const)('tested with API %s', (apiVersion) => {
	test('a good key is accepted', async () => {
		const deapi = await Deapi.open();
		expect(await testCredential(request, deapi.credentials({ apiVersion }))).toEqual(OK);
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
			const result = await testCredential(request, deapi.credentials({ apiVersion, apiKey }));
			expect(result).toEqual({
				status: 'Error',
				message: sentence(
					'deAPI did not accept this API key. Copy it again from the deAPI dashboard under Settings > API Keys.',
				),
			});
			expect(new Set(deapi.fake.requests.map(({ path }) => path))).toEqual(
				new Set([PATHS[apiVersion]]),
			);
		},
	);

	test('a suspended account is called so', async () => {
		const deapi = await Deapi.open({ suspended: true });
		expect(await testCredential(request, deapi.credentials({ apiVersion }))).toEqual({
			status: 'Error',
			message: sentence('deAPI does not let this account in. It may be suspended.'),
		});
	});

	test('an address where deAPI is not is called so', async () => {
		const deapi = await Deapi.open();
		const baseUrl = `${deapi.fake.url}/elsewhere`;
		expect(await testCredential(request, deapi.credentials({ apiVersion, baseUrl }))).toEqual({
			status: 'Error',
			message: sentence("deAPI was not found at this address. Check 'Base URL'."),
		});
	});

	test.each(['/', '//', ' ', '/ '])('the address may end with "%s"', async (end) => {
		const deapi = await Deapi.open();
		const baseUrl = `${deapi.fake.url}${end}`;
		expect(await testCredential(request, deapi.credentials({ apiVersion, baseUrl }))).toEqual(OK);
		expect(deapi.fake.requests.map(({ path }) => path)).toEqual([PATHS[apiVersion]]);
	});

	test('spaces around a copied key do no harm', async () => {
		const deapi = await Deapi.open();
		const apiKey = ` ${deapi.apiKey}\n`;
		expect(await testCredential(request, deapi.credentials({ apiVersion, apiKey }))).toEqual(OK);
	});
});

test.each<[string, Fault]>([
	['500', { type: 'html', status: 500 }],
	['429', { type: 'rateLimit', kind: 'minute' }],
	['cut connection', { type: 'cutAfterBody', accept: false }],
])('a %s is no success', async (_what, fault) => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'balance', times: 5, fault });
	const { status, message } = await testCredential(request, deapi.credentials());
	expect(status).toBe('Error');
	expect(message).not.toBe('');
});

test('an old credential without version and address uses API v1 at deAPI itself', async () => {
	const deapi = await Deapi.open();
	const credentials = deapi.credentials();
	expect(await testCredential(request, credentials)).toEqual(OK);
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
	for (const { properties } of request.rules ?? []) expectGoodText(properties.message);
	for (const { displayName, description } of credential.properties) {
		expectGoodText(displayName);
		expectGoodText(description ?? '');
	}
});
