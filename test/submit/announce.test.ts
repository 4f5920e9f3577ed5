/** Where the ID of an accepted job stands when n8n throws away the output of the node. */
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { prompts, promptsOf } from '../support/attacks';
import { Deapi } from '../support/deapi';

const KEY = 'deapi_request_ids';

test('in the custom data of the execution, the newest first, as far as n8n keeps them', async () => {
	const deapi = await Deapi.open();
	const { run } = await deapi.run(prompts(20), { prompt: '={{ $json.prompt }}' });
	const kept = run.data.resultData.metadata?.[KEY] ?? '';
	expect(kept.length).toBeLessThanOrEqual(512);
	const ids = kept.split(', ');
	// 36 characters each, and two between them.
	expect(ids).toHaveLength(13);
	expect(new Set(ids).size).toBe(13);
	for (const id of ids) expect(deapi.requestIds).toContain(id);
	expect(deapi.requestIds.slice(-3)).toContain(ids[0]);
});

test('one alone is there as it is, and beside what the user keeps there', async () => {
	const deapi = await Deapi.open();
	const { run } = await deapi.run();
	expect(run.data.resultData.metadata).toEqual({ [KEY]: deapi.requestIds[0] });
});

test("in n8n's log, with its item", async () => {
	const info = jest.spyOn(Container.get(Logger), 'info');
	const deapi = await Deapi.open();
	await deapi.run(prompts(2), { prompt: '={{ $json.prompt }}' });
	const accepted = info.mock.calls.filter(([text]) => text.startsWith('deAPI accepted'));
	info.mockRestore();
	const [first, second] = deapi.requestIds;
	expect(promptsOf(deapi)).toEqual(['song 0', 'song 1']);
	expect(accepted.map(([text]) => text)).toEqual(
		expect.arrayContaining([`deAPI accepted the job ${first}`, `deAPI accepted the job ${second}`]),
	);
	const facts = accepted.map(([, metadata]) => metadata);
	expect(facts).toContainEqual(expect.objectContaining({ request_id: first, item: 0 }));
	expect(facts).toContainEqual(expect.objectContaining({ request_id: second, item: 1 }));
});

test.each([
	['manual', 1],
	['trigger', 0],
] as const)("in the browser's console for a run by hand only: mode %s", async (mode, count) => {
	const messages: unknown[] = [];
	const deapi = await Deapi.open();
	await deapi.run(undefined, {}, {}, { mode, sendDataToUI: (...told) => messages.push(told) });
	const accepted = messages.filter((told) => JSON.stringify(told).includes('deAPI accepted'));
	expect(accepted).toHaveLength(count);
	if (count > 0) expect(JSON.stringify(accepted)).toContain(deapi.requestIds[0]);
});
