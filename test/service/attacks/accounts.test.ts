/** Credentials that differ by item: key, address and version of an item go together. */
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { TestCredentials } from '../../support/engine';
import { batchOf, prompts } from '../../support/attacks';
import { Deapi, expectGoodText } from '../../support/deapi';

/** A credential whose fields are expressions: another one for each item. */
class CredentialsByItem extends TestCredentials {
	constructor(private readonly ofItem: (item: number) => ICredentialDataDecryptedObject) {
		super({});
	}

	async getDecrypted(...args: Parameters<TestCredentials['getDecrypted']>) {
		const { itemIndex = 0 } =
			(args as unknown as Array<{ itemIndex?: number } | undefined>)[6] ?? {};
		const base = await super.getDecrypted(...args);
		return { ...base, ...this.ofItem(itemIndex) };
	}
}

/** The keys that came to a service. */
const keysAt = ({ fake }: Deapi) =>
	new Set(fake.requests.flatMap(({ headers }) => headers.authorization ?? []));

test('no item’s key goes to another item’s address, whatever is asked for', async () => {
	const services = [await Deapi.open(), await Deapi.open(), await Deapi.open()];
	const versions = ['v1', 'v2', 'v1'] as const;
	const credentials = new CredentialsByItem((item) => {
		const service = services[item % 3];
		return service?.credentials({ apiVersion: versions[item % 3] ?? 'v1' }) ?? {};
	});
	const [first] = services;
	const parameters = { waitForCompletion: true, options: { pollInterval: 0.02, maxPrice: 100 } };
	const outcome = await first?.runSaved(batchOf(prompts(9), parameters), { credentials });
	expect(outcome?.items).toHaveLength(9);
	for (const [index, service] of services.entries()) {
		expect(service.requestIds).toHaveLength(3);
		expect(keysAt(service)).toEqual(new Set([`Bearer ${service.apiKey}`]));
		const surfaces = service.fake.requests.flatMap(({ surface }) => surface ?? []);
		expect(new Set(surfaces)).toEqual(new Set([versions[index]]));
		const prompts = service.fake.jobs.map(({ fields }) => Number(fields.prompt?.split(' ')[1]) % 3);
		expect(new Set(prompts)).toEqual(new Set([index]));
		for (const [item, { json, binary }] of (outcome?.items ?? []).entries()) {
			if (item % 3 !== index) continue;
			expect(service.requestIds).toContain(json.request_id);
			expect(binary?.data).toBeDefined();
		}
	}
});

test('the other operations keep them together as well', async () => {
	const services = [await Deapi.open(), await Deapi.open()];
	const credentials = new CredentialsByItem((item) => services[item % 2]?.credentials() ?? {});
	for (const parameters of [
		{ resource: 'account', operation: 'getBalance' },
		{ resource: 'model', operation: 'getMany' },
		{ operation: 'estimatePrice', lengthMode: 'frames' },
		{ resource: 'job', operation: 'get', requestId: 'x' },
	]) {
		const extra = { onError: 'continueRegularOutput' as const };
		await services[0]?.run([{}, {}, {}, {}], parameters, extra, { credentials });
	}
	for (const service of services) {
		expect(service.fake.requests.length).toBeGreaterThan(6);
		expect(keysAt(service)).toEqual(new Set([`Bearer ${service.apiKey}`]));
	}
});

test.each([
	['ftp', 'ftp://127.0.0.1'],
	['file', 'file:///etc/passwd'],
	['javascript', 'javascript:alert(1)'],
	['no scheme', '127.0.0.1:80'],
	['no host', 'https://'],
	['a space in the host', 'https://a b'],
	['a port that is none', 'http://127.0.0.1:99999'],
	['a megabyte', `x${'/'.repeat(1_000_000)}`],
	['an object', { url: 'https://api.deapi.ai' } as unknown as string],
])('a base URL with %s is refused by its label before anything is sent', async (_name, baseUrl) => {
	const deapi = await Deapi.open();
	const start = Date.now();
	const outcome = await deapi.run(
		undefined,
		{},
		{},
		{ credentials: deapi.credentials({ baseUrl }) },
	);
	const { stop } = outcome;
	expect(stop.message).toMatch(/^'Base URL' in the 'deAPI API' credential is not a web address/);
	expect(stop.message.length).toBeLessThan(400);
	expect(stop.data.submitted).toBe('no');
	expect(Date.now() - start).toBeLessThan(3000);
	expectGoodText(stop.message);
});
