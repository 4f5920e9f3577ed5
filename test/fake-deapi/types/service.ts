/**
 * The names of the service: its surfaces, routes and models.
 */
import type { OperationName } from '../operations';

/** The two API surfaces; jobs are shared between them. */
export type Surface = 'v1' | 'v2';

/** What can be made. */
export type Operation = OperationName;

/**
 * What a request was for. `submit` makes a video of a sound, `price` is that of any operation (the
 * record's `operation` tells which), `result` is the storage behind the pre-signed links.
 */
export type Route =
	| 'submit'
	| Exclude<Operation, 'audioToVideo'>
	| 'price'
	| 'status'
	| 'models'
	| 'balance'
	| 'result';

export type JobStatus = 'pending' | 'processing' | 'done' | 'error';

export type WebhookEvent = 'job.processing' | 'job.completed' | 'job.failed';

/** File types the fake knows by their first bytes. */
export type MediaType =
	| ('mp3' | 'wav' | 'ogg' | 'flac' | 'aac' | 'm4a')
	| ('jpg' | 'png' | 'gif' | 'bmp' | 'webp')
	| ('mp4' | 'mov' | 'mpeg' | 'avi' | 'wmv' | 'webm');

/** A language of a speech model, with its voices. */
export interface FakeLanguage {
	name: string;
	slug: string;
	voices: Array<{ name: string; slug: string; gender?: string | null }>;
}

/** A model as the models endpoint prints it: loosely typed on purpose, as PHP prints it loosely. */
export interface FakeModel {
	name: string;
	slug: string;
	inference_types: readonly string[] | Record<string, unknown>;
	info?: unknown;
	loras?: Array<{ display_name: string; name: string }> | null;
	languages?: FakeLanguage[] | null;
	tags?: string[];
	status?: string;
}
