/** Answers of what stands in front of deAPI, which say nothing about the account. */
import { Deapi, expectGoodText } from '../support/deapi';
import { testCredential } from '../support/credential-test';

const PAGE =
	'<!DOCTYPE html><html><head><title>Access denied</title></head><body><h1>Error 1010</h1></body></html>';

describe.each(['v1', 'v2'] as const)('a 403 on %s', (apiVersion) => {
	const stopped = async (body: unknown, headers: Record<string, string> = {}) => {
		const deapi = (await Deapi.open()).with({ apiVersion });
		const fault = { type: 'status', status: 403, body, headers } as const;
		deapi.fake.faults.add({ route: 'submit', fault });
		const { stop } = await deapi.run();
		expect(deapi.requestIds).toEqual([]);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
		expect(stop.data).toMatchObject({ submitted: 'no', status: 403 });
		return stop;
	};

	test.each<[string, unknown, string]>([
		['a page with a code', PAGE, ' (code 1010)'],
		['the code alone', 'error code: 1010', ' (code 1010)'],
		['a page without one', '<html><body>Forbidden</body></html>', ''],
		['its JSON', { cloudflare_error: true, error_code: 1020, title: 'Denied' }, ' (code 1020)'],
	])('as %s was blocked on the way', async (_name, body, code) => {
		const { message, description } = await stopped(body, { 'CF-Ray': '8f1a2b3c-WAW' });
		expect(message).toBe(`The request was blocked on its way to deAPI${code}`);
		expect(description).toContain('says nothing about your account');
		expect(description).toContain('another network address');
		expect(description).toContain('Ray ID 8f1a2b3c-WAW');
		expect(description).not.toContain('suspended');
	});

	test("in deAPI's own JSON is about the account", async () => {
		const { message, description } = await stopped({ message: 'Your account is suspended.' });
		expect(message).toBe('deAPI has denied this account access');
		expect(description).toContain('may be suspended');
	});
});

test('a credential whose test is blocked on the way is not called suspended', async () => {
	const deapi = await Deapi.open();
	deapi.fake.faults.add({ route: 'any', fault: { type: 'status', status: 403, body: PAGE } });
	const { status, message } = await testCredential(deapi.credentials());
	expect(status).toBe('Error');
	expect(message).toMatch(/^The request was blocked on its way to deAPI \(code 1010\)\. /);
});
