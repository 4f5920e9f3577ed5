/** Where the list of models cannot be read, that is what is said: a film is cut by what stands in it. */
import type { INodeParameters } from 'n8n-workflow';
import type { Fault } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import { Deapi, expectGoodText } from '../../support/deapi';
import { film, openFilms } from '../../support/songs';
import { silence } from '../../support/wav';
import { songItem } from '../../support/workflows';

const clock = clockForTests();
beforeEach(() => clock.leap());

const status = (code: number, body = { message: 'No.' }): Fault => ({
	type: 'status',
	status: code,
	body,
});
const DOWN: Fault = { type: 'html', status: 503 };

/** The service with a list of models that cannot be had. */
async function without(fault: Fault): Promise<Deapi> {
	const deapi = await openFilms();
	deapi.fake.faults.add({ route: 'models', times: 99, fault });
	return deapi;
}

const OPERATIONS: Array<[string, INodeParameters]> = [
	['a film', film()],
	['a split', { resource: 'audio', operation: 'splitIntoClips' }],
	[
		'an estimate',
		{
			...{ operation: 'estimatePrice', lengthMode: 'seconds', duration: 30 },
			whenTooLong: 'clips',
		},
	],
];

describe.each(OPERATIONS)('%s', (_what, parameters) => {
	test.each<[string, Fault, RegExp]>([
		['a wrong key', status(401), /^deAPI did not accept the API key/],
		['a suspended account', status(403), /^deAPI has denied this account access/],
		['a version that is gone', status(410), /^deAPI has removed this part of its API/],
		['a limit', status(429), /limit/],
		['a service that is down', DOWN, /^deAPI is not available at the moment/],
		['a page of somebody else', { type: 'html', status: 200 }, /^deAPI gave an answer that could/],
		['an empty list', status(200, { data: [] } as never), /^deAPI's list has no model/],
	])('says what is wrong with the account: %s', async (_fault, fault, message) => {
		const deapi = await without(fault);
		const { stop } = await deapi.run([songItem()], parameters);
		expect(stop.message).toMatch(message);
		expect(stop.message).not.toMatch(/not known how long/);
		expect(stop.description).toMatch(/Nothing was sent|nothing was sent/);
		expectGoodText(stop.description);
		expect(deapi.submits).toEqual([]);
	});
});

describe('a single video whose length the node has chosen', () => {
	const refused = {
		message: 'The given data was invalid.',
		errors: { frames: ['The frames field must not be greater than 241.'] },
	};
	const long = () => ({
		json: {},
		files: { data: { data: silence(15, 48_000), fileName: 'song.wav' } },
	});

	test.each<[string, INodeParameters]>([
		['of the sound', { lengthMode: 'matchAudio' }],
		['in seconds', { lengthMode: 'seconds', duration: 15 }],
	])('and deAPI refuses says why it was not checked: %s', async (_what, parameters) => {
		const deapi = await without(DOWN);
		deapi.fake.faults.add({ route: 'submit', fault: status(422, refused) });
		const { stop } = await deapi.run([long()], parameters);
		expect(stop.message).toMatch(/^deAPI is not available at the moment \(status 503\)/);
		expect(stop.description).toContain('must not be greater than 241');
		expect(stop.description).toContain('Nothing was submitted for this item.');
		expectGoodText(stop.description);
	});

	test('and deAPI takes is made, as ever', async () => {
		const deapi = await without(DOWN);
		const { json } = await deapi.run();
		expect(json.request_id).toBe(deapi.requestIds[0]);
	});

	test('but not where the user has entered the frames', async () => {
		const deapi = await without(DOWN);
		deapi.fake.faults.add({ route: 'submit', fault: status(422, refused) });
		const { stop } = await deapi.run([long()], { lengthMode: 'frames', frames: 300 });
		expect(stop.message).toMatch(/^deAPI did not accept 'Frames'/);
	});
});
