import { readFileSync } from 'node:fs';
import { BinaryDataService } from 'n8n-core';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { readBinary, TestCredentials, useBinaryMode } from '../support/engine';
import { fixture } from '../support/workflows';
import { triggerTestbed } from './testbed';

const RESULT = readFileSync(fixture('result.mp4'));

const bed = triggerTestbed();
const { credentials, deliver, doneJob, host } = bed;

const resultReads = () => bed.fake.requests.filter(({ route }) => route === 'result').length;
const statusReads = () => bed.fake.requests.filter(({ route }) => route === 'status').length;

describe('never lost', () => {
	test('fetches the video with a fresh link where the first has expired', async () => {
		const trigger = await host();
		const job = await doneJob();
		const result_url = bed.fake.resultUrl(job.request_id);
		bed.fake.expireResults();
		await deliver(trigger, { job, data: { result_url } });
		const [item] = trigger.received();
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
		expect(item?.json).not.toHaveProperty('download_error');
		expect([resultReads(), statusReads()]).toEqual([2, 1]);
		const status = bed.fake.requests.find(({ route }) => route === 'status');
		expect(status?.headers.authorization).toBe('Bearer test-key');
		const results = bed.fake.requests.filter(({ route }) => route === 'result');
		expect(results.every(({ headers }) => headers.authorization === undefined)).toBe(true);
	});

	test('tries again with a fresh link where the storage is out of order for long', async () => {
		bed.clock.hurry();
		const trigger = await host();
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', times: 3, fault: { type: 'status', status: 500 } });
		await deliver(trigger, { job });
		const [item] = trigger.received();
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
		expect([resultReads(), statusReads()]).toEqual([4, 1]);
	});

	test('fetches again what broke off, and never gives out half a video', async () => {
		bed.clock.hurry();
		const trigger = await host();
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', fault: { type: 'short', bytes: 100 } });
		await deliver(trigger, { job });
		const [item] = trigger.received();
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
	});

	test.each<[string, () => void, RegExp]>([
		[
			'the job is unknown to the account',
			() => {
				bed.fake.expireResults();
				bed.fake.faults.add({ route: 'status', fault: { type: 'status', status: 404 } });
			},
			/answered with status 403/,
		],
		[
			'a fresh link does not work either',
			() => bed.fake.faults.add({ route: 'result', times: 20, fault: { type: 'expired' } }),
			/answered with status 403/,
		],
		[
			'the file is too large',
			() =>
				bed.fake.faults.add({
					route: 'result',
					times: 20,
					fault: { type: 'tooLarge', bytes: 300 * 1024 * 1024, contentLength: true },
				}),
			/larger than 110 MB/,
		],
		[
			'the answer is a page',
			() =>
				bed.fake.faults.add({ route: 'result', times: 20, fault: { type: 'html', status: 200 } }),
			/sent text\/html.* instead of a file/,
		],
		[
			'the link leads nowhere',
			() =>
				bed.fake.faults.add({
					route: 'result',
					times: 20,
					fault: { type: 'redirect', location: 'https://[' },
				}),
			/leads to an invalid address/,
		],
		[
			'deAPI has no fresh link either',
			() => {
				bed.fake.expireResults();
				const data = { result_url: null, result: null };
				bed.fake.faults.add({ route: 'status', fault: { type: 'overwrite', data } });
			},
			/answered with status 403/,
		],
	])('gives the item without its file where %s', async (_name, arrange, reason) => {
		bed.clock.hurry();
		const trigger = await host();
		const job = await doneJob();
		const result_url = bed.fake.resultUrl(job.request_id);
		arrange();
		const { status } = await deliver(trigger, { job, data: { result_url } });
		expect(status).toBe(200);
		const [item] = trigger.received();
		expect(item?.json).toMatchObject({
			event: 'job.completed',
			request_id: job.request_id,
			result_url,
			download_error: expect.stringMatching(reason) as string,
		});
		expect(item?.binary).toBeUndefined();
	});

	test('says in the raw output as well why there is no file', async () => {
		bed.clock.hurry();
		const trigger = await host({ parameters: { simplify: false } });
		bed.fake.faults.add({ route: 'result', times: 20, fault: { type: 'expired' } });
		await deliver(trigger, { job: await doneJob() });
		expect(trigger.received()[0]?.json).toMatchObject({
			event: 'job.completed',
			data: { status: 'done' },
			download_error: expect.any(String) as string,
		});
	});

	test('takes no result over http where deAPI itself is reached over https', async () => {
		const trigger = await host({
			credentials: credentials({ baseUrl: 'https://127.0.0.1:1' }),
		});
		await deliver(trigger, { job: await doneJob() });
		expect(trigger.received()[0]?.json.download_error).toBe(
			'the link of the result is not an https link',
		);
		expect(resultReads()).toBe(0);
	});

	test('gives up a download that takes too long, and says so', async () => {
		const trigger = await host();
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', times: 20, fault: { type: 'hang' } });
		await bed.fake.deliver({ url: trigger.url, job });
		await bed.fake.waitFor(() => resultReads() === 1);
		bed.clock.skip(899_000);
		expect(trigger.received()).toEqual([]);
		bed.clock.skip(2_000);
		await trigger.idle();
		expect(trigger.received()[0]?.json).toMatchObject({
			request_id: job.request_id,
			download_error: 'the download took longer than 15 minutes',
		});
		expect([resultReads(), statusReads()]).toEqual([1, 0]);
	});

	test('waits for nothing any more once the result is there', async () => {
		const trigger = await host();
		await deliver(trigger, { job: await doneJob() });
		expect(trigger.received()).toHaveLength(1);
		bed.clock.skip(1000);
		await new Promise(setImmediate);
		expect(bed.clock.waiting).toBe(0);
	});

	test('gives the item where the file cannot be stored', async () => {
		bed.clock.hurry();
		const trigger = await host();
		const job = await doneJob();
		const store = jest
			.spyOn(BinaryDataService.prototype, 'store')
			.mockRejectedValue(new Error('no space left on device'));
		try {
			await deliver(trigger, { job });
			const says = trigger.received()[0]?.json.download_error;
			expect(says).toBe("n8n's file storage did not accept it");
		} finally {
			store.mockRestore();
		}
	});
});

describe('the kinds of results', () => {
	const every = { parameters: { jobTypes: [] } };
	/** A job whose result is this file, at a storage server that does not tell what it is. */
	const jobWithFile = async (file: string) => {
		bed.fake.settings.resultFile = readFileSync(fixture(file));
		bed.fake.settings.resultContentType = 'application/octet-stream';
		bed.fake.settings.resultEndings = false;
		return await doneJob();
	};
	/** A transcription that was asked to tell its text in the status, or not. */
	const transcription = async (isInline: boolean, text = 'Three words sung ü') => {
		bed.fake.settings.transcript = text;
		const job = await doneJob();
		job.operation = 'transcription';
		job.job_type = 'audio_file2text';
		job.fields.return_result_in_response = isInline ? '1' : '0';
		return job;
	};

	test.each([
		['txt2audio', 'song.mp3', 'mp3', 'audio/mpeg'],
		['txt2music', 'song.flac', 'flac', 'audio/flac'],
		['txt2img', 'frame.png', 'png', 'image/png'],
		['img2img', 'frame.jpg', 'jpg', 'image/jpeg'],
		['vid-upscale', 'result.mp4', 'mp4', 'video/mp4'],
		['a-type-of-tomorrow', 'song.ogg', 'ogg', 'audio/ogg'],
	])('gives the file of %s, %s, its true name', async (job_type, file, ending, mimeType) => {
		const trigger = await host(every);
		const job = await jobWithFile(file);
		await deliver(trigger, { job, data: { job_type } });
		const [item] = trigger.received();
		expect(item?.json).not.toHaveProperty('download_error');
		expect(item?.json).not.toHaveProperty('result');
		const { request_id } = job;
		expect(item?.binary?.data).toMatchObject({ fileName: `${request_id}.${ending}`, mimeType });
		expect((await readBinary(item?.binary?.data)).equals(readFileSync(fixture(file)))).toBe(true);
	});

	test.each(['Three words sung ü', ''])(
		'gives a text as a field, read from the job where the call lacks it: %j',
		async (text) => {
			for (const simplify of [true, false]) {
				const trigger = await host({ parameters: { jobTypes: [], simplify } });
				await deliver(trigger, { job: await transcription(true, text) });
				const [item] = trigger.received();
				expect(item?.json).toMatchObject({ event: 'job.completed', result: text });
				expect(item?.json).not.toHaveProperty('download_error');
				expect(item?.binary).toBeUndefined();
			}
			expect([resultReads(), statusReads()]).toEqual([0, 2]);
		},
	);

	test.each(['default', 'filesystem'] as const)(
		'gives a text that came as a file in both ways, with files kept by mode %s',
		async (mode) => {
			await useBinaryMode(mode);
			const trigger = await host(every);
			await deliver(trigger, { job: await transcription(false) });
			const [item] = trigger.received();
			expect(item?.json.result).toBe('Three words sung ü');
			expect(item?.binary?.data?.fileName).toMatch(/\.txt$/);
			expect(item?.binary?.data?.mimeType).toBe('text/plain');
		},
	);

	test('fetches the file also if its text is in the call', async () => {
		const trigger = await host();
		const job = await doneJob();
		await deliver(trigger, { job, data: { result: 'a summary' } });
		const [item] = trigger.received();
		expect(item?.json.result).toBe('a summary');
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
	});

	test.each([{ result: null }, { result: undefined }])(
		'says so where neither the call nor deAPI knows a result: %p',
		async (result) => {
			const trigger = await host();
			const nothing = { ...result, result_url: null };
			bed.fake.faults.add({ route: 'status', fault: { type: 'overwrite', data: nothing } });
			await deliver(trigger, { job: await doneJob(), data: nothing });
			expect(trigger.received()[0]?.json.download_error).toBe('deAPI gave no link to the result');
		},
	);

	test.each([
		['4 MB', 4 * 1024 * 1024, true],
		['one more byte', 4 * 1024 * 1024 + 1, false],
	])('leaves a text of more than 4 MB in its file: %s', async (_name, bytes, isField) => {
		const trigger = await host(every);
		const text = 'x'.repeat(bytes);
		await deliver(trigger, { job: await transcription(false, text) });
		const [item] = trigger.received();
		expect(item?.json.result === text).toBe(isField);
		expect((await readBinary(item?.binary?.data)).length).toBe(bytes);
	});

	test('asks deAPI for the link where the call has none that is a text', async () => {
		const trigger = await host();
		const job = await doneJob();
		for (const result_url of [7, {}, ['https://x'], true, '', '  ', null, undefined]) {
			await deliver(trigger, { job, data: { result_url } });
			const item = trigger.received().at(-1);
			expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
		}
		// Of a job that deAPI does not know, nothing can be had.
		await deliver(trigger, { data: { result_url: 7 } });
		expect(trigger.received().at(-1)?.json.download_error).toContain('does not know a job');
	});

	test.each(['..', '../../account/balance', 'x'.repeat(2 ** 20), 'a?b#c', '__proto__'])(
		'asks deAPI for no job whose ID cannot be one: %#',
		async (job_request_id) => {
			const trigger = await host();
			await deliver(trigger, { data: { job_request_id, result_url: 7 } });
			const [item] = trigger.received();
			expect(item?.json.download_error).toMatch(/^no job has the ID .{1,250}$/);
			expect(bed.fake.requests).toEqual([]);
		},
	);
});

describe('many at once', () => {
	const fetching = () =>
		bed.fake.requests.filter(({ route, endedAt }) => route === 'result' && endedAt === null);

	test('fetches four results of a trigger at the same time, and no trigger waits for another', async () => {
		const busy = await host();
		const other = await host();
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', times: 12, fault: { type: 'hang' } });
		for (let count = 0; count < 12; count++) await bed.fake.deliver({ url: busy.url, job });
		await bed.fake.waitFor(() => fetching().length === 4);
		expect(busy.running).toBe(12);

		bed.fake.faults.clear();
		await deliver(other, { job });
		expect(other.received()[0]?.binary).toBeDefined();
		await bed.fake.waitFor(() => fetching().length === 4);

		// Those that wait can be stopped, and take no place; the others follow when places are free.
		for (const execution of busy.executions.slice(8)) execution.stop();
		await bed.fake.waitFor(() => busy.running === 8);
		for (const execution of busy.executions.slice(0, 4)) execution.stop();
		await busy.idle();
		const finished = busy.executions.filter(({ run }) => run?.status === 'success');
		expect(finished).toHaveLength(4);
		expect(busy.received().every(({ binary }) => binary?.data !== undefined)).toBe(true);
		expect(resultReads()).toBe(4 + 1 + 4);
	});

	test('closes the connection of a download whose execution is stopped', async () => {
		const trigger = await host();
		bed.fake.faults.add({ route: 'result', fault: { type: 'hang' } });
		await bed.fake.deliver({ url: trigger.url, job: await doneJob() });
		await bed.fake.waitFor(() => fetching().length === 1);
		trigger.executions[0]?.stop();
		await trigger.idle();
		await bed.fake.waitFor(() => fetching().length === 0);
		expect(trigger.executions[0]?.run?.status).toBe('canceled');
	});
});

/** A credential that is changed, or deleted, while the first request for the result is under way. */
class Changed extends TestCredentials {
	constructor(
		private readonly before: ICredentialDataDecryptedObject,
		private readonly after: ICredentialDataDecryptedObject | undefined,
	) {
		super({});
	}

	override async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		const current = resultReads() > 0 ? this.after : this.before;
		if (current === undefined) throw new Error('Credential with ID "1" does not exist');
		return await Promise.resolve(current);
	}
}

describe('a credential that is changed during the download', () => {
	const keysOfReads = () =>
		bed.fake.requests.flatMap(({ route, headers }) =>
			route === 'status' ? [headers.authorization] : [],
		);
	/** The item where the first link has expired, and a fresh one is asked for after the change. */
	async function itemAfter(after: ICredentialDataDecryptedObject | undefined) {
		const trigger = await host({ credentials: new Changed(credentials(), after) });
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', fault: { type: 'expired' } });
		expect((await deliver(trigger, { job })).status).toBe(200);
		return trigger.received()[0];
	}

	test('is read again: the fresh link is asked for with the new key', async () => {
		bed.fake.settings.apiKeys.push('new-key');
		const changed = credentials({ apiKey: 'new-key' });
		// The new key is the same account's.
		const trigger = await host({ credentials: new Changed(credentials(), changed) });
		const job = await doneJob();
		job.account = 'new-key';
		bed.fake.faults.add({ route: 'result', fault: { type: 'expired' } });
		await deliver(trigger, { job });
		const [item] = trigger.received();
		expect(item?.json).not.toHaveProperty('download_error');
		expect((await readBinary(item?.binary?.data)).equals(RESULT)).toBe(true);
		expect(keysOfReads()).toEqual(['Bearer new-key']);
	});

	test("is never asked about another account's job with the key of the first", async () => {
		bed.fake.settings.apiKeys.push('other-account');
		const item = await itemAfter(credentials({ apiKey: 'other-account' }));
		expect(item?.json.download_error).toBe('the storage server answered with status 403');
		expect(keysOfReads()).toEqual(['Bearer other-account']);
	});

	test('and cannot be read any more, costs the file and not the item', async () => {
		const item = await itemAfter(undefined);
		expect(item?.json).toMatchObject({
			event: 'job.completed',
			download_error: "The 'deAPI API' credential could not be read",
		});
		expect(keysOfReads()).toEqual([]);
	});

	test('is not needed where the link of the call does', async () => {
		const trigger = await host({ credentials: new Changed(credentials(), undefined) });
		const job = await doneJob();
		bed.fake.faults.add({ route: 'result', fault: { type: 'short', bytes: 100 } });
		bed.clock.hurry();
		await deliver(trigger, { job });
		expect((await readBinary(trigger.received()[0]?.binary?.data)).equals(RESULT)).toBe(true);
	});
});
