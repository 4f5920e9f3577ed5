/**
 * The rules of `webhook_url` and `webhook_secret` beyond their lengths.
 */
import type { FakeSettings } from '../types';
import type { ErrorList } from './errors';

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
	} else if (secret) {
		errors.add('webhook_url', 'is required when webhook secret is present.');
	}
}
