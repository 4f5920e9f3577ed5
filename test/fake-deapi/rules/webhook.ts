/**
 * The rules of `webhook_url` and `webhook_secret`, which every endpoint that makes a job shares.
 */
import type { FakeSettings } from '../types';
import type { ErrorList } from './errors';

const MAX_URL_LENGTH = 2048;
const SECRET_LENGTH = { min: 32, max: 255 };

/** Checks both fields; null is a field that was not sent. */
export function checkWebhook(
	url: string | null,
	secret: string | null,
	settings: FakeSettings,
	errors: ErrorList,
): void {
	if (url) {
		if (!URL.canParse(url)) errors.add('webhook_url', 'must be a valid URL.');
		const allowed = settings.requireHttpsWebhooks ? /^https:\/\//i : /^https?:\/\//i;
		if (!allowed.test(url)) {
			errors.add('webhook_url', 'must start with one of the following: https://.');
		}
		if (Array.from(url).length > MAX_URL_LENGTH) {
			errors.add('webhook_url', `must not be greater than ${MAX_URL_LENGTH} characters.`);
		}
	}
	if (secret) {
		const { min, max } = SECRET_LENGTH;
		if (secret.length < min) errors.add('webhook_secret', `must be at least ${min} characters.`);
		if (secret.length > max) {
			errors.add('webhook_secret', `must not be greater than ${max} characters.`);
		}
		if (!url) errors.add('webhook_url', 'is required when webhook secret is present.');
	}
}
