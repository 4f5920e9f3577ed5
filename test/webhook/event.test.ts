import type { IDataObject } from 'n8n-workflow';
import {
	parseEvent,
	toJson,
	unwantedBecause,
	type WebhookEvent,
} from '../../nodes/Deapi/webhook/event';
import { cpuTimer } from '../support/cpu-timer';

function eventOf(payload: unknown): WebhookEvent | undefined {
	return parseEvent(Buffer.from(JSON.stringify(payload)));
}

const COMPLETED = {
	event: 'job.completed',
	delivery_id: '550e8400-e29b-41d4-a716-446655440001',
	timestamp: '2026-01-15T10:30:45.000Z',
	data: {
		job_request_id: '123e4567-e89b-12d3-a456-426614174000',
		status: 'done',
		previous_status: 'processing',
		job_type: 'audio2video',
		completed_at: '2026-01-15T10:30:45.000Z',
		result_url: 'https://storage.example/output.mp4',
		processing_time_ms: 45000,
	},
};

describe('reading an event', () => {
	test.each([
		['no JSON', 'hello'],
		['nothing', ''],
		['a list', '[]'],
		['null', 'null'],
		['text', '"job.completed"'],
		['no event', '{"data":{"job_request_id":"x"}}'],
		['an event that is no text', '{"event":1,"data":{"job_request_id":"x"}}'],
		['no data', '{"event":"job.completed"}'],
		['data that is a list', '{"event":"job.completed","data":[1]}'],
		['data of tomorrow that is a list', '{"event":"account.low_balance","data":[1]}'],
		['data that is null', '{"event":"job.completed","data":null}'],
		['no job', '{"event":"job.completed","data":{"status":"done"}}'],
		['a job that is no ID', '{"event":"job.completed","data":{"job_request_id":{"id":7}}}'],
		['a job that is true', '{"event":"job.completed","data":{"job_request_id":true}}'],
	])('takes %s for no deAPI event', (_name, text) => {
		expect(parseEvent(Buffer.from(text))).toBeUndefined();
	});

	test('takes a number for the ID of a job', () => {
		const event = eventOf({ event: 'job.completed', data: { job_request_id: 7 } });
		expect(event?.requestId).toBe('7');
		expect(event && toJson(event, true)).toMatchObject({ request_id: '7' });
	});

	test('takes events of tomorrow for events', () => {
		expect(eventOf({ event: 'account.low_balance', data: [] })?.event).toBe('account.low_balance');
	});

	test('tells deliveries apart by their ID, and without one by their bytes', () => {
		const { delivery_id, ...without } = COMPLETED;
		expect(eventOf(COMPLETED)?.deliveryKey).toBe(delivery_id);
		const key = eventOf(without)?.deliveryKey;
		expect(key).toMatch(/^[0-9a-f]{64}$/);
		expect(eventOf(without)?.deliveryKey).toBe(key);
		expect(eventOf({ ...without, timestamp: 'later' })?.deliveryKey).not.toBe(key);
		expect(eventOf({ ...COMPLETED, delivery_id: 'x'.repeat(1e6) })?.deliveryKey).toHaveLength(64);
	});

	test('keeps an ID of 64 characters, and tells longer ones apart by a hash', () => {
		const keyOf = (delivery_id: string) => eventOf({ ...COMPLETED, delivery_id })?.deliveryKey;
		const id = 'x'.repeat(64);
		expect(keyOf(id)).toBe(id);
		expect(keyOf(`${id}x`)).toMatch(/^[0-9a-f]{64}$/);
		expect(keyOf(`${id}x`)).not.toBe(keyOf(`${id}y`));
	});

	test('passes over a byte order mark in front, and leaves one within a text', () => {
		const payload = { ...COMPLETED, note: 'a\uFEFFb' };
		const withMark = (mark: string) =>
			parseEvent(Buffer.from(`${mark}${JSON.stringify(payload)}`))?.payload;
		expect(withMark('\uFEFF')).toEqual(payload);
		expect(withMark('')).toEqual(payload);
	});

	test('takes a number for the ID of a delivery, as far as it is exact', () => {
		const withId = (text: string, timestamp = '') =>
			parseEvent(
				Buffer.from(
					`{"event":"job.completed","delivery_id":${text},"timestamp":"${timestamp}","data":{"job_request_id":"x"}}`,
				),
			)?.deliveryKey;
		expect(withId('17')).toBe('17');
		expect(withId('"17"')).toBe('17');
		expect(withId('17', 'again')).toBe('17');
		// Read as numbers these two are the same.
		expect(withId('9007199254740992')).not.toBe(withId('9007199254740993'));
		for (const odd of ['{}', '[1]', 'true', 'null', '1.5', '""']) {
			expect(withId(odd)).toMatch(/^[0-9a-f]{64}$/);
		}
	});

	test('makes a flat item, with all fields that come', () => {
		const event = eventOf({
			...COMPLETED,
			new_on_top: 1,
			data: {
				...COMPLETED.data,
				new_below: { deep: [1] },
				request_id: 'not this',
				event: 'nor this',
			},
		});
		const { job_request_id, ...fields } = COMPLETED.data;
		const json = event && toJson(event, true);
		expect(json).toEqual({
			event: 'job.completed',
			delivery_id: COMPLETED.delivery_id,
			timestamp: COMPLETED.timestamp,
			request_id: job_request_id,
			new_on_top: 1,
			...fields,
			new_below: { deep: [1] },
		});
		expect(Object.keys(json ?? {}).slice(0, 4)).toEqual([
			'event',
			'delivery_id',
			'timestamp',
			'request_id',
		]);
	});

	test('gives the payload as it came where nothing is to be simplified', () => {
		const event = eventOf({ ...COMPLETED, new_on_top: 1 });
		expect(event && toJson(event, false)).toEqual({ ...COMPLETED, new_on_top: 1 });
	});
});

describe('names and texts that are meant to harm', () => {
	const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then'];

	test.each(NAMES)('takes %s for an event, a job type and a field like any other', (name) => {
		const body = JSON.stringify({
			event: name,
			data: { job_request_id: name, job_type: name },
		}).replace('"data":{', `"data":{"${name}":{"spoilt":true},`);
		const event = parseEvent(Buffer.from(body));
		expect(event).toMatchObject({ event: name, requestId: name, jobType: name });
		const isWanted = (events: string[], jobTypes: string[]) =>
			event !== undefined && unwantedBecause(event, { events, jobTypes }) === undefined;
		expect(isWanted(['job.completed'], [])).toBe(false);
		expect(isWanted([name], ['audio2video'])).toBe(false);
		expect(isWanted([name], [name])).toBe(true);
		for (const simplify of [true, false]) {
			const json: IDataObject = event ? toJson(event, simplify) : {};
			expect(json.spoilt).toBeUndefined();
			expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
			expect(JSON.stringify(json)).not.toContain('__proto__":{');
			expect(json.event).toBe(name);
		}
		expect({}).not.toHaveProperty('spoilt');
	});

	test.each([
		['a', 'a'],
		['spaces', ' '],
		['line breaks', '\n'],
		['hyphens', '-'],
		['the words that have two spellings', 'audiovideotext'],
		['quotes and backslashes', '"\\'],
		['brackets', '[{'],
		['digits', '9'],
		['letters beyond ASCII', '\u00fc\u{1f3ac}'],
	])('reads 1 MB of %s in no time, in any place', (_name, piece) => {
		const text = piece.repeat(2 ** 20 / piece.length);
		const event = eventOf({
			event: text,
			delivery_id: text,
			data: { job_request_id: text, job_type: text, [text]: text },
		});
		if (event === undefined) return;
		const used = cpuTimer();
		unwantedBecause(event, { events: [text], jobTypes: [text, 'audio2video'] });
		toJson(event, true);
		parseEvent(Buffer.from(text));
		// A rule that looks at every place from every place would take minutes.
		expect(used()).toBeLessThan(5000);
	});

	test('takes a body that is nested without end for no event', () => {
		const deep = `{"event":"job.completed","data":${'{"data":'.repeat(2e5)}1${'}'.repeat(2e5)}}`;
		expect(parseEvent(Buffer.from(deep))).toBeUndefined();
	});
});

describe('choosing events', () => {
	const because = (changes: IDataObject, events: string[], jobTypes: string[]) => {
		const event = eventOf({ ...COMPLETED, data: { ...COMPLETED.data, ...changes } });
		return event && unwantedBecause(event, { events, jobTypes });
	};

	test('hears of chosen events and job types only', () => {
		expect(because({}, ['job.completed'], ['audio2video'])).toBeUndefined();
		expect(because({}, ['job.failed'], [])).toBe('event not selected');
		expect(because({}, [], [])).toBe('event not selected');
		expect(because({}, ['job.completed'], ['txt2img', 'img2img'])).toBe('job type not selected');
		expect(because({ job_type: 'txt2img' }, ['job.completed'], [])).toBeUndefined();
	});

	test.each([
		['audio2video', 'aud2video'],
		['audio2text', 'aud2txt'],
		['video2text', 'vid2txt'],
		['audio_file2text', 'audiofile2txt'],
		['video_file2text', 'videofile2txt'],
		['img-upscale', 'img_upscale'],
		['img-rmbg', 'img_rmbg'],
		['vid-upscale', 'vid_upscale'],
		['vid-rmbg', 'vid_rmbg'],
	])('knows %s by the name that webhooks have for it, %s', (chosen, sent) => {
		expect(because({ job_type: sent }, ['job.completed'], [chosen])).toBeUndefined();
		expect(because({ job_type: chosen }, ['job.completed'], [sent])).toBeUndefined();
		expect(because({ job_type: sent }, ['job.completed'], ['txt2img'])).toBeDefined();
	});

	test('passes over spaces around a job type', () => {
		expect(
			because({ job_type: ' aud2video ' }, ['job.completed'], ['audio2video']),
		).toBeUndefined();
	});

	test('hears of a job whose type is not told', () => {
		expect(because({ job_type: null }, ['job.completed'], ['audio2video'])).toBeUndefined();
	});
});
