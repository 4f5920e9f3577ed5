import { createHash } from 'crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { clock } from '../basics/clock';
import { shown } from '../basics/quote';
import type { RequestContext } from '../engine/call';
import { Failure } from '../engine/failure';
import type { ApiVersion, Endpoint } from './endpoints';
import { DEFAULT_BASE_URL } from './endpoints';

export const CREDENTIAL_TYPE = 'deapiApi';

/** How long an account that nobody asks for is remembered, in milliseconds: longer than any limit lasts. */
const KEEP_MS = 25 * 60 * 60 * 1000;

/** What all calls of an account in this process share, under one key. */
class AccountState {
	usedAt = 0;
}

const states = new Map<string, AccountState>();

/** The state of an account; those that nobody has used for a day are dropped on the way. */
function stateOf(key: string): AccountState {
	const now = clock.now();
	for (const [other, { usedAt }] of states) if (now - usedAt > KEEP_MS) states.delete(other);
	const state = states.get(key) ?? new AccountState();
	state.usedAt = now;
	states.set(key, state);
	return state;
}

/** Something that all calls of an account share, made where it is first asked for. */
export class Shared<T> {
	private readonly byAccount = new WeakMap<AccountState, T>();

	constructor(private readonly create: () => T) {}

	of({ state }: Account): T {
		const known = this.byAccount.get(state);
		if (known !== undefined) return known;
		const made = this.create();
		this.byAccount.set(state, made);
		return made;
	}
}

/** The `deapiApi` credential of one item: key, address and version, which go together. */
export class Account {
	/** As it is sent: without spaces, and without the prefix of another service. */
	readonly apiKey: string;

	/** Whether the key was given with the prefix of deAPI's gateway. */
	readonly hasGatewayPrefix: boolean;

	readonly webhookSecret: string;

	readonly apiVersion: ApiVersion;

	/** Without slashes at its end. */
	readonly baseUrl: string;

	readonly state: AccountState;

	/** @param stored the credential as n8n gives it; old ones may lack fields */
	constructor(readonly stored: ICredentialDataDecryptedObject) {
		const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
		const given = Number.isFinite(stored.apiKey) ? String(stored.apiKey) : text(stored.apiKey);
		this.hasGatewayPrefix = given.toLowerCase().startsWith(GATEWAY_PREFIX);
		this.apiKey = this.hasGatewayPrefix ? given.slice(GATEWAY_PREFIX.length) : given;
		this.webhookSecret = text(stored.webhookSecret);
		this.apiVersion = stored.apiVersion === 'v2' ? 'v2' : 'v1';
		this.baseUrl = withoutSlashes(text(stored.baseUrl) || DEFAULT_BASE_URL);
		const name = createHash('sha256').update(`${this.baseUrl}\n${this.apiKey}`).digest('hex');
		this.state = stateOf(name);
	}

	/**
	 * Reads the account of an item, afresh: a credential may be changed or deleted while an item waits.
	 *
	 * @throws {Failure} where it cannot be read or its address is none
	 */
	static async of(context: RequestContext): Promise<Account> {
		return Account.from(await readStored(context));
	}

	/**
	 * The account of a credential.
	 *
	 * @throws {Failure} where its address or its key can be none
	 */
	static from(stored: ICredentialDataDecryptedObject): Account {
		const account = new Account(stored);
		const { apiKey, baseUrl } = account;
		const isNoText = apiKey === '' && !isMissing(stored.apiKey);
		if (isNoText || !SENDABLE.test(apiKey)) throw noKey(stored.apiKey, account);
		// What is no text must not lead to deAPI's own address: it may be another service's key.
		const given: unknown = stored.baseUrl ?? '';
		if (
			typeof given !== 'string' ||
			!/^https?:\/\/[^\s/?#]+/i.test(baseUrl) ||
			!URL.canParse(baseUrl)
		) {
			throw new Failure({
				message: `'Base URL' in the 'deAPI API' credential is not a web address: ${shown(typeof given === 'string' ? baseUrl : given)}`,
				description: `Enter a whole address that begins with https://, or clear the field for ${DEFAULT_BASE_URL}.`,
			});
		}
		return account;
	}

	/** The path of an endpoint on the account's API surface. */
	path(endpoint: Endpoint): string {
		return endpoint[this.apiVersion];
	}

	/** The same account, asked over the other surface: what only v2 knows. */
	onV2(): Account {
		return this.apiVersion === 'v2' ? this : new Account({ ...this.stored, apiVersion: 'v2' });
	}
}

/** Keys copied as `dpn-sk-…` are for deAPI's gateway for OpenAI clients; the rest is the raw key. */
export const GATEWAY_PREFIX = 'dpn-sk-';

const isMissing = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** What can be in a header, or nothing: that deAPI refuses in words of its own. */
const SENDABLE = /^[\x21-\x7e]*$/;

function noKey(given: unknown, { hasGatewayPrefix, apiKey }: Account): Failure {
	// The key itself is in no text.
	const isCutOff = hasGatewayPrefix && apiKey === '';
	const characters = isCutOff ? 'ends after its prefix' : 'has characters that no key has';
	const what = typeof given === 'string' ? characters : 'is not a text';
	return new Failure({
		message: `'API Key' in the 'deAPI API' credential ${what}`,
		description:
			'Copy the key again, in one piece and without anything else. If it comes from an expression, check what that gives for this item.',
	});
}

async function readStored(context: RequestContext): Promise<ICredentialDataDecryptedObject> {
	try {
		return await context.getCredentials(CREDENTIAL_TYPE);
	} catch (error) {
		throw unreadable(error);
	}
}

function unreadable(cause: unknown): Failure {
	return new Failure(
		{
			message: "The 'deAPI API' credential could not be read",
			description:
				'It may have been deleted, or not be shared with this workflow. Choose a credential in the node.',
		},
		{ cause },
	);
}

function withoutSlashes(url: string): string {
	let end = url.length;
	while (url[end - 1] === '/') end--;
	return url.slice(0, end);
}
