/** Tests a credential as n8n does when the user saves it (n8n's `CredentialsTester`). */
import { ExecuteContext, RoutingNode } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	INode,
	INodeCredentialTestResult,
	INodeType,
	IWorkflowBase,
} from 'n8n-workflow';
import { createEmptyRunExecutionData, NodeConnectionTypes, Workflow } from 'n8n-workflow';
import { additionalDataFor, NodeTypes, TestCredentials } from './engine';

const CREDENTIAL = 'deapiApi';
const TYPE = 'n8n-nodes-base.noOp';

/** What the tester finds in what a declarative request throws. */
interface RequestFailure {
	message: string;
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

/** n8n makes a node with a single field whose routing is the test request, and runs it. */
export async function testCredential(
	test: ICredentialTestRequest,
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const nodeType = temporaryNode(test);
	const node: INode = {
		id: 'temp',
		parameters: {},
		name: 'Temp-Node',
		type: TYPE,
		typeVersion: 1,
		position: [0, 0],
		credentials: { [CREDENTIAL]: { id: '1', name: 'deAPI account' } },
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: new NodeTypes({ [TYPE]: nodeType }),
	});
	const credentials = new TestCredentials(data);
	const workflowData = { id: 'test', nodes: [node], connections: {} } as unknown as IWorkflowBase;
	const additionalData = additionalDataFor('internal', workflowData, credentials);
	const decrypted = {
		id: '1',
		name: 'deAPI account',
		type: CREDENTIAL,
		data: await credentials.getDecrypted(additionalData, { id: '1', name: 'deAPI account' }),
	};
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	try {
		await new RoutingNode(context, nodeType, decrypted).runNode();
	} catch (error) {
		return { status: 'Error', message: explain(error as RequestFailure, test) };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

function explain({ message, cause }: RequestFailure, { rules }: ICredentialTestRequest): string {
	if (cause?.response) {
		const { status, statusText } = cause.response;
		const rule = rules?.find(
			({ type, properties }) => type === 'responseCode' && properties.value === status,
		);
		if (rule) return rule.properties.message;
		return statusText ?? `Received HTTP status code: ${status}`;
	}
	return cause?.code ?? message;
}

function temporaryNode({ request }: ICredentialTestRequest): INodeType {
	return {
		description: {
			displayName: 'No Operation, do nothing',
			name: 'noOp',
			group: ['organization'],
			version: 1,
			description: 'No Operation',
			defaults: { name: 'No Operation, do nothing' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: CREDENTIAL, required: true }],
			properties: [
				{ displayName: 'Temp', name: 'temp', type: 'string', routing: { request }, default: '' },
			],
		},
	};
}
