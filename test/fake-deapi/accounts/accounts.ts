/**
 * The accounts: one a key, each with its own credit and its own use of the limits.
 */
import type { Usage } from './rate-limit';
import type { FakeSettings, RateLimits } from '../types';

export interface Account {
	key: string;
	/** USD. */
	balance: number;
	/** What was used of each limit. */
	usage: Partial<Record<keyof RateLimits, Usage>>;
}

export class Accounts {
	private readonly byKey = new Map<string, Account>();

	/**
	 * @param settings the keys; its `balance` becomes a view of the accounts, so that a test which
	 *   sets it changes what the next submit meets
	 */
	constructor(private readonly settings: FakeSettings) {
		let opening = settings.balance;
		Object.defineProperty(settings, 'balance', {
			enumerable: true,
			get: () => this.byKey.get(settings.apiKeys[0] ?? '')?.balance ?? opening,
			set: (balance: number) => {
				opening = balance;
				for (const account of this.byKey.values()) account.balance = balance;
			},
		});
		this.open = (key) => ({
			key,
			balance: opening,
			usage: {},
		});
	}

	private readonly open: (key: string) => Account;

	/** @returns the account of a key, null for a key that is wrong or revoked */
	byApiKey(key: string): Account | null {
		if (!this.settings.apiKeys.includes(key)) return null;
		const account = this.byKey.get(key) ?? this.open(key);
		this.byKey.set(key, account);
		return account;
	}

	/** @returns the account of an Authorization header, null where it names none */
	byHeader(authorization: string | undefined): Account | null {
		const key = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
		return key === undefined ? null : this.byApiKey(key);
	}

	/** Takes money from an account or gives it back, in USD, to the hundredth of a cent. */
	charge(key: string, amount: number): void {
		const account = this.byApiKey(key);
		if (account) account.balance = Math.round((account.balance - amount) * 1e4) / 1e4;
	}
}
