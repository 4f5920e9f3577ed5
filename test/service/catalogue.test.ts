/** The models that checks are made with: read once for all, and never at the cost of an item. */
import { modelsForChecks } from '../../nodes/Deapi/service/catalogue';
import { accountOf, answering, json, never, settled, standingClock } from '../support/answering';

const MODELS = { data: [{ slug: 'm' }], meta: { current_page: 1, last_page: 1 } };
const SLUGS = { models: [expect.objectContaining({ slug: 'm' })] };
const CANCELED = {
	models: [],
	unread: expect.objectContaining({ message: 'The execution was canceled' }),
};
const TYPES = 'aud2video';

test('the models are read once a minute', async () => {
	const forward = standingClock();
	const { caller, asked } = answering(() => json(MODELS));
	const account = accountOf();
	expect(await modelsForChecks(caller, account, TYPES)).toEqual(SLUGS);
	await forward(59_999);
	expect(await modelsForChecks(caller, account, TYPES)).toEqual(SLUGS);
	expect(asked).toHaveLength(1);
	await forward(1);
	expect(await modelsForChecks(caller, account, TYPES)).toEqual(SLUGS);
	expect(asked).toHaveLength(2);
});

test('a read that failed is shared by those who waited for it, and by nobody after', async () => {
	const { caller, asked } = answering(() => json({ message: 'No.' }, 404));
	const account = accountOf();
	const readings = [1, 2].map(async () => await modelsForChecks(caller, account, TYPES));
	const unread = expect.objectContaining({ message: 'deAPI does not know this address' });
	expect(await Promise.all(readings)).toEqual(Array(2).fill({ models: [], unread }));
	expect(asked).toHaveLength(1);
	await modelsForChecks(caller, account, TYPES);
	expect(asked).toHaveLength(2);
});

test("a canceled item does not wait for another's read", async () => {
	const account = accountOf();
	const other = new AbortController();
	void modelsForChecks(answering(never, { signal: other.signal }).caller, account, TYPES);
	const { caller, asked } = answering(() => json(MODELS), { signal: AbortSignal.abort() });
	let outcome: unknown = 'it waits';
	void modelsForChecks(caller, account, TYPES).then((models) => (outcome = models));
	await settled();
	other.abort();
	expect(outcome).toEqual(CANCELED);
	expect(asked).toEqual([]);
});

test('a read that ended with the execution of another is made again', async () => {
	const account = accountOf();
	const cancel = new AbortController();
	const first = answering(never, { signal: cancel.signal });
	const firstModels = modelsForChecks(first.caller, account, TYPES);
	const second = answering(() => json(MODELS));
	const secondModels = modelsForChecks(second.caller, account, TYPES);
	cancel.abort();
	expect(await firstModels).toEqual(CANCELED);
	expect(await secondModels).toEqual(SLUGS);
});

test('a read that n8n itself gave up is not made again', async () => {
	const { caller, asked } = answering(async (_asked, count) => {
		if (count > 1) return json(MODELS);
		return await Promise.reject(Object.assign(new Error('x'), { code: 'ERR_CANCELED' }));
	});
	expect(await modelsForChecks(caller, accountOf(), TYPES)).toEqual(CANCELED);
	expect(asked).toHaveLength(1);
});
