/** Files of a request whose storage the test itself is. */
import { Readable } from 'node:stream';
import { Gate } from '../../nodes/Deapi/basics/gate';
import { MP3 } from '../../nodes/Deapi/files/kinds';
import type { FilePart } from '../../nodes/Deapi/prepare/files';

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
		gate: new Gate({ all: 1 }),
	};
}
