/** One account: what its calls share, which addresses it takes, and what is said where it cannot be read. */
import { Account, Shared } from '../../nodes/Deapi/service/account';
import { accountOf, standingClock } from '../support/answering';
import { Deapi } from '../support/deapi';
import { outcomeOf } from '../support/parts';
import { changed, inNode } from '../support/probe';

const HOUR = 60 * 60 * 1000;

describe('what the calls of an account share', () => {
	test('is made once, and is not what another account has', () => {
		const shared = new Shared(() => ({}));
		const one = accountOf();
		expect(shared.of(new Account(one.stored))).toBe(shared.of(one));
		expect(shared.of(accountOf())).not.toBe(shared.of(one));
	});

	test('is remembered for 25 hours after its last use, and no longer', async () => {
		const forward = standingClock();
		const shared = new Shared(() => ({}));
		const { stored } = accountOf();
		const atFirst = shared.of(new Account(stored));
		await forward(25 * HOUR);
		expect(shared.of(new Account(stored))).toBe(atFirst);
		await forward(25 * HOUR);
		expect(shared.of(new Account(stored))).toBe(atFirst);
		await forward(25 * HOUR + 1);
		expect(shared.of(new Account(stored))).not.toBe(atFirst);
	});
});

test.each([
	['xhttps://api.deapi.ai', 'xhttps://api.deapi.ai'],
	[' deapi.ai// ', 'deapi.ai'],
	[7, '7'],
	[['https://api.deapi.ai'], 'a list'],
])('the address %j is called none, as it would be used', async (baseUrl, named) => {
	const stored = { apiKey: 'some-key', baseUrl: baseUrl as string };
	const reading = Promise.resolve().then(() => Account.from(stored));
	expect(await outcomeOf(reading)).toMatchObject({
		message: `'Base URL' in the 'deAPI API' credential is not a web address: ${named}`,
	});
});

describe('a key', () => {
	test.each<[unknown, string]>([
		[undefined, ''],
		[null, ''],
		['', ''],
		[' \n', ''],
		[' key ', 'key'],
		[7, '7'],
		['DPN-sk-key', 'key'],
	])('that is stored as %j is %j', (apiKey, sent) => {
		expect(Account.from({ apiKey: apiKey as string }).apiKey).toBe(sent);
	});

	test.each<[unknown, string]>([
		[false, 'is not a text'],
		[{}, 'is not a text'],
		['dpn-sk-', 'ends after its prefix'],
		['dpn-sk-ä', 'has characters that no key has'],
	])('that is %j is none', async (apiKey, what) => {
		const reading = Promise.resolve().then(() => Account.from({ apiKey: apiKey as string }));
		expect(await outcomeOf(reading)).toMatchObject({
			message: `'API Key' in the 'deAPI API' credential ${what}`,
		});
	});
});

test('a credential that cannot be read is told as such, and the reason is kept', async () => {
	const cause = new Error('It is gone');
	const error = await inNode(await Deapi.open(), async (call) => {
		const value = async () => await Promise.reject(cause);
		const context: unknown = Object.create(call.context, { getCredentials: { value } });
		return await Account.of(changed(call, { context }).context).catch((thrown: unknown) => thrown);
	});
	expect(error).toMatchObject({
		facts: {
			message: "The 'deAPI API' credential could not be read",
			description:
				'It may have been deleted, or not be shared with this workflow. Choose a credential in the node.',
		},
		cause,
	});
});
