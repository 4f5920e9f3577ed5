import type { ICredentialDataDecryptedObject, ICredentialsHelper } from 'n8n-workflow';
import type { Account } from '../service/records';
import { TestCredentials } from '../../support/engine';

type Decrypt = ICredentialsHelper['getDecrypted'];

/** A credential whose fields are expressions: each item chooses an account by its number. */
export class ByItem extends TestCredentials {
	/** @param fixed the one of a node whose credential is the same for all items */
	constructor(
		private readonly accounts: Account[],
		private readonly fixed?: number,
	) {
		super({});
	}

	override async getDecrypted(
		...request: Partial<Parameters<Decrypt>>
	): Promise<ICredentialDataDecryptedObject> {
		const defaults = await super.getDecrypted(...request);
		const { connectionInputData = [], itemIndex = 0 } = request[6] ?? {};
		const chosen = this.fixed ?? Number(connectionInputData[itemIndex]?.json.account ?? 0);
		const account = this.accounts[chosen % this.accounts.length];
		if (account === undefined) throw new Error('There is no such account');
		const { key, secret, baseUrl, plan } = account;
		return { ...defaults, apiKey: key, baseUrl, apiVersion: plan.version, webhookSecret: secret };
	}
}
