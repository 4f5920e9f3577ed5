/** What a message advises about a film's clips is followed, and ends well. */
import type { INodeParameters } from 'n8n-workflow';
import type { FakeJob, Fault } from '../../fake-deapi';
import { clockForTests } from '../../support/clock';
import { expectGoodText } from '../../support/deapi';
import type { ClipItem } from '../../support/songs';
import { clipsIn, film, isClip, openFilms } from '../../support/songs';
import { soundsAt } from '../../support/served-sounds';
import { silence } from '../../support/wav';
import { file } from '../../support/workflows';

const clock = clockForTests();
beforeEach(() => clock.leap());

const CLIPS = 3;
const song = () => ({ json: {}, files: { data: { data: silence(24), fileName: 'song.wav' } } });
const NOT_FOUND: Fault = { type: 'status', status: 404, body: { message: 'Not found.' } };

const existing = (clips: unknown, more: INodeParameters = {}) =>
	film({ existingClips: JSON.stringify(clips) }, more);

/** The clips that are named in a sentence of a message, without their request IDs. */
function asAdvised(clips: ClipItem[], advice: string): ClipItem[] {
	const [, numbers = ''] = /If clips? ([\d, and]+?) cannot be had/.exec(advice) ?? [];
	const named = (numbers.match(/\d+/g) ?? []).map(Number);
	expect(named.length).toBeGreaterThan(0);
	return clips.map((clip) =>
		named.includes(clip.clip) ? { ...clip, request_id: undefined } : clip,
	);
}

describe.each(['v1', 'v2'])('on %s', (apiVersion) => {
	const open = async () => (await openFilms()).with({ apiVersion });

	test.each([
		['results that are gone from storage', 'result', [1, 2, 3]],
		['one result that is gone from storage', 'result', [2]],
		['jobs that deAPI has forgotten', 'job', [1, 2, 3]],
		['one job that deAPI has forgotten', 'job', [3]],
	] as const)('%s: both ways that the message says lead on', async (_what, lost, gone) => {
		const deapi = await open();
		const made = await deapi.run([song()], film());
		const paid = [...deapi.requestIds];
		const isGone = (job: FakeJob) => isClip(...gone)(job) && paid.includes(job.request_id);
		deapi.fake.settings.lost = (job) => (isGone(job) ? lost : undefined);
		const { stop } = await deapi.run([song()], existing(clipsIn(made.json)));
		expectGoodText(stop.description);
		const clips = clipsIn(stop.data);
		expect(clips.map(({ request_id }) => request_id)).toEqual(made.json.request_ids);
		expect(stop.description).not.toMatch(/gives the links/);

		// They may be there again.
		const later = await deapi.run([song()], existing(clips));
		expect(later.stop.message).toBe(stop.message);
		expect(deapi.requestIds).toHaveLength(CLIPS);

		const { json } = await deapi.run([song()], existing(asAdvised(clips, stop.description)));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS + gone.length);
		expect(clipsIn(json).map(({ clip, request_id }) => [clip, request_id])).toEqual(
			clips.map(({ clip, request_id }) => [
				clip,
				gone.some((number) => number === clip)
					? deapi.fake.jobs.findLast(isClip(clip))?.request_id
					: request_id,
			]),
		);
	});

	test('results that cannot be fetched today are there tomorrow, and nothing is paid again', async () => {
		const deapi = await open();
		deapi.fake.faults.add({ route: 'result', times: 1000, fault: NOT_FOUND });
		const { stop } = await deapi.run([song()], film());
		expect(stop.description).toContain('none is paid for again');
		deapi.fake.faults.clear();
		const { json } = await deapi.run([song()], existing(clipsIn(stop.data)));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS);
	});

	test.each(['job', 'result'] as const)(
		'a picture whose %s is lost is made again with its clip by the next run',
		async (lost) => {
			const deapi = await open();
			const reference = { reference: file('sea.png') };
			const item = { json: {}, files: { ...song().files, ...reference } };
			const made = { keyframes: 'made', referenceBinaryProperty: 'reference' };
			const isPicture = ({ operation }: FakeJob) => operation === 'pictureEdit';
			deapi.fake.settings.lost = (job) =>
				job === deapi.fake.jobs.filter(isPicture)[1] ? lost : undefined;
			const { stop } = await deapi.run([item], film(made));
			const pictures = () => deapi.fake.jobs.filter(isPicture).length;
			const clips = () => deapi.fake.jobs.length - pictures();
			expect([pictures(), clips()]).toEqual([CLIPS, CLIPS - 1]);
			for (const id of deapi.requestIds) expect(stop.description).toContain(id);
			expect(stop.description).toContain("with the details' clips in 'Existing Clips'");
			const existingClips = JSON.stringify(clipsIn(stop.data));
			const { json } = await deapi.run([item], film({ ...made, existingClips }));
			expect(json.status).toBe('done');
			expect([pictures(), clips()]).toEqual([CLIPS + 1, CLIPS]);
		},
	);

	test('a sound that is gone when the film is tried again: the clips of the first try are kept', async () => {
		const deapi = await open();
		deapi.fake.failJob(isClip(2), { retryable: true });
		const sound = silence(24);
		const audioUrl = await soundsAt(sound, undefined);
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const byUrl = { audioSource: 'url', audioUrl };
		const { stop } = await deapi.run([{ json: {} }], film({}, byUrl), retry);
		expect(stop.message).toContain('could not be fetched');
		for (const id of deapi.requestIds) expect(stop.description).toContain(id);
		expect(stop.description).toContain("the details: with these in 'Existing Clips'");
		expectGoodText(stop.description);
		expect(clipsIn(stop.data).map(({ clip }) => clip)).toEqual([1, 3]);
		const { json } = await deapi.run([song()], existing(clipsIn(stop.data)));
		expect(json.status).toBe('done');
		expect(deapi.requestIds).toHaveLength(CLIPS + 1);
	});
});
