/**
 * Every sound of the fixtures, in order and damaged, through all that makes money of it: a single video, a
 * film, a split. What is sent and given out is held against what ffmpeg decodes of the sound.
 */
import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { FakeModel } from '../fake-deapi';
import type { Figures } from '../support/decoded';
import { FIGURES } from '../support/decoded';
import { Deapi } from '../support/deapi';
import { readBinary } from '../support/engine';
import { LoudnessMeter, strayPlaces } from '../support/loudness';
import { decodeHeard } from '../support/mp3';
import type { ClipItem } from '../support/songs';
import { clipsIn, film } from '../support/songs';
import { file } from '../support/workflows';
import { bytesOf } from '../files/length/sounds';
import { DIFFERENCES } from '../sound/differences';

/** What nobody notices, in seconds: a frame of film. */
const FRAME = 1 / 24;
/** Each level is that of so many seconds. */
const WINDOW = 0.05;

/** Three seconds at most, so that most sounds are several clips. */
const MODEL: FakeModel = {
	name: 'Short clips',
	slug: 'short-clips',
	inference_types: ['audio2video'],
	info: {
		limits: { min_frames: 9, max_frames: 73, min_fps: 24, max_fps: 24 },
		features: [],
		defaults: [],
	},
};

jest.setTimeout(600_000);

// The decoder of FLAC says on the console what it does not like.
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation());
afterAll(() => jest.restoreAllMocks());

/** Those of minutes are for the tests of whole songs. */
const SOUNDS: Array<[string, Figures]> = Object.entries(FIGURES).filter(
	([, { seconds }]) => seconds < 20,
);

/** The sound of each item is named by its place among them. */
const ITEMS = SOUNDS.map(([name], index) => ({
	json: { index },
	files: { data: file(name, { fileName: `${index}.${name.split('.').at(-1) ?? ''}` }) },
}));

/** A part of a sound, as somebody got it. */
interface Part {
	content: Buffer;
	/** Where in the sound it begins and ends, in seconds. */
	from: number;
	to: number;
}

/** Why a part is not what lies at its place in the sound; empty where it is. */
function strays(name: string, figures: Figures, { content, from, to }: Part): string[] {
	if (isWhole(name, content)) return [];
	const { rate, channels } = decodeHeard(content);
	const length = (channels[0]?.length ?? 0) / rate;
	const wanted = Math.min(to, secondsOf(name, figures)) - from;
	if (Math.abs(length - wanted) > FRAME) return [`${name} at ${from}: ${length} s, not ${wanted}`];
	// Levels begin with each 50 ms of the whole sound: the first of the part is one that lies in it whole.
	const first = Math.ceil(from / WINDOW);
	const skipped = Math.round((first * WINDOW - from) * rate);
	const meter = new LoudnessMeter(rate);
	meter.add(channels.map((row) => row.subarray(skipped)));
	const levels = meter.end().slice(0, -1);
	const expected = figures.loudness.slice(first, first + levels.length);
	const [odd, end] = DIFFERENCES[name]?.places ?? [0, 0];
	const places = strayPlaces(levels, expected)
		// Beside a cut there is only one neighbour to be like.
		.filter((place) => place > 0 && place < levels.length - 1)
		.map((place) => first + place)
		.filter((place) => place < odd || place >= end);
	return places.length === 0 ? [] : [`${name} at ${from}: other levels at ${places.join(', ')}`];
}

const sum = (content: Buffer) => createHash('sha256').update(content).digest('hex');

function isWhole(name: string, content: Buffer): boolean {
	return content.equals(bytesOf(name));
}

/** What an item's clips are of the sound: without a gap from its first to its last sample. */
function gaps(name: string, seconds: number, clips: ClipItem[]): string[] {
	const ends = clips.map(({ start_seconds, frames }) => start_seconds + frames / 24);
	const starts = clips.map(({ start_seconds }) => start_seconds);
	const expected = [0, ...ends.slice(0, -1)];
	const isWithoutGap = starts.every(
		(start, index) => Math.abs(start - (expected[index] ?? NaN)) < 0.001,
	);
	const beyond = (ends.at(-1) ?? 0) - seconds;
	// The film may be some pictures longer than the sound: eight at most, the step of a model's lengths.
	return isWithoutGap && beyond > -FRAME && beyond < 9 * FRAME
		? []
		: [`${name}: ${starts.join(', ')} to ${ends.join(', ')} of ${seconds}`];
}

async function openShort() {
	const sent = new Map<string, Buffer>();
	const deapi = await Deapi.open({
		models: [MODEL],
		soundLengths: true,
		onSound: (content) => sent.set(sum(content), content),
	});
	/** The sounds that were sent for an item, in the order of its clips. */
	const contentOf = (requestId: unknown): Buffer => {
		const job = deapi.fake.jobs.find((each) => each.request_id === requestId);
		return sent.get(job?.files[0]?.sha256 ?? '') ?? Buffer.alloc(0);
	};
	return { deapi, contentOf };
}

/** An item's JSON by the number of its sound. */
function byIndex(items: Array<{ json: IDataObject; pairedItem?: unknown }>): IDataObject[] {
	expect(items.filter(({ json }) => json.error !== undefined).map(({ json }) => json)).toEqual([]);
	expect(items).toHaveLength(SOUNDS.length);
	return items.map(({ json }) => json);
}

const each = <T>(list: T[], read: (name: string, figures: Figures, given: T) => string[]) =>
	list.flatMap((given, index) => {
		const [name, figures] = SOUNDS[index] ?? [];
		return name === undefined || figures === undefined ? ['?'] : read(name, figures, given);
	});

test('a film of each sound is sent as pieces that are together the whole, each in its place', async () => {
	const { deapi, contentOf } = await openShort();
	const { items } = await deapi.run(ITEMS, film({ cutAt: 'equal' }, { waitForCompletion: false }), {
		onError: 'continueRegularOutput',
	});
	const found = each(byIndex(items), (name, figures, json) => {
		const clips = clipsIn(json);
		return [
			...gaps(name, Number(json.audio_seconds), clips),
			...(Math.abs(Number(json.audio_seconds) - secondsOf(name, figures)) < FRAME ? [] : [name]),
			...clips.flatMap(({ start_seconds: from, frames, frames_asked: asked, request_id }) =>
				strays(name, figures, {
					content: contentOf(request_id),
					from,
					to: from + (asked ?? frames) / 24,
				}),
			),
		];
	});
	expect(found).toEqual([]);
	expect(deapi.requestIds.length).toBeGreaterThan(1.5 * SOUNDS.length);
});

test('a split of the last seconds gives the pieces that lie there', async () => {
	const { deapi } = await openShort();
	const source = ITEMS.map((item, index) => ({
		...item,
		json: { startAt: Math.max(0, (SOUNDS[index]?.[1].seconds ?? 0) - 2) },
	}));
	const { items } = await deapi.run(source, {
		resource: 'audio',
		operation: 'splitIntoClips',
		options: { startAt: '={{ $json.startAt }}', cutAt: 'equal' },
	});
	const found: string[] = [];
	for (const { json, binary, pairedItem } of items) {
		const [name, figures] = SOUNDS[(pairedItem as { item: number }).item] ?? [];
		if (name === undefined || figures === undefined) throw new Error('An item of no sound');
		const content = await readBinary(binary?.data);
		const from = Number(json.start_seconds);
		const frames = Number(json.frames_asked ?? json.frames);
		found.push(...strays(name, figures, { content, from, to: from + frames / 24 }));
	}
	expect(found).toEqual([]);
	const split = items.map(({ pairedItem }) => (pairedItem as { item: number }).item);
	expect(new Set(split).size).toBe(SOUNDS.length);
});

test('a single video is sent what it shows', async () => {
	const { deapi, contentOf } = await openShort();
	const { items } = await deapi.run(
		ITEMS,
		{ lengthMode: 'seconds', duration: 1.5, options: { startAt: 0.25 } },
		{ onError: 'continueRegularOutput' },
	);
	const found = each(byIndex(items), (name, figures, json) =>
		strays(name, figures, {
			content: contentOf(json.request_id),
			from: 0.25,
			to: 0.25 + Number(json.frames) / 24,
		}),
	);
	expect(found).toEqual([]);
});

function secondsOf(name: string, { seconds }: Figures): number {
	return DIFFERENCES[name]?.seconds ?? seconds;
}
