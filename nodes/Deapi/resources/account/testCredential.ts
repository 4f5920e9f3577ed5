import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { isObject, textOf } from '../../basics/values';
import { toNoAnswer } from '../../engine/networkFaults';
import { asFailure } from '../../engine/nodeErrors';
import { Account } from '../../service/account';
import { describeAnswer, describeNoAnswer } from '../../service/answers';
import { ENDPOINTS } from '../../service/endpoints';
import { secretsOf, toAnswer, without } from '../../service/transport';

/** How long deAPI may take, in milliseconds: somebody looks on. */
const DEADLINE_MS = 20_000;

/**
 * Tests a credential by reading the balance, when the user saves it. A test in words of our own, and not
 * a declared request: for that one n8n shows the bare code of a connection that nobody took.
 */
export async function testDeapiCredential(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		await readBalance(this, Account.from(data));
		return { status: 'OK', message: 'Connection successful!' };
	} catch (error) {
		const { message, description } = asFailure(error).facts;
		return { status: 'Error', message: `${message}. ${description}` };
	}
}

/** @throws {Failure} where deAPI does not answer, or denies this account access */
async function readBalance(context: ICredentialTestFunctions, account: Account): Promise<void> {
	const secrets = secretsOf(account);
	const response: unknown = await context.helpers
		.request({
			method: 'GET',
			uri: `${account.baseUrl}${account.path(ENDPOINTS.balance)}`,
			headers: { Accept: 'application/json', Authorization: `Bearer ${account.apiKey}` },
			timeout: DEADLINE_MS,
			followRedirect: false,
			simple: false,
			resolveWithFullResponse: true,
		})
		.catch((error: unknown) => {
			const noAnswer = toNoAnswer(error);
			throw describeNoAnswer({ ...noAnswer, reason: without(secrets, noAnswer.reason) });
		});
	const { statusCode = 0, headers = {}, body } = isObject(response) ? response : {};
	const answer = toAnswer(
		{ statusCode: Number(statusCode), headers: isObject(headers) ? headers : {} },
		Buffer.from(textOf(body) ?? JSON.stringify(body ?? '')),
		secrets,
	);
	if (answer.status === 200 && isObject(answer.body.data)) return;
	throw describeAnswer(answer, { account, label: (field) => `'${field}'` });
}
