/** The binary fields that operations on pictures and videos begin with. */
import type { INodeProperties } from 'n8n-workflow';

const PICTURES = 'JPG, PNG, GIF, BMP or WebP, up to 10 MB';

/** The picture that something is made of. */
export const pictureField: INodeProperties = {
	displayName: 'Input Image Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	description: `The binary field that holds the picture: ${PICTURES}`,
	hint: 'The name of the input field containing the picture',
};

/** The pictures that one is made of. */
export const picturesField: INodeProperties = {
	...pictureField,
	displayName: 'Input Image Fields',
	placeholder: 'e.g. data, background',
	description: `The binary fields that hold the pictures, separated by commas: ${PICTURES} each. The list of models says how many each takes.`,
	hint: 'The names of the input fields containing the pictures',
};

/** The video that another one is made of. */
export const videoField: INodeProperties = {
	displayName: 'Input Video Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	placeholder: 'e.g. data',
	description:
		'The binary field that holds the video: MP4, MPEG, MOV, AVI, WMV or OGG, up to 50 MB',
	hint: 'The name of the input field containing the video file',
};

/**
 * The option that names a picture at an end of the video.
 *
 * @param end which one
 */
export function frameOption(end: 'First' | 'Last'): INodeProperties {
	const name = end.toLowerCase();
	const option: INodeProperties = {
		displayName: `${end} Frame Image Field`,
		name: `${name}FrameBinaryProperty`,
		type: 'string',
		default: '',
		placeholder: 'e.g. image',
		description: `The binary field that holds the picture the video ${end === 'First' ? 'starts' : 'ends'} with: ${PICTURES}`,
	};
	return option;
}

/** Said to whoever makes a tool of an operation that begins with a file. */
export const noFilesNotice: INodeProperties = {
	displayName:
		'This operation needs a file, and an agent cannot hand over files, so it does not work as a tool. Put the node after the one that gives the file instead.',
	name: 'toolNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
};
