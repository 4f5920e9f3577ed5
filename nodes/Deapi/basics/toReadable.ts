import Readable from 'readable-stream/lib/internal/streams/readable';

/**
 * A content that is made piece by piece, as a stream for n8n's `prepareBinaryData`.
 *
 * n8n's storages disagree about what they take: files on disk are written from anything that can be gone
 * through, but memory, the database and S3 listen to a stream's events. n8n's rules allow a node no import
 * of Node's streams; this is the same stream from npm, in plain JavaScript.
 *
 * @param content is told to stop where the storage gives up; what it throws, `prepareBinaryData` throws
 */
export function toReadable(content: AsyncIterable<Buffer>): ReturnType<typeof Readable.from> {
	// One piece is made ahead of what the storage takes.
	return Readable.from(content, { highWaterMark: 1 });
}
