/** The operations that cost money, as far as a simulation has to tell them apart. */
import type { INodeParameters } from 'n8n-workflow';
import { matchRoute } from '../../fake-deapi/endpoints/routes';
import type { ItemPlan, OperationName } from '../scenario/scenario';
import { PICTURE, SONG, VIDEO } from './media';

/** What a job gives out. */
interface Result {
	/** The ending of its address. */
	extension: string;
	contentType: string;
	content: Buffer;
}

interface Operation {
	resource: string;
	/** The operation's value in saved workflows. */
	operation: string;
	/** The field that says what is to be made: it tells whose a submit is. */
	promptField?: string;
	/** The file without which there is nothing to do. */
	takes?: 'song' | 'video';
	/** Whether its sound may lie at a URL. */
	takesUrl?: true;
	/** Whether its size is the user's choice. */
	hasSize?: true;
	/** Answers at once: it makes no job. */
	isInstant?: true;
	model: string;
	inferenceType: string;
	/** None where the status tells all, or the answer. */
	result?: Result;
}

const SOUND_RESULT = { extension: 'wav', contentType: 'audio/wav', content: SONG };
const VIDEO_RESULT = { extension: 'mp4', contentType: 'video/mp4', content: VIDEO };

export const OPERATION: { [name in OperationName]: Operation } = {
	audioToVideo: {
		...{ resource: 'video', operation: 'generateFromAudio', promptField: 'prompt' },
		...{ takes: 'song', takesUrl: true, hasSize: true, result: VIDEO_RESULT },
		...{ model: 'Ltx2_3_22B_Dist_INT8', inferenceType: 'audio2video' },
	},
	picture: {
		...{ resource: 'image', operation: 'generate', promptField: 'prompt', hasSize: true },
		...{ model: 'Flux_2_Klein_4B_BF16', inferenceType: 'txt2img' },
		result: { extension: 'png', contentType: 'image/png', content: PICTURE },
	},
	speech: {
		...{ resource: 'audio', operation: 'generateSpeech', promptField: 'text' },
		...{ model: 'Kokoro', inferenceType: 'txt2audio', result: SOUND_RESULT },
	},
	music: {
		...{ resource: 'audio', operation: 'generateMusic', promptField: 'caption' },
		...{ model: 'AceStep_1_5_Turbo', inferenceType: 'txt2music', result: SOUND_RESULT },
	},
	transcription: {
		...{ resource: 'audio', operation: 'transcribe', takes: 'song', takesUrl: true },
		...{ model: 'WhisperLargeV3', inferenceType: 'audio2text' },
	},
	upscale: {
		...{ resource: 'video', operation: 'upscale', takes: 'video', result: VIDEO_RESULT },
		...{ model: 'RealESRGAN_Vid_x4', inferenceType: 'vid-upscale' },
	},
	prompt: {
		...{ resource: 'prompt', operation: 'enhance', promptField: 'prompt', isInstant: true },
		...{ model: 'Flux_2_Klein_4B_BF16', inferenceType: 'txt2img' },
	},
};

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
	return OPERATION[operation].takes !== undefined;
}

/** What an item's job or answer is to be made of, as a submit carries it. */
export function promptOf(owner: string): string {
	return `A song of ${owner}`;
}

/** What deAPI makes of an item's prompt, or hears in its sound. */
export function textFor(owner: string): string {
	return `Well said: a song of ${owner}`;
}

/** An operation's own parameters, without those that all have; an expression is in each. */
export function ownParameters(name: OperationName, items: ItemPlan[]): INodeParameters {
	const { resource, operation, promptField, takes, hasSize, model } = OPERATION[name];
	const broken = "$json.flaw === 'expression' ? $('Nowhere').first().json.x";
	return {
		...{ resource, operation },
		...(promptField === undefined
			? { model: { __rl: true, mode: 'id', value: `={{ ${broken} : '${model}' }}` } }
			: { [promptField]: `={{ ${broken} : $json.prompt }}` }),
		...(takes === undefined ? {} : { binaryPropertyName: 'data' }),
		// Expressions cost more than all else here: only where items differ.
		...(hasSize === undefined
			? {}
			: {
					width: items.some(({ flaw }) => flaw === 'tooWide') ? '={{ $json.width }}' : 512,
					height: 512,
				}),
	};
}

/** Whether an operation has a field that an item's flaw can be in. */
export function hasField(name: OperationName, flaw: ItemPlan['flaw']): boolean {
	const { promptField, hasSize, isInstant } = OPERATION[name];
	if (flaw === 'noPrompt') return promptField !== undefined;
	if (flaw === 'tooWide') return hasSize === true;
	if (flaw === 'noAddress') return isInstant !== true;
	return true;
}
