/**
 * The defaults: quick enough for tests, without limits, with one account that has credit.
 */
import { defaultCatalogue } from './catalogue/catalogue';
import { TIKTOK_MODEL } from './operations/transcription';
import { defaultResult } from './results/files';
import type { After, FakeDeapiOptions, FakeSettings } from './types';

/**
 * Scales the retry schedule of nearly 23 hours to 0.8 s.
 */
const QUICK_RETRIES = 1e-5;

/** Time as it passes for everybody. */
export const trueTime: After = (ms, done) => {
	const timer = setTimeout(done, ms);
	return () => clearTimeout(timer);
};

/**
 * @param options what differs from the defaults; undefined counts as not given
 * @returns all settings
 */
export function settingsFrom(options: FakeDeapiOptions): FakeSettings {
	const given = Object.entries(options).filter(([, value]) => value !== undefined);
	const defaults: FakeSettings = {
		apiKeys: ['test-key'],
		webhookSecret: undefined,
		accountWebhookUrl: undefined,
		balance: 100,
		price: 0.15,
		prices: {},
		priceIsEstimated: undefined,
		jobPrice: true,
		minimumBalance: 0,
		lowBalanceStatus: 422,
		models: options.models ?? defaultCatalogue(),
		unlistedModels: [TIKTOK_MODEL],
		soundLengths: false,
		onSound: undefined,
		limits: {},
		quotaHeaders: 'limited',
		dayEndsAtMidnight: false,
		now: () => Date.now(),
		after: trueTime,
		submitsPerMinute: undefined,
		submitsPerDay: undefined,
		statusPerMinute: undefined,
		statusPerDay: undefined,
		minuteMs: 60_000,
		retryAfter: undefined,
		rateLimitType: true,
		pendingMs: 5,
		processingMs: 15,
		webhookTimeScale: QUICK_RETRIES,
		webhookTimeoutMs: 10_000,
		webhookExtraData: {},
		webhooksEnabled: true,
		requireHttpsWebhooks: true,
		resultFile: options.resultFile ?? defaultResult(),
		results: 'file',
		songFile: undefined,
		picture: undefined,
		film: {},
		resultContentType: undefined,
		resultEndings: true,
		transcript: undefined,
		enhancement: undefined,
		promptErrors: 'list',
		v1Removed: false,
		v1ErrorReasons: false,
		jobErrors: undefined,
		resultTtlMs: 3_600_000,
		ca: undefined,
		lost: undefined,
		suspended: false,
		recordBodies: true,
		publicUrl: undefined,
	};
	return { ...defaults, ...Object.fromEntries(given) };
}
