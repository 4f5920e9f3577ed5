import type { FileStream } from './storage';

/** Looks at a file as it passes by. */
export interface FileCheck {
	add(bytes: Buffer): void;
	/** The file has ended: what is wrong with it, as the end of "the file …". */
	fault(): string | undefined;
}

/**
 * Keeps what comes until it is known who looks at it.
 *
 * @returns tells who does, if anybody
 */
export function tap(stream: FileStream): (check: FileCheck | undefined) => void {
	let kept: Buffer[] | undefined = [];
	let check: FileCheck | undefined;
	const early: unknown = stream.readableLength > 0 ? stream.read() : undefined;
	if (Buffer.isBuffer(early)) {
		kept.push(early);
		stream.unshift(early);
	}
	const push = stream.push.bind(stream);
	stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
		if (Buffer.isBuffer(chunk)) {
			kept?.push(chunk);
			check?.add(chunk);
		}
		return push(chunk, encoding);
	};
	return (chosen) => {
		for (const bytes of kept ?? []) chosen?.add(bytes);
		kept = undefined;
		check = chosen;
	};
}
