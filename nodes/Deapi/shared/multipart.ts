import FormData from 'form-data';
import type { InputFile } from './files';
import type { FileStream } from './types';
import type { MediaType } from './media';
import { safeFileName } from './media';

/** A file on its way into a request, checked before. */
export interface FilePart {
	/** deAPI's name of the field. */
	name: 'audio' | 'first_frame_image' | 'last_frame_image';
	file: InputFile;
	type: MediaType;
}

/** The text fields of a request; what is undefined is not sent. */
export interface TextParts {
	[name: string]: string | number | undefined;
}

/**
 * Builds the body of a submit. A body can be sent once, so each attempt builds its own; files that
 * lie outside memory are opened here and not before.
 *
 * deAPI is a PHP application: a file part needs a file name and a true content type, and an optional
 * field that is sent as empty text is not the same as one that is absent.
 *
 * @param text deAPI's field names with their values
 * @param files the file parts
 * @returns the form, to be sent with the headers that `form.getHeaders()` gives, and a function that
 * closes the files, also where they were not read to their end
 */
export async function buildForm(
	text: TextParts,
	files: FilePart[],
): Promise<{ form: FormData; close: () => void }> {
	const form = new FormData();
	const streams: FileStream[] = [];
	const close = () => {
		for (const stream of streams) stream.destroy();
	};
	for (const [name, value] of Object.entries(text)) {
		if (value !== undefined) form.append(name, String(value));
	}
	for (const { name, file, type } of files) {
		const content = await file.open();
		if (!Buffer.isBuffer(content)) streams.push(content);
		form.append(name, content, {
			filename: safeFileName(file.fileName, type, name),
			contentType: type.contentType,
			// Without it form-data would have to read a stream to its end to know the request's length.
			knownLength: file.size,
		});
	}
	return { form, close };
}
