import FormData from 'form-data';
import type { IDataObject } from 'n8n-workflow';
import { sizeText } from '../basics/values';
import { Failure } from '../engine/failure';
import { watchBytes } from '../files/stream';
import type { FileStream } from '../files/storage';
import type { Deviation } from '../files/stream';
import { safeFileName } from '../files/name';
import type { FilePart } from '../prepare/files';
import { goneFile } from '../prepare/files';
import type { PreparedRequest } from '../prepare/request';

/** A body on its way. */
interface Body {
	content: FormData | IDataObject;
	headers: IDataObject;
	/** Closes the files, also where they were not read to their end. */
	close: () => void;
	/**
	 * Closes the connection of an upload that got no answer. n8n up to 2.0 leaves it open (its axios
	 * forgets the request before it could end it); only the body still leads there.
	 */
	hangUp: () => void;
	/** Why the body cannot be sent as it was announced; known while it is being sent. */
	broken: () => Failure | undefined;
}

/** What a body is made of. */
type Parts = Pick<PreparedRequest, 'body' | 'files'>;

/**
 * Builds a request's body, as its endpoint takes it.
 *
 * @param onBroken has to break the request off: a file is not as long as was announced
 * @throws {Failure} where a file cannot be read any more
 */
export async function buildBody(
	request: Parts & Pick<PreparedRequest, 'encoding'>,
	onBroken: () => void,
): Promise<Body> {
	return request.encoding === 'json' ? buildJson(request) : await buildForm(request, onBroken);
}

function buildJson(request: Parts): Body {
	const present = Object.entries(request.body).filter(([, value]) => value !== undefined);
	return {
		content: Object.fromEntries(present),
		headers: { 'Content-Type': 'application/json' },
		close: () => {},
		hangUp: () => {},
		broken: () => undefined,
	};
}

/**
 * Builds a multipart body. A body can be sent once, so each try builds its own; files that lie outside
 * memory are opened here and not before.
 *
 * deAPI is a PHP application: a file part needs a file name and a true content type, and an optional
 * field that is sent as empty text is not the same as one that is absent.
 */
async function buildForm(request: Parts, onBroken: () => void): Promise<Body> {
	const form = new FormData();
	const streams: FileStream[] = [];
	let broken: Failure | undefined;
	let isClosed = false;
	const close = () => {
		isClosed = true;
		for (const stream of streams) stream.destroy();
	};
	const hangUp = () => {
		if (form.listenerCount('error') > 0) form.emit('error', new Error('The upload was given up'));
	};
	for (const [name, value] of Object.entries(request.body)) {
		if (value !== undefined) form.append(name, textOfPart(value));
	}
	for (const part of request.files) {
		const content = await open(part, close);
		const size = Buffer.isBuffer(content) ? content.length : part.file.size;
		if (!Buffer.isBuffer(content)) {
			streams.push(content);
			watchBytes(content, size, (deviation) => {
				// A file that is closed because its request is over has not broken it off.
				if (isClosed) return;
				broken ??= changedFile(part, deviation);
				onBroken();
			});
		}
		form.append(part.name, content, {
			filename: safeFileName(part.file.fileName, part.type, part.name),
			contentType: part.type.contentType,
			// Without it form-data would have to read a stream to its end to know the request's length.
			knownLength: size,
		});
	}
	return { content: form, headers: form.getHeaders(), close, hangUp, broken: () => broken };
}

/** Laravel takes `1` and `0` for booleans in a form, and refuses `true`. */
function textOfPart(value: unknown): string {
	return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

/** Opens a file; where that does not work, those that are open already are closed. */
async function open(part: FilePart, close: () => void): Promise<Buffer | FileStream> {
	try {
		return await part.file.open();
	} catch (error) {
		close();
		throw unreadable(part, error);
	}
}

function unreadable(part: FilePart, cause: unknown): Failure {
	if (cause instanceof Failure) return cause;
	const { message, description } = goneFile(part);
	return new Failure({ message, description, submitted: 'no' }, { cause });
}

function changedFile(part: FilePart, { received, isBroken }: Deviation): Failure {
	const { subject, file } = part;
	const end = 'The upload was ended early; nothing was submitted.';
	if (isBroken) {
		return new Failure({
			message: `${subject} could not be read to its end`,
			description: `The transfer from n8n's file storage broke off. ${end} Run the node again.`,
			submitted: 'no',
		});
	}
	const [more, than] = received > file.size ? ['more', 'than'] : ['only', 'of'];
	const amount = received > file.size ? '' : ` ${sizeText(received)}`;
	return new Failure({
		message: `${subject} is not as long as n8n says: ${more}${amount} ${than} the ${sizeText(file.size)} came`,
		description: `It was changed while the item waited, or an earlier node gave it a wrong size. ${end} Run the node that gives the file again.`,
		submitted: 'no',
	});
}
