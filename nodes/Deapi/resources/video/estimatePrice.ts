import type {
	IDataObject,
	IExecutePaginationFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { DeapiFailure, describeAnswer, describeNoAnswer } from '../../shared/errors';
import { callDeapi, readCredentials } from '../../shared/http';
import type { RoutingRequest } from '../../shared/operation';
import { checkVideoValues } from '../../shared/validation';
import { isObject, numberOf } from '../../basics/values';
import { showFor, stepsOption, videoFields, whenTooLongOption } from '../descriptions';

export const estimatePriceFields: INodeProperties[] = [
	...videoFields('estimatePrice', ['frames', 'seconds']),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: showFor('video', 'estimatePrice'),
		options: [stepsOption, whenTooLongOption(['seconds'])],
	},
];

/** The operation's work: what a video with these values would cost. */
export async function estimatePrice(
	context: IExecutePaginationFunctions,
	request: RoutingRequest,
): Promise<INodeExecutionData[]> {
	const credentials = await readCredentials(context);
	const { values, facts } = await checkVideoValues(context, request, credentials);
	const body: IDataObject = { ...values };
	const answer = await callDeapi(context, { ...request.options, body, json: true });
	if (!answer.answered) throw new DeapiFailure(describeNoAnswer(answer));
	const data = isObject(answer.body.data) ? answer.body.data : {};
	const price = numberOf(data.price);
	if (answer.status !== 200 || price === undefined) throw new DeapiFailure(describeAnswer(answer));
	return [
		{
			json: { ...data, ...body, ...facts, price, currency: 'USD' },
			pairedItem: { item: context.getItemIndex() },
		},
	];
}
