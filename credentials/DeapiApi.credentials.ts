import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { DEFAULT_BASE_URL } from '../nodes/Deapi/service/endpoints';

export class DeapiApi implements ICredentialType {
	name = 'deapiApi';

	displayName = 'deAPI API';

	icon: Icon = { light: 'file:deapi.svg', dark: 'file:deapi.dark.svg' };

	documentationUrl = 'https://github.com/OWNER/n8n-nodes-deapi-aud2video#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'From the deAPI dashboard (app.deapi.ai) under Settings > API Keys',
			hint: 'Sign in at <a href="https://app.deapi.ai" target="_blank">app.deapi.ai</a>, open Settings > API Keys and copy a key',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'The secret that deAPI signs its calls with. With API version V1 copy it from the webhook settings of the deAPI dashboard. With V2 invent 32 to 255 characters: the node sends them along with each job that has a webhook URL.',
			hint: 'Only for the deAPI Trigger; leave it empty if you do not use that',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'options',
			options: [
				{ name: 'V1 (Secret Set in the Dashboard)', value: 'v1' },
				{ name: 'V2 (Secret Sent With Each Job)', value: 'v2' },
			],
			default: 'v1',
			description:
				'Which of the two APIs of deAPI to call. Both do the same jobs; they differ in where the webhook secret is set.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			placeholder: `e.g. ${DEFAULT_BASE_URL}`,
			description: 'The address of deAPI; change it only for a proxy of your own',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization:
					'=Bearer {{ String($credentials.apiKey ?? "").trim().replace(/^dpn-sk-/i, "") }}',
			},
		},
	};
}
