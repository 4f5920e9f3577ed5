/** n8n's files in S3, by n8n's own S3 manager, and a service that is slow, answers 500 or has lost them. */
import type { INodeExecutionData } from 'n8n-workflow';
import { batchOf, begin, settle, watchRejections } from '../../support/attacks';
import { clockForTests } from '../../support/clock';
import { Deapi, expectGoodText, filePart, Outcome, waitingVideo } from '../../support/deapi';
import { internalError, S3 } from '../../support/s3';
import type { S3Request } from '../../support/s3';
import {
	clipsIn,
	CLIPS,
	film,
	longSong,
	openFilms,
	shortSong,
	submitted,
} from '../../support/songs';
import { songItem } from '../../support/workflows';

const clock = clockForTests();
const CONTINUE = { onError: 'continueRegularOutput' as const };
/** What n8n's S3 manager, the SDK below it or the service say of themselves. */
const RAW =
	/\bS3\b|NoSuchKey|InternalError|secret-bucket|binary_data|UnknownError|specified key|socket|ECONN/;

const songs = (count: number) =>
	Array.from({ length: count }, (_, index) => songItem('song.mp3', { prompt: `song ${index}` }));

function expectOwnWords(...texts: unknown[]): void {
	for (const text of texts) {
		expect(typeof text).toBe('string');
		expectGoodText(String(text));
		expect(text).not.toMatch(RAW);
	}
}

function expectItemSays({ json }: INodeExecutionData, submitted_: 'yes' | 'no'): void {
	expectOwnWords(json.error, json.message);
	expect(json.details).toMatchObject({ submitted: submitted_ });
}

const isRead = ({ method, key }: S3Request) => method === 'GET' && key !== '';
const isWrite = ({ method }: S3Request) => method === 'PUT';

test('a song is read from there, and its video put there', async () => {
	const s3 = await S3.open();
	const deapi = await Deapi.open();
	const { items } = await deapi.run(songs(2), waitingVideo());
	expect(deapi.submits.map((submit) => filePart(submit).size)).toEqual([
		s3.requests.find(isRead)?.content?.length,
		s3.requests.find(isRead)?.content?.length,
	]);
	for (const { binary } of items) expect(binary?.data?.id).toMatch(/^s3:/);
});

describe('a song', () => {
	test.each([
		['the look at its first bytes', 1],
		['its upload', 2],
	])(
		'that S3 answers with 500 at %s: nothing is sent of it, the others go on',
		async (_name, read) => {
			const s3 = await S3.open();
			const deapi = await Deapi.open();
			let bad = '';
			s3.fault = (request, response) => {
				if (!isRead(request) || request.count < read) return false;
				bad ||= request.key;
				return request.key === bad && internalError(response);
			};
			const { items } = await deapi.run(songs(3), {}, CONTINUE);
			const failed = items.filter(({ json }) => json.error !== undefined);
			expect(failed).toHaveLength(1);
			for (const item of failed) {
				expectItemSays(item, 'no');
				expect(item.json.error).toContain("'data' ('Input Audio Field')");
			}
			expect(deapi.requestIds).toHaveLength(2);
		},
	);

	test('that breaks off in the middle is not submitted, and the node stops with its name', async () => {
		const s3 = await S3.open();
		const deapi = await Deapi.open();
		s3.fault = (request, response) => {
			if (!isRead(request) || request.count < 2) return false;
			response.writeHead(200, { 'Content-Length': request.content?.length });
			response.write(request.content?.subarray(0, 50_000), () => response.destroy());
			return true;
		};
		const { stop } = await deapi.run(songs(1));
		expect(stop.message).toMatch(/^The file in 'data' \('Input Audio Field'\) could not be read/);
		expectOwnWords(stop.message, stop.description);
		expect(stop.data.submitted).toBe('no');
		expect(deapi.requestIds).toEqual([]);
	});

	test('that is deleted while its item is in the lane: named, and nothing more is sent', async () => {
		const s3 = await S3.open();
		const deapi = await Deapi.open({ submitsPerMinute: 1 });
		const begun = Date.now();
		clock.leap();
		const execution = begin(deapi, batchOf(songs(3)));
		await deapi.fake.waitFor(() => deapi.requestIds.length === 1);
		s3.prune();
		const { stop } = new Outcome(await execution.result);
		expect(Date.now() - begun).toBeGreaterThan(50_000);
		expect(stop.message).toMatch(
			/^The file in 'data' \('Input Audio Field'\) can no longer be read \[item 1\]/,
		);
		expectOwnWords(stop.message, stop.description);
		expect(stop.data.submitted).toBe('no');
		for (const id of deapi.requestIds) expect(stop.description).toContain(id);
		expect(deapi.requestIds).toHaveLength(1);
	});

	test('of which S3 does not know the size is not called empty', async () => {
		const s3 = await S3.open();
		const deapi = await Deapi.open();
		s3.fault = ({ method }, response) => method === 'HEAD' && internalError(response);
		const { items } = await deapi.run(songs(1), {}, CONTINUE);
		expect(items[0]?.json.request_id).toBe(deapi.requestIds[0]);
	});
});

describe('S3 that does not answer', () => {
	test.each([
		['the question for the size', (request: S3Request) => request.method === 'HEAD'],
		['the look at the first bytes', isRead],
		['the upload', (request: S3Request) => isRead(request) && request.count > 1],
	])('at %s: the wait has an end, and others are not held up', async (_name, hangs) => {
		const unhandled = watchRejections();
		const s3 = await S3.open();
		clock.leap();
		const deapi = await Deapi.open();
		s3.fault = (request) => request.key !== '' && hangs(request);
		const { items } = await deapi.run(songs(5), {}, CONTINUE);
		expect(items).toHaveLength(5);
		const failed = items.filter(({ json }) => json.error !== undefined);
		for (const item of failed) {
			expectItemSays(item, 'no');
			expect(item.json.error).toContain("'Input Audio Field'");
		}
		expect(deapi.requestIds).toHaveLength(items.length - failed.length);
		s3.fault = () => false;
		expect((await deapi.run(songs(1))).items).toHaveLength(1);
		await settle();
		expect(unhandled).toEqual([]);
	});

	test.each([
		['the look at the first bytes', 1],
		['the upload', 2],
	])('at %s: Stop ends the execution, and frees the way for others', async (_name, read) => {
		const s3 = await S3.open();
		const deapi = await Deapi.open();
		s3.fault = (request) => isRead(request) && request.count >= read;
		const execution = begin(deapi, batchOf(songs(5)));
		await deapi.fake.waitFor(() =>
			s3.requests.some((request) => isRead(request) && request.count >= read),
		);
		execution.cancel();
		const { status } = await execution.result;
		expect(status).toBe('canceled');
		s3.fault = () => false;
		expect((await deapi.run(songs(1))).items).toHaveLength(1);
		expect(deapi.requestIds).toHaveLength(1);
	});

	test('at the write of a video: the wait has an end, and the job is named', async () => {
		const s3 = await S3.open();
		clock.leap();
		const deapi = await Deapi.open();
		s3.fault = (request) => isWrite(request) && deapi.requestIds.length > 0;
		const { stop } = await deapi.run(songs(1), waitingVideo());
		expectOwnWords(stop.message, stop.description);
		expect(stop.message).toContain(deapi.requestIds[0]);
		expect(stop.data.submitted).toBe('yes');
	});
});

test('a video that S3 does not take: the job is named, and nothing is made again', async () => {
	const s3 = await S3.open();
	clock.leap();
	const deapi = await Deapi.open();
	s3.fault = (request, response) =>
		isWrite(request) && deapi.requestIds.length > 0 && internalError(response);
	const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
	const { stop } = await deapi.run(songs(1), waitingVideo(), retry);
	expect(stop.message).toMatch(
		/^The video is ready but could not be fetched: n8n's file storage did not accept it/,
	);
	expectOwnWords(stop.message, stop.description);
	expect(stop.message).toContain(deapi.requestIds[0]);
	expect(stop.data.submitted).toBe('yes');
	expect(deapi.requestIds).toHaveLength(1);
	s3.fault = () => false;
	const fetched = await deapi.operate({
		resource: 'job',
		operation: 'get',
		requestId: deapi.requestIds[0] ?? '',
	});
	expect(new Outcome(fetched).items[0]?.binary?.data?.id).toMatch(/^s3:/);
});

describe('a whole song', () => {
	/** Spoils reads or writes once all clips are submitted. */
	async function spoiled(
		which: (request: S3Request) => boolean,
		fault: (...args: Parameters<S3['fault']>) => boolean = (_request, response) =>
			internalError(response),
	) {
		const s3 = await S3.open();
		const deapi = await openFilms();
		s3.fault = (request, response) =>
			deapi.requestIds.length === CLIPS && which(request) && fault(request, response);
		const outcome = await deapi.run([shortSong()], film());
		return { s3, deapi, outcome };
	}

	function expectAllNamed(deapi: Deapi, { stop }: Outcome): void {
		expectOwnWords(stop.message, stop.description);
		expect(stop.data.submitted).toBe('yes');
		expect(clipsIn(stop.data).map(({ request_id }) => request_id)).toEqual(
			expect.arrayContaining(deapi.requestIds),
		);
		for (const id of deapi.requestIds) expect(stop.description).toContain(id);
	}

	/** The film is had for nothing once the storage is well again. */
	async function expectFree(s3: S3, deapi: Deapi, { stop }: Outcome): Promise<void> {
		s3.fault = () => false;
		const existingClips = JSON.stringify(clipsIn(stop.data));
		const { json } = await deapi.run([shortSong()], film({ existingClips }));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS);
	}

	test.each<[string, (request: S3Request) => boolean]>([
		[
			'a clip cannot be read',
			({ method, key, content }) => method === 'GET' && key !== '' && isVideo(content),
		],
		[
			'a clip cannot be read a second time',
			({ method, content, count }) => method === 'GET' && count > 1 && isVideo(content),
		],
		['a clip cannot be stored', isWrite],
	])('%s: all jobs are named, and no clip is paid for again', async (_name, which) => {
		// A fetch that was not stored is tried again after a pause.
		if (which === isWrite) clock.leap();
		const { s3, deapi, outcome } = await spoiled(which);
		expectAllNamed(deapi, outcome);
		await expectFree(s3, deapi, outcome);
	});

	test('the film cannot be stored: all jobs are named, and no clip is paid for again', async () => {
		const s3 = await S3.open();
		const deapi = await openFilms();
		let writes = 0;
		// The song, the clips, and then the film.
		s3.fault = (request, response) =>
			isWrite(request) && ++writes > CLIPS + 1 && internalError(response);
		const outcome = await deapi.run([shortSong()], film());
		expectAllNamed(deapi, outcome);
		expect(outcome.stop.message).toMatch(/film/);
		await expectFree(s3, deapi, outcome);
	});

	test('S3 is slow: the film is made', async () => {
		const s3 = await S3.open();
		const deapi = await openFilms();
		s3.delayMs = 10;
		const { json } = await deapi.run([shortSong()], film());
		expect(json.status).toBe('done');
		expect(submitted(deapi)).toHaveLength(CLIPS);
	});

	test('the song breaks off while it is cut: what was sent is named, nothing is sent twice', async () => {
		const s3 = await S3.open();
		const deapi = await openFilms({ submitsPerMinute: 2 });
		clock.leap();
		s3.fault = (request, response) => {
			if (!isRead(request) || request.count < 3 || isVideo(request.content)) return false;
			response.writeHead(200, { 'Content-Length': request.content?.length });
			response.write(half(request.content));
			void deapi.fake.waitFor(() => deapi.requestIds.length > 0).then(() => response.destroy());
			return true;
		};
		const { stop } = await deapi.run([longSong('three-minutes.flac')], film());
		expectOwnWords(stop.message, stop.description);
		for (const id of deapi.requestIds) expect(stop.description).toContain(id);
		const pieces = deapi.fake.jobs.map(({ files }) => files[0]?.filename);
		expect(pieces.length).toBeGreaterThan(0);
		expect(new Set(pieces).size).toBe(pieces.length);
		expect(stop.data.submitted).toBe('yes');
	});
});

/** Whether these are an MP4 file's bytes. */
function isVideo(content: Buffer | undefined): boolean {
	return content?.toString('latin1', 4, 8) === 'ftyp';
}

function half(content: Buffer = Buffer.alloc(0)): Buffer {
	return content.subarray(0, content.length >> 1);
}
