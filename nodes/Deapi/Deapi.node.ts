import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { getModels } from './listSearch/getModels';
import { accountProperties } from './resources/account';
import { jobProperties } from './resources/job';
import { modelProperties } from './resources/model';
import { videoProperties } from './resources/video';
import { BASE_URL_EXPRESSION } from './shared/endpoints';

export class Deapi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'deAPI',
		name: 'deapi',
		icon: { light: 'file:deapi.svg', dark: 'file:deapi.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Turn songs, speech and any other sound into video with deAPI',
		defaults: { name: 'deAPI' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'deapiApi', required: true }],
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
				options: [
					{ name: 'Account', value: 'account' },
					{ name: 'Job', value: 'job' },
					{ name: 'Model', value: 'model' },
					{ name: 'Video', value: 'video' },
				],
			},
			...videoProperties,
			...jobProperties,
			...modelProperties,
			...accountProperties,
		],
	};

	methods = { listSearch: { getModels } };
}
