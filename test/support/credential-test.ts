/** Tests a credential as n8n does when the user saves it (n8n's `CredentialsTester`). */
import { CredentialTestContext } from 'n8n-core';
import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';
import { Deapi } from '../../nodes/Deapi/Deapi.node';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node';
import { additionalDataFor, TestCredentials } from './engine';

const CREDENTIAL = 'deapiApi';

/** n8n runs the function that the first node with this credential names; both name the same one. */
export async function testCredential(
	data: ICredentialDataDecryptedObject,
	node: Deapi | DeapiTrigger = new Deapi(),
): Promise<INodeCredentialTestResult> {
	const { testedBy } = node.description.credentials?.find(({ name }) => name === CREDENTIAL) ?? {};
	const tests: { [name: string]: typeof node.methods.credentialTest.testDeapiCredential } =
		node.methods.credentialTest;
	const test = typeof testedBy === 'string' ? tests[testedBy] : undefined;
	if (test === undefined) throw new Error('No node tests the credential');
	const workflowData = { id: 'test', nodes: [], connections: {} };
	const context = new CredentialTestContext(
		additionalDataFor('internal', workflowData as never, new TestCredentials(data)),
	);
	return await test.call(context, { id: '1', name: 'deAPI account', type: CREDENTIAL, data });
}
