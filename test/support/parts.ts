/** Submits made by hand, whose storage the test itself is. */
import { Readable } from 'node:stream';
import type { Call } from '../../nodes/Deapi/engine/call';
import { MP3 } from '../../nodes/Deapi/files/kinds';
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { FilePart } from '../../nodes/Deapi/prepare/files';
import type { PreparedRequest } from '../../nodes/Deapi/prepare/request';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../nodes/Deapi/prepare/video';
import { itemReport } from '../../nodes/Deapi/submit/outcome/report';
import type { Submit } from '../../nodes/Deapi/submit/send';

/** A file on its way out of a storage: nothing comes but what the test pushes. */
export function openStream(): Readable {
	return new Readable({ read: () => undefined });
}

/**
 * A file that was checked before, and is opened now.
 *
 * @param size bytes, as n8n says
 * @param open gives its content; may throw
 */
export function partOf(size: number, open: () => Buffer | Readable, name = 'audio'): FilePart {
	return {
		name,
		file: {
			size,
			fileName: 'song.mp3',
			readHead: async () => await Promise.reject(new Error('Its head was read before')),
			open: async () => await Promise.resolve().then(open),
		},
		type: MP3,
		subject: 'The song',
	};
}

/** A submit with one file, or with none. */
export function submitOf(
	file?: FilePart,
	request: Partial<PreparedRequest> = {},
	changes: Partial<Submit> = {},
): Submit {
	const files = file === undefined ? [] : [file];
	const prepared = { body: {}, files, sent: {}, priced: {}, ...request };
	return {
		key: { item: 0 },
		endpoint: AUDIO_TO_VIDEO_ENDPOINT,
		request: async () => await Promise.resolve({ encoding: 'multipart', ...prepared }),
		...changes,
	};
}

/** What a work for an item comes to: its result, or what the user reads in its place. */
export async function reportedBy(call: Call, work: Promise<unknown>): Promise<unknown> {
	return await work.catch((error: unknown) =>
		error instanceof Failure ? itemReport(call, error) : error,
	);
}

/** What a work comes to: its result, or what is said in its place. */
export async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
	return await work.catch((error: unknown) => (error instanceof Failure ? error.facts : error));
}
