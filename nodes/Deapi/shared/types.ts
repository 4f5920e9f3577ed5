import type {
	IBinaryData,
	IDataObject,
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { ApiVersion } from './endpoints';

/** The n8n contexts in which this package talks to deAPI. */
export type DeapiContext =
	IExecuteSingleFunctions | IExecutePaginationFunctions | ILoadOptionsFunctions | IWebhookFunctions;

/** The contexts that can also store files. */
export type FileContext = IExecuteSingleFunctions | IExecutePaginationFunctions | IWebhookFunctions;

/** A file's content as a stream, as n8n's helpers hand it out. */
export type FileStream = Awaited<ReturnType<IExecuteSingleFunctions['helpers']['getBinaryStream']>>;

/** What the `deapiApi` credential holds. */
export interface DeapiCredentials {
	apiKey: string;
	webhookSecret: string;
	apiVersion: ApiVersion;
	/** Without slashes at its end. */
	baseUrl: string;
}

/** deAPI's job states. Any other text is taken as "still running". */
export type JobStatus = 'pending' | 'processing' | 'done' | 'error';

/** The `data` of a status answer, as far as this package reads it; the rest is passed on as it is. */
export interface Job extends IDataObject {
	status: JobStatus | string;
	progress?: number;
	preview?: string | null;
	result_url?: string | null;
	error_code?: string;
	error_message?: string;
	error_reason?: string;
	retryable?: boolean;
	refunded?: boolean;
}

/** What a submit leaves behind: what was sent, with the ID that deAPI gave to the job. */
export interface SubmittedJob extends IDataObject {
	request_id: string;
	model: string;
	seed: number;
	width: number;
	height: number;
	frames: number;
	fps: number;
}

/** A job's result, in n8n's file storage. */
export type ResultFile = IBinaryData;

/** A model of the catalogue, PHP's habits removed: numbers are numbers, flags are booleans. */
export interface Model extends IDataObject {
	name: string;
	slug: string;
	inference_types: string[];
	limits: { [limit: string]: number | string | IDataObject | undefined };
	features: { [feature: string]: boolean };
	defaults: IDataObject;
}
