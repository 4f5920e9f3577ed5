/**
 * Where the fake is stricter than the service, on purpose, and why. All else is as the specification
 * has it, or as clients of the real service have found it.
 */
import type { Operation } from './types';

/** Of every operation. */
export const EVERYWHERE = {
	unknown:
		'A field that is not known is refused. PHP overlooks it, and with it a slip in its name.',
	repeated: 'A field that is sent twice is refused. PHP takes the last one.',
	empty: 'An optional field that is sent empty is refused. PHP takes it for one that is not sent.',
	quoted: 'A number in quotes is refused in JSON. Laravel takes it; the specification says number.',
	untrue:
		'A file is refused whose content type is not that of its bytes. PHP looks at the bytes only.',
	lacking: 'What a model says it lacks is refused. Some models overlook it, others do not.',
	ranges: "A question for a price is held to the model's ranges, as the job would be.",
} as const;

/** Of single fields: what the specification does not say of them. */
export const ON_FIELDS: ReadonlyArray<{
	operation: Operation;
	endpoint: 'submit' | 'price';
	fields: readonly string[];
	rule: 'min' | 'choices' | 'required';
	why: string;
}> = [
	{
		operation: 'speech',
		endpoint: 'submit',
		fields: ['voice', 'ref_audio', 'instruct'],
		rule: 'required',
		why: 'Each is what one of the modes is about; the pages say so.',
	},
	{
		operation: 'speech',
		endpoint: 'price',
		fields: ['text'],
		rule: 'required',
		why: 'A price needs a length: the text, or `count_text`.',
	},
	{
		operation: 'music',
		endpoint: 'submit',
		fields: ['seed'],
		rule: 'min',
		why: 'The pages name -1 for a random one, and nothing below it.',
	},
	{
		operation: 'picture',
		endpoint: 'submit',
		fields: ['seed'],
		rule: 'min',
		why: 'Nothing is said of -1 here: a client draws one.',
	},
	{
		operation: 'pictureEdit',
		endpoint: 'submit',
		fields: ['seed'],
		rule: 'min',
		why: 'Nothing is said of -1 here either.',
	},
	{
		operation: 'prompt',
		endpoint: 'submit',
		fields: ['type'],
		rule: 'choices',
		why: 'The specification names some of them as examples, the pages all.',
	},
];
