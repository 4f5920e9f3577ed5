/** What changes or disappears while an item waits in the account's lane. */
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import { clockForTests } from '../../support/clock';
import { TestCredentials } from '../../support/engine';
import { Deapi, expectGoodText, Outcome, waitingVideo } from '../../support/deapi';
import type { SourceItem } from '../../support/nodes';
import { film, openFilms, shortSong } from '../../support/songs';
import { batchOf, begin, prompts, promptsOf, retryExecution, settle } from '../../support/attacks';
import { file, fixture, songItem } from '../../support/workflows';

const clock = clockForTests();

/** A credential that can be deleted and changed while an execution runs. */
class ChangingCredentials extends TestCredentials {
	/** How often it can still be read. */
	readsLeft = Infinity;

	changes: ICredentialDataDecryptedObject = {};

	async getDecrypted(...args: Parameters<TestCredentials['getDecrypted']>) {
		if (this.readsLeft-- <= 0)
			throw new Error('Credential with ID "1" does not exist for type "deapiApi".');
		return { ...(await super.getDecrypted(...args)), ...this.changes };
	}
}

const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 10 };
const CONTINUE = { onError: 'continueRegularOutput' as const };
const slow = { route: 'submit' as const, fault: { type: 'slow' as const, ms: 60 } };

test('items that come in one moment are sent in their order', async () => {
	const deapi = await Deapi.open();
	await deapi.runSaved(batchOf(prompts(5)));
	expect(promptsOf(deapi)[0]).toBe('song 0');
	const again = await Deapi.open({ submitsPerMinute: 1 });
	clock.leap();
	await again.runSaved(batchOf(prompts(5)));
	expect(promptsOf(again)).toEqual(['song 0', 'song 1', 'song 2', 'song 3', 'song 4']);
});

describe('a credential that is deleted', () => {
	test('while items wait in the lane: nothing more is sent, and the message says so', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add(slow);
		const credentials = new ChangingCredentials(deapi.credentials());
		const execution = begin(deapi, batchOf(prompts(4)), { credentials });
		await deapi.fake.waitFor(() => deapi.submits.length === 1);
		credentials.readsLeft = 0;
		const { stop } = new Outcome(await execution.result);
		expect(stop.message).toMatch(/^The 'deAPI API' credential could not be read/);
		expect(stop.description).toContain('Nothing was submitted for this item');
		expect(stop.description).toContain(deapi.requestIds[0]);
		expect(stop.data.submitted).toBe('no');
		expect(deapi.submits).toHaveLength(1);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	});

	test('while a job is waited for: the job goes on, and its video is fetched', async () => {
		const deapi = await Deapi.open({ pendingMs: 50 });
		const credentials = new ChangingCredentials(deapi.credentials());
		const parameters = { waitForCompletion: true, options: { pollInterval: 0.02 } };
		const execution = begin(deapi, batchOf(prompts(1), parameters), { credentials });
		await deapi.fake.waitFor(() => deapi.requestIds.length === 1);
		credentials.readsLeft = 0;
		const { json } = new Outcome(await execution.result);
		expect(json).toMatchObject({ request_id: deapi.requestIds[0], status: 'done' });
	});

	test.each([
		['stops', RETRY],
		['goes on', { ...RETRY, ...CONTINUE }],
	])(
		'before the next try of Retry On Fail: no item that has a job says that nothing was sent, where the node %s',
		async (_name, extra) => {
			const deapi = await Deapi.open({ processingMs: 60_000 });
			const credentials = new ChangingCredentials(deapi.credentials());
			const parameters = {
				waitForCompletion: true,
				options: { pollInterval: 0.02, timeout: 0.08 },
			};
			const execution = begin(deapi, batchOf(prompts(1), parameters, extra), { credentials });
			await deapi.fake.waitFor(() => (deapi.fake.jobs[0]?.statusReads ?? 0) > 0);
			// n8n reads it once itself, before it starts the items.
			credentials.readsLeft = 1;
			const { run } = new Outcome(await execution.result);
			const outcome = new Outcome(run);
			const { text, data } =
				'onError' in extra
					? { text: JSON.stringify(outcome.json), data: outcome.json.details }
					: { text: outcome.stop.message + outcome.stop.description, data: outcome.stop.data };
			expect(text).toContain(deapi.requestIds[0]);
			expect(text).not.toContain('Nothing was sent');
			expect(data).toMatchObject({ request_id: deapi.requestIds[0], submitted: 'yes' });
		},
	);

	test('before the next try: an item whose outcome is not known stays unknown', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault: { type: 'cutAfterBody', accept: true } });
		const credentials = new ChangingCredentials(deapi.credentials());
		const stopping = batchOf(prompts(1));
		const first = new Outcome(await begin(deapi, stopping, { credentials }).result);
		expect(first.stop.data.submitted).toBe('unknown');
		// n8n reads it once itself, before it starts the items.
		credentials.readsLeft = 1;
		const second = new Outcome(await retryExecution(deapi, stopping, first.run, { credentials }));
		expect(second.stop.data.submitted).toBe('unknown');
		expect(second.stop.description).not.toContain('Nothing was sent');
	});
});

test.each<[string, INodeParameters, SourceItem]>([
	['one video', waitingVideo(), songItem()],
	['a film', film(), shortSong()],
	[
		'a film with made pictures',
		film({ keyframes: 'made' }),
		shortSong({}, { reference: file('frame.png') }),
	],
])(
	'a key that is replaced while the first submit waits is asked with: %s',
	async (_what, parameters, item) => {
		const deapi = await openFilms();
		const fault = { type: 'rateLimit', kind: 'minute', retryAfter: 1 } as const;
		deapi.fake.faults.add({ route: 'submit', times: 1, fault });
		deapi.fake.faults.add({ route: 'pictureEdit', times: 1, fault });
		const credentials = new ChangingCredentials(deapi.credentials());
		const execution = begin(deapi, batchOf([item], { ...parameters, prompt: 'x' }), {
			credentials,
		});
		await deapi.fake.waitFor(() => deapi.submits.length === 1);
		// The old one is revoked: deAPI takes the new one alone.
		credentials.changes = { apiKey: 'a-new-key-0002' };
		deapi.fake.settings.apiKeys = ['a-new-key-0002'];
		clock.leap();
		const { json } = new Outcome(await execution.result);
		expect(json).toMatchObject({ status: 'done' });
		expect(deapi.fake.requests.map(({ status }) => status)).not.toContain(401);
	},
);

test('a credential that is changed while items wait is used as it is then', async () => {
	const deapi = await Deapi.open({ apiKeys: ['old-key-0001', 'new-key-0002'] });
	deapi.fake.faults.add(slow);
	const credentials = new ChangingCredentials(deapi.credentials({ apiKey: 'old-key-0001' }));
	const execution = begin(deapi, batchOf(prompts(2)), { credentials });
	await deapi.fake.waitFor(() => deapi.submits.length === 1);
	credentials.changes = { apiKey: 'new-key-0002' };
	expect(new Outcome(await execution.result).items).toHaveLength(2);
	expect(deapi.submits.map(({ account }) => account)).toEqual(['old-key-0001', 'new-key-0002']);
});

/** All files that n8n's storage has, the largest first. */
function storedFiles(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !entry.name.endsWith('.metadata'))
		.map((entry) => path.join(entry.parentPath, entry.name))
		.sort((a, b) => statSync(b).size - statSync(a).size);
}

/** Files of a folder that this process has open. */
function openFilesOf(folder: string): string[] {
	return readdirSync('/proc/self/fd').flatMap((descriptor) => {
		try {
			const target = readlinkSync(`/proc/self/fd/${descriptor}`);
			return target.startsWith(folder) ? [target] : [];
		} catch {
			return [];
		}
	});
}

describe('a file that n8n has pruned or changed', () => {
	const storage = () => path.join(process.env.N8N_USER_FOLDER ?? '', '.n8n');
	const songs = (count: number) =>
		prompts(count).map((item) => ({ ...item, files: songItem().files }));
	/** Changes the last file that is stored from now on. */
	const since = () => {
		const before = new Set(storedFiles(storage()));
		return () => storedFiles(storage()).filter((file) => !before.has(file));
	};

	test('while its item waits: the run stops, names field and item, and sends no more', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add(slow);
		const added = since();
		const execution = begin(deapi, batchOf(songs(6)));
		await deapi.fake.waitFor(() => deapi.submits.some(({ bodyComplete }) => bodyComplete));
		for (const file of added()) rmSync(file);
		const { stop } = new Outcome(await execution.result);
		expect(stop.message).toMatch(
			/^The file in 'data' \('Input Audio Field'\) can no longer be read \[item \d\]$/,
		);
		expect(stop.message + stop.description).not.toMatch(/ENOENT|no such file|\/tmp/);
		expect(stop.data.submitted).toBe('no');
		expect(stop.description).toContain(deapi.requestIds[0]);
		expect(deapi.submits).toHaveLength(1);
		expectGoodText(stop.description);
	});

	test.each([
		['shorter', (size: number) => Buffer.alloc(size - 1000, 'x')],
		['longer', (size: number) => Buffer.alloc(size + 1000, 'x')],
		['much longer', (size: number) => Buffer.alloc(size + 3_000_000, 'x')],
		['empty', () => Buffer.alloc(0)],
	])(
		'that has become %s: its upload is broken off, and the lane goes on',
		async (_name, content) => {
			const deapi = await Deapi.open();
			deapi.fake.faults.add(slow);
			const added = since();
			const execution = begin(deapi, batchOf(songs(3), {}, CONTINUE));
			await deapi.fake.waitFor(() => deapi.submits[0]?.parts.at(-1)?.name === 'audio');
			const [first] = added();
			if (first === undefined) throw new Error('Nothing is stored');
			const { size } = statSync(first);
			// The one that is in flight is read already.
			for (const file of added()) writeFileSync(file, content(size));
			const { items } = new Outcome(await execution.result);
			const changed = items.filter(({ json }) => json.error !== undefined);
			expect(changed).toHaveLength(2);
			for (const { json } of changed) {
				expect(json.error).toMatch(/is not as long as n8n says/);
				expect(json.details).toMatchObject({ submitted: 'no' });
				expectGoodText(json.error);
				expectGoodText(json.message);
			}
			expect(promptsOf(deapi)).toHaveLength(1);
			// The account's lane is free.
			expect((await deapi.run()).items).toHaveLength(1);
		},
	);

	test('where the second of two cannot be opened, the first is closed', async () => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add(slow);
		const added = since();
		const picture = {
			data: readFileSync(fixture('frame.png')),
			fileName: 'frame.png',
			mimeType: 'image/png',
		};
		const items = songs(4).map((item) => ({ ...item, files: { ...item.files, frame: picture } }));
		const parameters = { options: { firstFrameBinaryProperty: 'frame' } };
		const execution = begin(deapi, batchOf(items, parameters, CONTINUE));
		await deapi.fake.waitFor(() => deapi.submits.some(({ bodyComplete }) => bodyComplete));
		for (const file of added().filter((each) => statSync(each).size < 5000)) rmSync(file);
		const outcome = new Outcome(await execution.result);
		const failed = outcome.items.filter(({ json }) => json.error !== undefined);
		expect(failed).toHaveLength(3);
		expect(failed[0]?.json.error).toMatch(/'First Frame Image Field'/);
		await settle();
		expect(openFilesOf(storage())).toEqual([]);
		expect((await deapi.run()).items).toHaveLength(1);
	});
});
