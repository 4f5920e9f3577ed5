import { shown } from '../basics/quote';
import type { Account } from '../service/account';
import type { ValidationErrors } from './checks/validationErrors';

/** Source: deAPI's specification of `webhook_url` and of `webhook_secret`. */
const URL_LENGTH = 2048;
const SECRET_LENGTH = { min: 32, max: 255 };

/** The webhook's fields, as deAPI calls them. */
export interface WebhookFields {
	webhook_url?: string;
	webhook_secret?: string;
}

/**
 * The webhook's fields of a job. v2 of the API takes a secret for signing beside the URL: with the one
 * from the credential no secret has to be set in deAPI's dashboard.
 *
 * @param value the option's value
 * @param validationErrors takes what is wrong with it
 */
export function readWebhook(
	value: unknown,
	{ apiVersion, webhookSecret }: Account,
	validationErrors: ValidationErrors,
): WebhookFields {
	const url = typeof value === 'string' ? value.trim() : value;
	if (url === undefined || url === null || url === '') return {};
	if (typeof url !== 'string' || !/^https:\/\/[^\s/]+/i.test(url) || !URL.canParse(url)) {
		const advice =
			'Enter the production URL of a deAPI Trigger node. deAPI calls https addresses only; n8n shows https URLs when its own public address (WEBHOOK_URL) is https.';
		validationErrors.add('webhookUrl', `is not an https address: ${shown(url)}`, advice);
		return {};
	}
	if (/\s/.test(url)) {
		validationErrors.add('webhookUrl', 'has a space in it', 'Copy the URL again, in one piece.');
		return {};
	}
	if (url.length > URL_LENGTH) {
		const advice = `deAPI takes up to ${URL_LENGTH}. Use a shorter address.`;
		validationErrors.add('webhookUrl', `has ${url.length} characters`, advice);
		return {};
	}
	if (apiVersion !== 'v2' || webhookSecret === '') return { webhook_url: url };
	const { min, max } = SECRET_LENGTH;
	if (webhookSecret.length < min || webhookSecret.length > max) {
		validationErrors.push({
			field: 'webhookUrl',
			message: `'Webhook Secret' in the 'deAPI API' credential has ${webhookSecret.length} characters`,
			description: `deAPI takes ${min} to ${max} characters with API version v2. Set a longer one in the credential and in deAPI's dashboard.`,
		});
		return {};
	}
	return { webhook_url: url, webhook_secret: webhookSecret };
}
