/** The operations that cost money, as far as a simulation has to tell them apart. */
import type { INodeParameters } from 'n8n-workflow';
import { matchRoute } from '../../fake-deapi/endpoints/routes';
import type { ResultKind } from '../../fake-deapi/operations/operation';
import { lineOf, NAMES } from '../../resources/table';
import type { Line } from '../../resources/table/line';
import type { SourceFile } from '../../support/nodes';
import { asText } from '../../support/text';
import type { ItemPlan, OperationName } from '../scenario/scenario';
import { PICTURE, SONG, VIDEO } from './media';

/** What a job gives out. */
interface Result {
	/** The ending of its address. */
	extension: string;
	contentType: string;
	content: Buffer;
}

/** The files that operations begin with. */
export const FILES = {
	song: { content: SONG, extension: 'wav', mimeType: 'audio/wav' },
	video: { content: VIDEO, extension: 'mp4', mimeType: 'video/mp4' },
	picture: { content: PICTURE, extension: 'png', mimeType: 'image/png' },
} as const;

interface Operation {
	resource: string;
	/** The operation's value in saved workflows. */
	operation: string;
	/** The field that says what is to be made: it tells whose a submit is. */
	promptField?: string;
	/** The file without which there is nothing to do. */
	takes?: keyof typeof FILES;
	/** Parameters that name a field with a file. */
	fileParameters: INodeParameters;
	/** Fields with further files, all of them pictures. */
	pictures: string[];
	/** Whether its sound may lie at a URL. */
	takesUrl: boolean;
	/** Whether its size has fields of its own, and is no option. */
	hasSize: boolean;
	/** Answers at once: it makes no job. */
	isInstant: boolean;
	model: string;
	inferenceType: string;
	/** None where the status tells all, or the answer. */
	result?: Result;
}

const SOUND = { extension: 'mp3', contentType: 'audio/mpeg', content: SONG };
const MOVING = { extension: 'mp4', contentType: 'video/mp4', content: VIDEO };
const STILL = { extension: 'png', contentType: 'image/png', content: PICTURE };

const RESULTS: { [kind in ResultKind]: Result | undefined } = {
	...{ film: MOVING, video: MOVING, speech: SOUND, song: SOUND },
	...{ picture: STILL, png: STILL, text: undefined },
};

/** All that the table has: what is to be known of each stands there, and in the model of deAPI. */
const OPERATIONS = new Map(
	NAMES.map((name) => [lineOf(name).operation, operationOf(lineOf(name))]),
);

/** The main one first. */
export const PLAYED: readonly OperationName[] = [...OPERATIONS.keys()];

/** What the simulation has to know of an operation that it plays. */
export function operationNamed(name: OperationName): Operation {
	const operation = OPERATIONS.get(name);
	if (operation === undefined) throw new Error(`The table has no line of ${name}`);
	return operation;
}

function operationOf({ model, isInstant, minimal, item, parameters, every }: Line): Operation {
	const { fields } = model.submit;
	const promptField = ['prompt', 'text', 'caption'].find((name) => name in parameters);
	const { data, ...others } = item.files ?? {};
	const takes = data && kindOf(data);
	const named = Object.entries(parameters).filter(([name]) => /binaryProperty/i.test(name));
	const result = model.result === null ? undefined : RESULTS[model.result];
	return {
		resource: asText(parameters.resource),
		operation: asText(parameters.operation),
		...(promptField === undefined ? {} : { promptField }),
		...(takes === undefined ? {} : { takes }),
		fileParameters: {
			...Object.fromEntries(named),
			...(takes === undefined ? {} : { binaryPropertyName: 'data' }),
		},
		pictures: Object.keys(others),
		takesUrl: takes === 'song',
		hasSize: fields.width !== undefined && every.options.width === undefined,
		isInstant,
		model: asText(minimal.fields[model.modelField ?? 'model']),
		inferenceType: model.types[0],
		...(result === undefined ? {} : { result }),
	};
}

function kindOf({ fileName = '' }: SourceFile): keyof typeof FILES {
	if (fileName.endsWith('.mp4')) return 'video';
	return /\.(png|jpg)$/.test(fileName) ? 'picture' : 'song';
}

/** The operation that a path belongs to, the questions for its price included. */
export function operationAt(pathname: string): OperationName {
	const match = matchRoute('POST', pathname);
	if (match === null || match === 'method' || match.operation === null) {
		throw new Error(`No operation is known at ${pathname}`);
	}
	return match.operation;
}

/** Whether there is nothing to do without the item's file. */
export function needsFile({ operation }: { operation: OperationName }): boolean {
	return operationNamed(operation).takes !== undefined;
}

/** What an item's job or answer is to be made of, as a submit carries it. */
export function promptOf(owner: string): string {
	return `A song of ${owner}`;
}

/** What deAPI makes of an item's prompt, or hears in its sound. */
export function textFor(owner: string, edition = 0): string {
	return `Well said: a song of ${owner}${edition === 0 ? '' : EDITED}`;
}

/** What an edit adds to the words of an item, or of a clip. */
export const EDITED = ' anew';

/** An operation's own parameters, without those that all have; an expression is in each. */
export function ownParameters(
	name: OperationName,
	items: ItemPlan[],
	isEdited: boolean,
): INodeParameters {
	const { resource, operation, promptField, fileParameters, hasSize, model } = operationNamed(name);
	const broken = "$json.flaw === 'expression' ? $('Nowhere').first().json.x";
	return {
		...{ resource, operation },
		...fileParameters,
		// Where there is no prompt: not all have a model to choose, nor a field for a sound at a URL.
		...(promptField === undefined
			? {
					model: { __rl: true, mode: 'id', value: `={{ ${broken} : '${model}' }}` },
					binaryPropertyName: `={{ ${broken} : 'data' }}`,
				}
			: {
					// An edit says more where something is said.
					[promptField]: `={{ ${broken} : $json.prompt${isEdited ? ` && $json.prompt + '${EDITED}'` : ''} }}`,
				}),
		// Expressions cost more than all else here: only where items differ.
		...(hasSize
			? {
					width: items.some(({ flaw }) => flaw === 'tooWide') ? '={{ $json.width }}' : 512,
					height: 512,
				}
			: {}),
	};
}

/** Whether an operation has a field that an item's flaw can be in. */
export function hasField(name: OperationName, flaw: ItemPlan['flaw']): boolean {
	const { promptField, hasSize, isInstant } = operationNamed(name);
	if (flaw === 'noPrompt') return promptField !== undefined;
	if (flaw === 'tooWide') return hasSize;
	if (flaw === 'noAddress') return !isInstant;
	return true;
}
