import type { IExecutePaginationFunctions, INodeExecutionData } from 'n8n-workflow';
import { DeapiFailure, describeAnswer, describeNoAnswer } from '../../shared/errors';
import { callDeapi } from '../../shared/http';
import type { RoutingRequest } from '../../shared/operation';
import { isObject, numberOf } from '../../basics/values';

/** The operation's work: the account's credit. It has no fields. */
export async function getBalance(
	context: IExecutePaginationFunctions,
	{ options }: RoutingRequest,
): Promise<INodeExecutionData[]> {
	const answer = await callDeapi(context, options);
	if (!answer.answered) throw new DeapiFailure(describeNoAnswer(answer));
	const data = isObject(answer.body.data) ? answer.body.data : {};
	const balance = numberOf(data.balance);
	if (answer.status !== 200 || balance === undefined) {
		throw new DeapiFailure(describeAnswer(answer));
	}
	return [
		{
			json: { ...data, balance, currency: 'USD' },
			pairedItem: { item: context.getItemIndex() },
		},
	];
}
