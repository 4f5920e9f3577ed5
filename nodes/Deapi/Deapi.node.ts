import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { generateMusic } from './resources/audio/generateMusic';
import { generateSpeech } from './resources/audio/generateSpeech';
import { transcribe } from './resources/audio/transcribe';
import { getBalance } from './resources/account/getBalance';
import { testDeapiCredential } from './resources/account/testCredential';
import { splitIntoClips } from './resources/audio/splitIntoClips';
import { HINTS } from './resources/hints';
import { edit } from './resources/image/edit';
import { generate } from './resources/image/generate';
import { removeBackground } from './resources/image/removeBackground';
import { upscale as upscaleImage } from './resources/image/upscale';
import { get } from './resources/job/get';
import { getMany } from './resources/model/getMany';
import { enhance } from './resources/prompt/enhance';
import { listSearchOf, propertiesOf, resource } from './resources/resource';
import { estimatePrice } from './resources/video/estimatePrice';
import { generateFromAudio } from './resources/video/generateFromAudio';
import { generateFromImage } from './resources/video/generateFromImage';
import { generateFromText } from './resources/video/generateFromText';
import { joinClips } from './resources/video/joinClips';
import { replaceCharacter } from './resources/video/replaceCharacter';
import { upscale } from './resources/video/upscale';
import { BASE_URL_EXPRESSION } from './service/endpoints';

const video = resource('video', 'Video', [
	generateFromAudio,
	estimatePrice,
	generateFromText,
	generateFromImage,
	joinClips,
	replaceCharacter,
	upscale,
]);
const audio = resource('audio', 'Audio', [
	generateSpeech,
	generateMusic,
	transcribe,
	splitIntoClips,
]);
const image = resource('image', 'Image', [generate, edit, removeBackground, upscaleImage]);
const prompt = resource('prompt', 'Prompt', [enhance]);
const job = resource('job', 'Job', [get]);
const model = resource('model', 'Model', [getMany]);
const account = resource('account', 'Account', [getBalance]);
// What most people come for is first; n8n lists the actions in this order.
const resources = [video, audio, image, prompt, job, model, account];

export class Deapi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'deAPI',
		name: 'deapi',
		icon: { light: 'file:deapi.svg', dark: 'file:deapi.dark.svg' },
		group: ['transform'],
		version: 1,
		// The operation in words, and the resource where that is a single word: Generate From Audio, Get Job.
		subtitle:
			'={{ [$parameter["operation"], /[A-Z]/.test($parameter["operation"]) ? "" : $parameter["resource"]].map((name) => name.replace(/[A-Z]/g, " $&").replace(/^./, (first) => first.toUpperCase())).join(" ").trim() }}',
		description:
			'Make video, pictures, speech and music with deAPI, edit pictures, and transcribe sound',
		defaults: { name: 'deAPI' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'deapiApi', required: true, testedBy: 'testDeapiCredential' }],
		hints: HINTS,
		requestDefaults: {
			baseURL: BASE_URL_EXPRESSION,
			headers: { Accept: 'application/json' },
		},
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'video',
				options: resources.map(({ option }) => option),
			},
			...propertiesOf(resources),
		],
	};

	methods = {
		listSearch: listSearchOf(resources),
		credentialTest: { testDeapiCredential },
	};
}
