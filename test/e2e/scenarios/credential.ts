import { expect, expectEqual, expectProperties } from '../check';
import { type Scene, deapiCredential } from '../scene';

const WRONG_KEY =
	"deAPI did not accept the API key. Check 'API Key' in the 'deAPI API' credential: it may be incomplete or revoked. Keys are listed in the deAPI dashboard (https://app.deapi.ai) under Settings > API Keys.";

/** The credential's test passes with a good key, and says what to do about a wrong one. */
export async function credentialIsTested(scene: Scene): Promise<void> {
	const { stage, credentials } = scene;
	const credential = credentials.deapiApi;
	expect(credential, 'There should be a credential for deAPI');

	const good = await stage.api.testCredential('deapiApi', credential, deapiCredential(stage));
	expectProperties({ ...good }, { status: 'OK' }, 'The test of a good key');
	expectEqual(
		scene.requests().map(({ route, status }) => `${route} ${status}`),
		['balance 200'],
		'What the test of a good key asked deAPI',
	);
	const bad = await stage.api.testCredential(
		'deapiApi',
		credential,
		deapiCredential(stage, { apiKey: 'wrong-key' }),
	);
	expectProperties({ ...bad }, { status: 'Error', message: WRONG_KEY }, 'The test of a wrong key');
}

/** The list of models comes from the account, and its search finds one by a part of its name. */
export async function modelsAreListed({ stage, credentials }: Scene): Promise<void> {
	const { deapiApi } = credentials;
	expect(deapiApi, 'There should be a credential for deAPI');
	const search = async (filter?: string) =>
		await stage.api.searchList(`${stage.tarball.name}.deapi`, 'getModels', { deapiApi }, filter);

	const all = await search();
	const slugs = all.map(({ value }) => value);
	expect(
		slugs.includes('Ltx2_3_22B_Dist_INT8'),
		`The list lacks the default model: ${slugs.join()}`,
	);
	const found = (await search('ltx2_3')).map(({ value }) => value);
	expect(
		found.includes('Ltx2_3_22B_Dist_INT8') && found.length < all.length,
		`The search for 'ltx2_3' should find some of ${all.length} models, it found ${found.join()}`,
	);
}
