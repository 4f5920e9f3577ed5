import type { FileStream } from './types';
import { durationText } from './values';
import { pause } from './waiting';

/**
 * Cuts a stream off as soon as it has brought more than the limit, while it runs: a server that says
 * nothing about the size, or lies, must not fill the disk.
 *
 * n8n's rules allow a node no import of Node's streams, so the stream's own intake is watched instead
 * of piping it through another one; what is already waiting in its buffer counts too.
 *
 * @param limit bytes
 * @param onExceeded makes what the stream breaks off with
 * @returns the same stream, and how many bytes have come so far
 */
export function limitStream(
	stream: FileStream,
	limit: number,
	onExceeded: () => Error,
): { stream: FileStream; received: () => number } {
	let received = stream.readableLength;
	const push = stream.push.bind(stream);
	stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
		if (Buffer.isBuffer(chunk)) received += chunk.length;
		if (received <= limit) return push(chunk, encoding);
		stream.destroy(onExceeded());
		return false;
	};
	return { stream, received: () => received };
}

/**
 * Breaks a stream off that brings nothing any more, but stays open: it would hold up the workflow for
 * ever.
 *
 * @param received how many bytes have come so far
 * @param idle milliseconds without a byte; the stream is broken off before twice as many have passed
 * @param isOver whether nobody waits for the stream any more
 */
export async function breakOffWhenIdle(
	stream: FileStream,
	received: () => number,
	idle: number,
	isOver: () => boolean,
): Promise<void> {
	let seen: number;
	do {
		seen = received();
		await pause(idle, undefined, isOver);
	} while (!isOver() && received() > seen);
	if (isOver()) return;
	stream.destroy(new Error(`nothing came for ${durationText(idle / 1000)}`));
}
