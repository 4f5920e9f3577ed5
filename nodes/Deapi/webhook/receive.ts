/**
 * Takes one webhook call, from the bytes to the item with which the execution begins.
 *
 * Invariants, and why:
 * - The answer is sent by hand and before any slow work: n8n's own comes only when the execution has
 *   got a place, and deAPI waits 10 seconds. It repeats what was not answered 2xx, and after 10
 *   deliveries in a row that went unanswered it switches off the account's webhooks.
 * - So what deAPI has signed is answered 2xx also where it names no job: repeated, it would be the same.
 * - The claim on a delivery is taken before the answer, without an `await` in between.
 * - Once the answer is 200 an item follows, whatever happens: deAPI does not send it again.
 * - Nothing is thrown: n8n would answer 500 or save an execution that the user did not ask for.
 * - What an unsigned call says proves nothing: no link from its body is followed.
 */
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { clock } from '../basics/clock';
import { textOf } from '../basics/values';
import { fieldName } from '../result/options';
import { Account } from '../service/account';
import { claimDelivery, storeClaims } from './deliveries';
import type { Selection } from './event';
import { parseEvent, unwantedBecause } from './event';
import type { ItemOptions } from './items';
import { toItem } from './items';
import { verifyCall } from './verify';

/** The request and the answer as far as they are used here; n8n hands out Express' own. */
interface HttpRequest {
	headers: { [name: string]: unknown };
	rawBody?: unknown;
}
interface HttpResponse {
	status(code: number): { json(body: IDataObject): unknown };
}

interface Settings extends Selection, ItemOptions {
	acceptUnsigned: boolean;
	account: Account;
}

export async function receiveCall(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await work(context);
	} catch (error) {
		context.logger.error(`deAPI's call could not be taken: ${messageOf(error)}`);
		// deAPI repeats the call, for a day: time to put the credential or the parameter right.
		return answer(context, 500, {
			message: 'The call could not be taken; see the log of n8n',
		});
	}
}

async function work(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const settings = await readSettings(context);
	const request: HttpRequest = context.getRequestObject();
	const verdict = verifyCall(
		{
			rawBody: request.rawBody,
			signature: request.headers['x-deapi-signature'],
			timestamp: request.headers['x-deapi-timestamp'],
		},
		{
			secret: settings.account.webhookSecret,
			acceptUnsigned: settings.acceptUnsigned,
			now: clock.now(),
		},
	);
	if (!verdict.accepted) {
		context.logger.warn(`A call to the deAPI Trigger was refused: ${verdict.reason}`);
		return answer(context, 401, { message: verdict.reason });
	}
	const event = parseEvent(verdict.body);
	if (event === undefined && verdict.isSigned) {
		context.logger.warn(
			'A signed call to the deAPI Trigger was ignored: it is no event, or names no job',
		);
		return answer(context, 200, { status: 'ignored', reason: 'not a deAPI event' });
	}
	if (event === undefined) return answer(context, 400, { message: 'Not a deAPI event' });

	const reason = unwantedBecause(event, settings);
	if (reason !== undefined) return answer(context, 200, { status: 'ignored', reason });

	// The editor's test listens once: sending the same delivery again is what a test is for.
	const isTest = context.getMode() === 'manual';
	const trigger = `${context.getWorkflow().id}/${context.getNode().id}`;
	const stored = isTest ? {} : context.getWorkflowStaticData('node');
	if (!isTest && !claimDelivery(trigger, event.deliveryKey, stored, clock.now())) {
		return answer(context, 200, { status: 'ignored', reason: 'duplicate' });
	}
	const answered = answer(context, 200, { status: 'accepted' });

	if (!isTest) storeClaims(trigger, stored);
	const url = verdict.isSigned ? textOf(event.data.result_url) : undefined;
	const item = toItem(event, settings, { url, baseUrl: settings.account.baseUrl });
	return { ...answered, workflowData: [[item]] };
}

/** Reads all parameters at once: an expression that cannot be resolved has to show before the answer. */
async function readSettings(context: IWebhookFunctions): Promise<Settings> {
	const field = context.getNodeParameter('options.outputBinaryProperty', '');
	return {
		events: textsOf(context.getNodeParameter('events', [])),
		jobTypes: textsOf(context.getNodeParameter('jobTypes', [])),
		simplify: context.getNodeParameter('simplify', true) !== false,
		downloadResult: context.getNodeParameter('downloadResult', true) !== false,
		outputBinaryProperty: fieldName(field),
		acceptUnsigned: context.getNodeParameter('options.acceptUnsigned', false) === true,
		account: await Account.of(context),
	};
}

/** A list of texts, also where an expression gave them as one text with commas. */
function textsOf(value: unknown): string[] {
	const values: unknown[] = typeof value === 'string' ? value.split(',') : [value].flat();
	return values.flatMap((text) => textOf(text)?.trim() ?? []);
}

function answer(
	context: IWebhookFunctions,
	status: number,
	body: IDataObject,
): IWebhookResponseData {
	const response: HttpResponse = context.getResponseObject();
	response.status(status).json(body);
	return { noWebhookResponse: true };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
