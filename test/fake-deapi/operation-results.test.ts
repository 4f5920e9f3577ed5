/**
 * What comes of speech, music, pictures and transcripts.
 */
import type { FakeDeapi, FakeDeapiOptions } from './index';
import { sniff } from './http/media';
import { post, type Fields, type Making } from './testing/requests';
import { get, start, statusOf } from './testing/plain-http';

async function done(making: Making, changes: Fields = {}, options: FakeDeapiOptions = {}) {
	const fake = await start(options);
	const response = await post(fake, making, 'v2', changes);
	expect(response.status).toBe(200);
	const requestId = fake.jobs[0]?.request_id ?? '';
	fake.completeJob(requestId);
	return { fake, requestId, status: await statusOf(fake, requestId) };
}

const bytesOf = async (fake: FakeDeapi, link: string | null) => {
	const response = await get(fake, link ?? '', {});
	expect(response.status).toBe(200);
	return Buffer.from(await response.arrayBuffer());
};

describe('a sound', () => {
	it.each<[Making, string, string]>([
		['speech', 'mp3', 'audio/mpeg'],
		['music', 'mp3', 'audio/mpeg'],
		['music', 'wav', 'audio/wav'],
		['music', 'flac', 'audio/flac'],
	])('of %s is %s where that was asked for', async (making, format, type) => {
		const { fake, status } = await done(making, { format });
		expect(status.result_url).toContain(`/output.${format}?`);
		const response = await get(fake, status.result_url ?? '', {});
		expect(response.headers.get('content-type')).toBe(type);
		expect(sniff(Buffer.from(await response.arrayBuffer()))).toBe(format);
	});
});

describe('a picture', () => {
	it('is a PNG, with links to the same in other formats', async () => {
		const { fake, status } = await done('picture');
		expect(sniff(await bytesOf(fake, status.result_url))).toBe('png');
		const { jpg, webp } = status.results_alt_formats as { jpg: string; webp: string };
		expect(sniff(await bytesOf(fake, jpg))).toBe('jpg');
		expect(sniff(await bytesOf(fake, webp))).toBe('webp');
	});
});

describe('a transcript', () => {
	const INLINE = { return_result_in_response: '1' };

	it('is in the status if that was asked for, and then has no link', async () => {
		const { fake, status } = await done('transcription', INLINE);
		expect(status.result).toMatch(/^Hello\. This is a short spoken line/);
		expect(status.result_url).toBeNull();
		expect(fake.jobs[0]?.job_type).toBe('audio_file2text');
	});

	it('is in a text file otherwise', async () => {
		const { fake, status } = await done('transcription');
		expect(status.result).toBeNull();
		expect(status.result_url).toContain('/output.txt?');
		expect(String(await bytesOf(fake, status.result_url))).toMatch(/^Hello\./);
	});

	it('has times where they were asked for, of words and speakers too', async () => {
		const timed = await done('transcription', { include_ts: '1' });
		expect(timed.status.result_url).toContain('/output.json?');
		const segments: unknown = JSON.parse(
			String(await bytesOf(timed.fake, timed.status.result_url)),
		);
		expect(segments).toContainEqual({ start: 0, end: 0.9, text: 'Hello.' });
		const options = { ...INLINE, include_ts: '1', ts_level: 'word', diarize: '1' };
		const { status } = await done('transcription', options);
		const words = JSON.parse(String(status.result)) as unknown[];
		expect(words).toHaveLength(19);
		expect(words[1]).toEqual({ start: 0.9, end: 1.15, text: 'This', speaker: 'SPEAKER_00' });
	});

	it('is empty and no failure where nothing is said', async () => {
		const inline = await done('transcription', INLINE, { transcript: '' });
		expect(inline.status).toMatchObject({ status: 'done', result: '', result_url: null });
		const linked = await done('transcription', {}, { transcript: '' });
		expect(await bytesOf(linked.fake, linked.status.result_url)).toHaveLength(0);
	});

	it('says what the test wants', async () => {
		const transcript: FakeDeapiOptions['transcript'] = ({ fields }) => `in ${fields.lang}`;
		const { status } = await done('transcription', { ...INLINE, lang: 'de' }, { transcript });
		expect(status.result).toBe('in de');
	});

	it('of a page has its facts where they were asked for, of a file none', async () => {
		const page = { source_file: null, source_url: 'https://x.com/i/spaces/1' };
		const { fake, status } = await done('transcription', { ...page, include_metadata: '1' });
		expect(status.metadata).toMatchObject({ title: 'A spoken line', duration_seconds: 7 });
		expect(fake.jobs[0]?.job_type).toBe('audio2text');
		const uploaded = await done('transcription', { include_metadata: '1' });
		expect(uploaded.status.metadata).toBeNull();
		expect((await done('transcription')).status).not.toHaveProperty('metadata');
	});
});

describe('links', () => {
	it('can have a content type that says nothing, and no ending', async () => {
		const options = { resultContentType: 'binary/octet-stream', resultEndings: false };
		const { fake, status } = await done('music', {}, options);
		expect(new URL(status.result_url ?? '').pathname).toMatch(/\/output$/);
		const response = await get(fake, status.result_url ?? '', {});
		expect(response.headers.get('content-type')).toBe('binary/octet-stream');
		expect(sniff(Buffer.from(await response.arrayBuffer()))).toBe('mp3');
	});
});
