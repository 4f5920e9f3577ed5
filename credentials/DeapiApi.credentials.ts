import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';
import {
	BASE_URL_EXPRESSION,
	DEFAULT_BASE_URL,
	endpointExpression,
	ENDPOINTS,
} from '../nodes/Deapi/service/endpoints';

export class DeapiApi implements ICredentialType {
	name = 'deapiApi';

	displayName = 'deAPI API';

	icon: Icon = { light: 'file:deapi.svg', dark: 'file:deapi.dark.svg' };

	documentationUrl = 'https://docs.deapi.ai/quickstart';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'From the deAPI dashboard (app.deapi.ai) under Settings > API Keys',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				"For the deAPI Trigger: the secret that deAPI signs its calls with. With API version v1 enter the one from the deAPI dashboard; with v2 any text of 32 to 255 characters will do, the node sends it along with each job's Webhook URL.",
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'options',
			options: [
				{ name: 'V1', value: 'v1' },
				{ name: 'V2', value: 'v2' },
			],
			default: 'v1',
			description: 'Which of the two APIs to call; jobs from one can be read with the other',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			description: 'Where deAPI is reached; change it only for a proxy of your own',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey.trim()}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: BASE_URL_EXPRESSION,
			url: endpointExpression(ENDPOINTS.balance),
			headers: { Accept: 'application/json' },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'deAPI did not accept this API key. Copy it again from the deAPI dashboard under Settings > API Keys.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message: 'deAPI does not let this account in. It may be suspended.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: "deAPI was not found at this address. Check 'Base URL'.",
				},
			},
		],
	};
}
