import type { INodeExecutionData } from 'n8n-workflow';
import { isObject, numberOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { declareOperation } from '../../engine/operation';
import { Account } from '../../service/account';
import { describeAnswer, describeNoAnswer } from '../../service/answers';
import { ENDPOINTS, urlExpression } from '../../service/endpoints';
import { readDeapi } from '../../service/transport';

/** How long the question may take, in milliseconds. */
const DEADLINE_MS = 30_000;

/** The account's credit. */
async function readBalance(call: Call): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const answer = await readDeapi(call, account, {
		endpoint: ENDPOINTS.balance,
		deadline: DEADLINE_MS,
	});
	if (!answer.answered) throw describeNoAnswer(answer);
	const data = isObject(answer.body.data) ? answer.body.data : {};
	const balance = numberOf(data.balance);
	if (answer.status !== 200 || balance === undefined) {
		throw describeAnswer(answer, { account, label: (field) => call.label(field) });
	}
	return [{ json: { ...data, balance, currency: 'USD' }, pairedItem: { item: call.item } }];
}

export const getBalance = declareOperation({
	name: 'getBalance',
	displayName: 'Get Balance',
	action: 'Get the account balance',
	description: 'Read how much credit the account has',
	request: { method: 'GET', url: urlExpression(ENDPOINTS.balance) },
	fields: [],
	work: readBalance,
});
