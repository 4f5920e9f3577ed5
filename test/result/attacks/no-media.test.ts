/** Results that are no media files: told by their first bytes, never called a video. */
import { readFileSync } from 'node:fs';
import { clockForTests } from '../../support/clock';
import { readBinary } from '../../support/engine';
import { Deapi, expectGoodText } from '../../support/deapi';
import { fixture } from '../../support/workflows';

const clock = clockForTests();
beforeEach(() => clock.leap());

const WAITING = { waitForCompletion: true, options: { pollInterval: 0.02 } };
const TYPES = ['application/octet-stream', 'video/mp4', 'binary/octet-stream', 'text/plain', ''];
const BODIES: Array<[string, Buffer]> = [
	['JSON', Buffer.from('{"message":"Not found"}')],
	['JSON behind spaces', Buffer.from(`${' '.repeat(300)}{"message":"Not found"}`)],
	['JSON behind a byte order mark', Buffer.from('\ufeff{"message":"Not found"}')],
	['a web page', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>')],
	['a web page behind a byte order mark', Buffer.from('\ufeff<!DOCTYPE html><p>Sign in</p>')],
	['XML', Buffer.from('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')],
	['a word', Buffer.from('Forbidden')],
	['nothing', Buffer.alloc(0)],
	['a number', Buffer.from('404')],
];

describe.each(BODIES)('%s', (_name, resultFile) => {
	test.each(TYPES)(
		'called "%s" is not given out as the video',
		async (resultContentType) => {
			const deapi = await Deapi.open({ resultFile, resultContentType });
			const { run } = await deapi.run(
				undefined,
				{ ...WAITING },
				{ onError: 'continueRegularOutput' },
			);
			const [item] = run.data.resultData.runData.deAPI?.[0]?.data?.main?.[0] ?? [];
			expect(item?.json.error).toMatch(/is ready but could not be fetched/);
			expect(item?.json.error).toContain(deapi.requestIds[0]);
			expect(item?.binary).toBeUndefined();
			expectGoodText(item?.json.message);
		},
		20_000,
	);
});

test.each(['application/octet-stream', 'text/html', 'image/png', 'application/json', ''])(
	'a video that is called "%s" is a video, or refused; never something else',
	async (resultContentType) => {
		const deapi = await Deapi.open({ resultContentType });
		const { run } = await deapi.run(undefined, WAITING, { onError: 'continueRegularOutput' });
		const [item] = run.data.resultData.runData.deAPI?.[0]?.data?.main?.[0] ?? [];
		if (item?.json.error !== undefined) return;
		expect(item?.binary?.data?.mimeType).toBe('video/mp4');
		const content = await readBinary(item?.binary?.data);
		expect(content.equals(readFileSync(fixture('result.mp4')))).toBe(true);
	},
);

test.each<[string, Buffer]>([
	[
		'bytes of no kind that is known',
		Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 73) % 256)),
	],
	['zeros', Buffer.alloc(5000)],
	['the start of a video', readFileSync(fixture('result.mp4')).subarray(0, 3000)],
	['a picture', readFileSync(fixture('frame.png'))],
	['a sound', readFileSync(fixture('song.mp3'))],
])(
	'%s are not given out as the video: fetched once more, paid, and named',
	async (_what, resultFile) => {
		const deapi = await Deapi.open({ resultFile, resultContentType: 'application/octet-stream' });
		const { stop } = await deapi.run(undefined, WAITING);
		expect(stop.message).toMatch(/^The video is ready but could not be fetched: /);
		expect(stop.message).toContain(deapi.requestIds[0]);
		expect(stop.data).toMatchObject({ submitted: 'yes', request_id: deapi.requestIds[0] });
		expect(deapi.requestsTo('result').length).toBeGreaterThan(1);
		expect(deapi.requestIds).toHaveLength(1);
		expectGoodText(stop.message);
		expectGoodText(stop.description);
	},
);
