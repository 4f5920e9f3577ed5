import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import { textOf } from './basics/values';
import { testDeapiCredential } from './resources/account/testCredential';
import { CREDENTIAL_TYPE } from './service/account';
import { finishItems } from './webhook/items';
import { receiveCall } from './webhook/receive';

const STEPS =
	"1. Open 'Webhook URLs' and copy the Test URL. 2. Execute this step: the editor listens. 3. In another tab, run a deAPI node with 'Options' > 'Webhook URL' set to the Test URL. The event shows up here when deAPI calls.";

const WHILE_BUILDING = `<b>While you build the workflow</b>: ${STEPS}`;

const PRODUCTION =
	'These executions show up in the <a data-key="executions">executions list</a>, but not in the editor.';

const NO_SECRET =
	"'Webhook Secret' is empty in the 'deAPI API' credential, so this node cannot tell whether a call really comes from deAPI. If 'API Version' in the credential is V1, copy the secret from the webhook settings of the deAPI dashboard; if it is V2, make up 32 to 255 characters. You can do without a secret by turning on 'Options' > 'Accept Unsigned Calls', but then anyone who knows the URL can start this workflow.";

export class DeapiTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'deAPI Trigger',
		name: 'deapiTrigger',
		icon: { light: 'file:deapi.svg', dark: 'file:deapi.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ [$parameter["events"]].flat().join(", ") }}',
		// n8n's panel shows one entry for both nodes, under the trigger's description.
		description:
			'Make video, pictures, speech and music with deAPI, edit pictures, transcribe sound, and start a workflow when a job is done',
		eventTriggerDescription: 'Waiting for a call from deAPI to the Test URL',
		activationMessage:
			"deAPI's calls to the Production URL now start this workflow. Make sure that deAPI knows the URL.",
		triggerPanel: {
			header: 'Test with a deAPI job',
			activationHint: { inactive: STEPS, active: STEPS },
			// Folded away, but there while the editor listens.
			executionsHelp: {
				inactive: `${WHILE_BUILDING}<br /><br /><b>When the workflow is ready</b>, publish it, and give deAPI the Production URL. ${PRODUCTION}`,
				active: `${WHILE_BUILDING}<br /><br /><b>The workflow is published</b>: each call to the Production URL starts it. ${PRODUCTION}`,
			},
		},
		defaults: { name: 'deAPI Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'deapiApi', required: true, testedBy: 'testDeapiCredential' }],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties: [
			{
				displayName:
					"Open 'Webhook URLs' above, copy the Production URL and paste it into 'Options' > 'Webhook URL' of the deAPI node (for its jobs), or into the webhook settings of the deAPI dashboard (for all jobs of the account). deAPI calls https addresses only. It signs its calls with a secret, which has to be in 'Webhook Secret' of the credential. The Test URL works while the editor listens, the Production URL while the workflow is published (active).",
				name: 'urlNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				required: true,
				default: ['job.completed', 'job.failed'],
				description: 'What has to happen to a job for the workflow to start',
				options: [
					{
						name: 'Job Completed',
						value: 'job.completed',
						action: 'On video ready',
						description: 'The result is ready',
					},
					{
						name: 'Job Failed',
						value: 'job.failed',
						action: 'On video failed',
						description: 'The job did not succeed; the item says why',
					},
					{
						name: 'Job Processing',
						value: 'job.processing',
						action: 'On video started',
						description: 'Work on the job has begun',
					},
				],
			},
			{
				displayName: 'Job Types',
				name: 'jobTypes',
				type: 'multiOptions',
				default: ['audio2video'],
				description:
					'The jobs whose events start the workflow. Leave empty for every type. For a type that is not listed, use an expression that gives a list of texts.',
				// The inference types of deAPI's specification, and those that only its webhooks name.
				options: [
					{ name: 'Audio File to Text', value: 'audio_file2text' },
					{ name: 'Audio to Text', value: 'audio2text' },
					{ name: 'Audio to Video', value: 'audio2video' },
					{ name: 'Image Background Removal', value: 'img-rmbg' },
					{ name: 'Image to Image', value: 'img2img' },
					{ name: 'Image to Text', value: 'img2txt' },
					{ name: 'Image to Video', value: 'img2video' },
					{ name: 'Image Upscaling', value: 'img-upscale' },
					{ name: 'Text to Audio', value: 'txt2audio' },
					{ name: 'Text to Embedding', value: 'txt2embedding' },
					{ name: 'Text to Image', value: 'txt2img' },
					{ name: 'Text to Music', value: 'txt2music' },
					{ name: 'Text to Video', value: 'txt2video' },
					{ name: 'Video Background Removal', value: 'vid-rmbg' },
					{ name: 'Video File to Text', value: 'video_file2text' },
					{ name: 'Video Replacement', value: 'video-replace' },
					{ name: 'Video to Text', value: 'video2text' },
					{ name: 'Video Upscaling', value: 'vid-upscale' },
				],
			},
			{
				displayName: 'Simplify',
				name: 'simplify',
				type: 'boolean',
				default: true,
				description:
					'Whether to return a simplified version of the response instead of the raw data',
			},
			{
				displayName: 'Download Result',
				name: 'downloadResult',
				type: 'boolean',
				default: true,
				description:
					"Whether to fetch a completed job's result: a file into a binary field, a text into the field 'result'. If it cannot be fetched, the item comes without it and says why in 'download_error'.",
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Accept Unsigned Calls',
						name: 'acceptUnsigned',
						type: 'boolean',
						default: false,
						description:
							'Whether to accept calls that carry no signature. Anybody who knows the URL can then start the workflow with data of their own. A call with a wrong signature is refused all the same.',
					},
					{
						displayName: 'Put Output File in Field',
						name: 'outputBinaryProperty',
						type: 'string',
						default: 'data',
						placeholder: 'e.g. data',
						description: 'The binary field to put the result in',
						hint: 'The name of the output binary field to put the file in',
					},
				],
			},
		],
	};

	methods = { credentialTest: { testDeapiCredential } };

	/**
	 * deAPI has no API to register a URL: the user enters it. What these methods are for is to refuse
	 * the activation of a trigger that could let nobody in.
	 */
	webhookMethods = {
		default: {
			/** Always false, so that `create` looks at the credential on every activation. */
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},

			async create(this: IHookFunctions): Promise<boolean> {
				const acceptsUnsigned = this.getNodeParameter('options.acceptUnsigned', false) === true;
				const { webhookSecret } = await this.getCredentials(CREDENTIAL_TYPE);
				if (textOf(webhookSecret) === undefined && !acceptsUnsigned) {
					// n8n shows nothing but the message at activation.
					throw new NodeOperationError(this.getNode(), NO_SECRET);
				}
				return true;
			},

			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCall(this);
	}

	/** n8n runs this first in the execution that a call has started. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await finishItems(this)];
	}
}
