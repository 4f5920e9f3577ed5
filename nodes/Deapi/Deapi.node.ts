import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { generateMusic } from './resources/audio/generateMusic';
import { generateSpeech } from './resources/audio/generateSpeech';
import { transcribe } from './resources/audio/transcribe';
import { getBalance } from './resources/account/getBalance';
import { testDeapiCredential } from './resources/account/testCredential';
import { splitIntoClips } from './resources/audio/splitIntoClips';
import { HINTS } from './resources/hints';
import { generate } from './resources/image/generate';
import { get } from './resources/job/get';
import { getMany } from './resources/model/getMany';
import { enhance } from './resources/prompt/enhance';
import { listSearchOf, resource } from './resources/resource';
import { estimatePrice } from './resources/video/estimatePrice';
import { generateFromAudio } from './resources/video/generateFromAudio';
import { joinClips } from './resources/video/joinClips';
import { upscale } from './resources/video/upscale';
import { BASE_URL_EXPRESSION } from './service/endpoints';

const video = resource('video', 'Video', [generateFromAudio, estimatePrice, joinClips, upscale]);
const audio = resource('audio', 'Audio', [
	generateSpeech,
	generateMusic,
	transcribe,
	splitIntoClips,
]);
const image = resource('image', 'Image', [generate]);
const prompt = resource('prompt', 'Prompt', [enhance]);
const job = resource('job', 'Job', [get]);
const model = resource('model', 'Model', [getMany]);
const account = resource('account', 'Account', [getBalance]);
// What most people come for stands first; n8n lists the actions in this order.
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
		description: 'Make video, speech, music and pictures with deAPI, and transcribe sound',
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
			...resources.flatMap(({ properties }) => properties),
		],
	};

	methods = {
		listSearch: listSearchOf(resources),
		credentialTest: { testDeapiCredential },
	};
}
