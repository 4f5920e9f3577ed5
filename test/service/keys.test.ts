/** Keys as users have them, and credentials that cannot be applied: nothing is sent, and that is said. */
import type { IHttpRequestOptions } from 'n8n-workflow';
import { testCredential } from '../support/credential-test';
import { Deapi, expectGoodText } from '../support/deapi';
import { TestCredentials } from '../support/engine';

describe.each(['v1', 'v2'] as const)('on %s', (apiVersion) => {
	test.each(['dpn-sk-', 'DPN-SK-', '  dpn-sk-'])(
		'a key that was copied as %s… is sent without the prefix',
		async (prefix) => {
			const deapi = (await Deapi.open()).with({ apiVersion });
			const { items } = await deapi.with({ apiKey: `${prefix}${deapi.apiKey}` }).run();
			expect(items).toHaveLength(1);
			const keys = deapi.fake.requests.map(({ headers }) => headers.authorization);
			expect(new Set(keys)).toEqual(new Set([`Bearer ${deapi.apiKey}`]));
		},
	);

	test('a key that is a number is a key', async () => {
		const deapi = (await Deapi.open({ apiKeys: ['1234567890'] })).with({ apiVersion });
		const credentials = { ...deapi.credentials(), apiKey: 1234567890 };
		const { items } = await deapi.run(undefined, {}, {}, { credentials });
		expect(items[0]?.json.request_id).toBe(deapi.requestIds[0]);
		expect((await testCredential(credentials)).status).toBe('OK');
	});

	test.each<[string, unknown, string]>([
		['an object', { a: 1 }, 'is not a text'],
		['a list', ['key'], 'is not a text'],
		['NaN', Number.NaN, 'is not a text'],
		['two lines', 'key-one\nkey-two', 'has characters that no key has'],
		['a foreign letter', 'kéy-0123456789', 'has characters that no key has'],
	])('a key that is %s is refused before anything is sent', async (_name, apiKey, what) => {
		const deapi = (await Deapi.open()).with({ apiVersion });
		const credentials = { ...deapi.credentials(), apiKey: apiKey as string };
		const { stop } = await deapi.run(undefined, {}, {}, { credentials });
		expect(stop.message).toBe(`'API Key' in the 'deAPI API' credential ${what}`);
		expect(stop.description).not.toContain('key-one');
		expect(stop.data.submitted).toBe('no');
		expectGoodText(stop.message);
		expectGoodText(stop.description);
		expect(deapi.fake.requests).toEqual([]);
	});
});

/** A credential that n8n hands out and then cannot put into the request. */
class Inapplicable extends TestCredentials {
	constructor(
		data: ConstructorParameters<typeof TestCredentials>[0],
		private readonly thrown: Error,
	) {
		super(data);
	}

	override async authenticate(): Promise<IHttpRequestOptions> {
		return await Promise.reject(this.thrown);
	}
}

test.each([
	['an Error', new Error('Referenced node is unexecuted')],
	['a TypeError', new TypeError("Cannot read properties of undefined (reading 'trim')")],
])('a credential that cannot be applied (%s): nothing was sent', async (_name, thrown) => {
	const deapi = await Deapi.open();
	const credentials = new Inapplicable(deapi.credentials(), thrown);
	const { stop } = await deapi.run(undefined, {}, {}, { credentials });
	expect(stop.message).toBe(`The request to deAPI could not be made: ${thrown.message}`);
	expect(stop.message).not.toContain('charged');
	expect(stop.description).toContain('Nothing was submitted');
	expect(stop.data.submitted).toBe('no');
	expectGoodText(stop.description);
	expect(deapi.fake.requests).toEqual([]);
});

test('a connection that breaks is not taken for a request that was never made', async () => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
	const { stop } = await deapi.run();
	expect(stop.data.submitted).toBe('unknown');
	expect(deapi.requestIds).toHaveLength(1);
});
