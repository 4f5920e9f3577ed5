/**
 * The deeds that cost money: jobs and enhanced prompts, and the answers to what they would cost.
 */
import type { Account } from '../accounts/accounts';
import { json, listed, unprocessable, type Answer, type Errors } from '../http/answers';
import type { ReadBody } from '../http/body';
import { OPERATIONS, priceOf } from '../operations';
import { lengthOf } from '../results/length';
import { checkFields } from '../rules/fields';
import { Values } from '../rules/values';
import type { FakeSettings, Operation, RecordedPart, RecordedRequest, Surface } from '../types';
import type { Service } from './service';

/** A request for an operation. */
export interface Asking {
	operation: Operation;
	surface: Surface;
	/** Gets the job made, and the fields nobody knows. */
	request: RecordedRequest;
	body: ReadBody;
}

const NO_CREDIT = 'Insufficient balance. Please top up your account.';

/** Makes a job, or enhances a prompt. */
export async function make(service: Service, account: Account, asking: Asking): Promise<Answer> {
	const { settings, jobs, accounts } = service;
	const { operation, surface, request, body } = asking;
	const checked = await check('submit', settings, asking);
	if ('refusal' in checked) return checked.refusal;
	const { values } = checked;
	const price = priceOf(operation, values, settings);
	if (account.balance < Math.max(price, settings.minimumBalance)) {
		return settings.lowBalanceStatus === 402
			? json(402, { message: NO_CREDIT })
			: unprocessable({ balance: [NO_CREDIT] });
	}
	accounts.charge(account.key, price);
	const { result, types, jobType } = OPERATIONS[operation];
	if (result === null) return enhance(settings, values);
	const fields = values.texts();
	const job = jobs.create({
		operation,
		job_type: jobType?.(values) ?? types[0],
		account: account.key,
		surface,
		fields,
		files: body.parts.filter((part) => part.kind === 'file').map(fileOf),
		price,
		webhookUrl: fields.webhook_url ?? null,
		webhookSecret: fields.webhook_secret ?? null,
	});
	request.requestId = job.request_id;
	return json(200, { data: { request_id: job.request_id } });
}

/** Tells what an operation would cost; for prompts without `data`, as the specification has it. */
export async function answerPrice(settings: FakeSettings, asking: Asking): Promise<Answer> {
	const checked = await check('price', settings, asking);
	if ('refusal' in checked) return checked.refusal;
	const price = priceOf(asking.operation, checked.values, settings);
	if (OPERATIONS[asking.operation].result === null) return json(200, { price });
	const { priceIsEstimated: is_estimated } = settings;
	return json(200, { data: { price, ...(is_estimated === undefined ? {} : { is_estimated }) } });
}

/** Holds a request against the rules of its endpoint. */
async function check(
	endpoint: 'submit' | 'price',
	settings: FakeSettings,
	{ operation, surface, request, body }: Asking,
): Promise<{ values: Values } | { refusal: Answer }> {
	if (body.malformed !== null) return { refusal: json(400, { message: body.malformed }) };
	for (const [part, bytes] of body.kept) {
		part.seconds = await lengthOf(bytes);
		settings.onSound?.(bytes, part);
	}
	const entry = OPERATIONS[operation];
	const values = Values.of(entry[endpoint].encoding, body, request.json);
	const errors = checkFields(entry, endpoint, values, surface, settings);
	request.unexpectedFields = prohibited(errors);
	if (Object.keys(errors).length === 0) return { values };
	const asList = entry.result === null && settings.promptErrors === 'list';
	return { refusal: asList ? listed(errors) : unprocessable(errors) };
}

/** @returns the fields that the endpoint does not know */
function prohibited(errors: Errors): string[] {
	return Object.keys(errors).filter((name) =>
		errors[name]?.some((message) => message.endsWith('field is prohibited.')),
	);
}

function enhance(settings: FakeSettings, values: Values): Answer {
	const fields = values.texts();
	const negative = fields.negative_prompt;
	const enhancement = settings.enhancement?.(fields) ?? {
		prompt: `${fields.prompt}, soft evening light, rich in detail`,
		negative_prompt: negative === undefined ? null : `${negative}, low quality`,
	};
	return json(200, enhancement);
}

/** A file as its job keeps it. */
function fileOf(part: RecordedPart) {
	const { name, filename, contentType, headers, size, sha256, mediaType, seconds, imageSize } =
		part;
	return { name, filename, contentType, headers, size, sha256, mediaType, seconds, imageSize };
}
