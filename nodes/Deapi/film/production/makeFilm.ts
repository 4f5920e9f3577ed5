/**
 * A song as one film: planned, cut, one job per clip, joined.
 *
 * Invariants, and why:
 * - All clips and pictures of all items are checked and priced before the first is sent.
 * - A clip is a job like any other: the same lane, the same ledger, sent once. A clip that has a job is
 *   never sent again, by Retry On Fail or with 'Existing Clips'.
 * - A job is a clip's only where it was made for it: of the same stretch of the same sound, with the same
 *   scene, pictures and values. Others stay named.
 * - A clip that ended in an error does not stop the others: they are paid for, so they are awaited.
 * - Whatever happens, every clip's request ID is in the item or in the message.
 */
import type { INodeExecutionData } from 'n8n-workflow';
import { numberOf, textOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import type { Failure } from '../../engine/failure';
import { CANCELED } from '../../engine/failure';
import { stemOf } from '../../files/name';
import { openableOf } from '../../prepare/sound';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../prepare/video';
import type { ResultOptions } from '../../result/options';
import { readResultOptions } from '../../result/options';
import { Account } from '../../service/account';
import { sumOf } from '../../service/price';
import { allChecked } from '../../submit/checked';
import type { Ledger, SubmitKey } from '../../submit/ledger';
import { ledgerOf } from '../../submit/ledger';
import { earlierOf, keepFilm, submitsOf } from '../../submit/outcome/outcome';
import { earlierFacts } from '../../submit/outcome/sentences';
import { readMaxPrice, refuseAbove } from '../../submit/priceCap';
import { drawsSeed, purposeOf } from '../../submit/purpose';
import type { Soundtrack } from '../join/soundtrack';
import type { PlannedClip } from '../plan/plan';
import type { Clip, Picture } from './clips';
import { filmFacts, placeOf, receivedOf, soundOf } from './clips';
import { lookAtExisting } from './existingJobs';
import { priceOfPicture, pricesOfClips } from './filmPrice';
import type { FilmRequest } from './filmRequest';
import { readFilm } from './filmRequest';
import { joinFilm } from './joinFilm';
import { pictureKeyOf, pictureOf, promptOf } from './pictures';
import { Production, requestOf } from './production';

/** Makes the film of one item. */
export async function makeFilm(call: Call): Promise<INodeExecutionData[]> {
	const account = await Account.of(call.context);
	const ledger = ledgerOf(call.run);
	const read = await readFilm(call, account);
	const keys = await Promise.all(
		read.plan.clips.map(async (clip) => await keysOf(call, read, clip)),
	);
	const film = withSeedOf(ledger, keys, call, read);
	const clips = film.plan.clips.map((clip, index) =>
		clipOf(ledger, film, clip, keys[index] ?? { own: { item: call.item } }, keys),
	);
	const known = { clips, foreign: film.foreign };
	// What stops an item before it sends anything does not hide what it has paid for.
	if (submitsOf(clips).jobs.length > 0) keepFilm(call, known);
	await checkPrice(call, account, film, clips);
	const options = readResultOptions(call);
	await lookAtExisting(call, account, ledger, film, clips, options);
	await allChecked(call);

	const production = new Production(call, account, ledger, film, clips);
	// Whatever happens from here on: the item says it of its clips.
	keepFilm(call, known);
	// A pass that stops waits for what comes of the clips.
	return await call.pass.whileWorking(async () => {
		try {
			const files = await production.run(options);
			refuseIncomplete(call, clips);
			return [await finish(call, film, clips, options, files)];
		} finally {
			await production.close();
		}
	});
}

/** What the ledger knows a clip and its picture by. */
interface ClipKeys {
	own: SubmitKey;
	picture?: SubmitKey | undefined;
}

/** A clip is known by what is made, of which stretch of which sound, with which picture. */
async function keysOf(call: Call, film: FilmRequest, clip: PlannedClip): Promise<ClipKeys> {
	const { pictures } = film;
	const picture = pictures && (await pictureKeyOf(call, film, pictures, clip));
	const { body, sent, files } = requestOf(film, clip, film.picturesOf(clip));
	const place = { start_seconds: clip.start_seconds, sound_id: film.soundIdOf(clip) };
	const made = picture === undefined ? {} : { picture: picture.purpose?.sum };
	const request = { body, sent: { ...sent, ...place, ...made }, files };
	const purpose = await purposeOf(call, AUDIO_TO_VIDEO_ENDPOINT, request, {
		...place,
		frames: clip.frames,
	});
	return { own: { item: call.item, clip: clip.clip, purpose }, picture };
}

/** A seed that is drawn, is drawn once for a film: what is missing gets that of the clips that are there. */
function withSeedOf(ledger: Ledger, keys: ClipKeys[], call: Call, film: FilmRequest): FilmRequest {
	if (!drawsSeed(call)) return film;
	const all = keys.flatMap(({ own, picture }) => [own, ...(picture ? [picture] : [])]);
	const known = [
		...all.flatMap((key) => numberOf(ledger.get(key)?.job?.seed) ?? []),
		...[...film.existing.values()].flatMap((job) => job.seed ?? []),
	];
	const [seed = film.request.seed] = known;
	return { ...film, request: { ...film.request, seed } };
}

/** @throws {Failure} where a clip is missing */
function refuseIncomplete(call: Call, clips: Clip[]): void {
	if (call.isCanceled) {
		// What the clips say then is only that they were not waited for.
		for (const clip of clips) if (!isUnclear(clip)) delete clip.cause;
		const description = 'No more clips are submitted, and the node has stopped waiting.';
		throw CANCELED.with({ description });
	}
	const cause: Failure | undefined = clips.find((clip) => clip.cause !== undefined)?.cause;
	if (cause !== undefined) throw cause;
	if (call.pass.stoppedBy !== undefined) throw call.pass.stoppedBy;
	if (clips.some(({ job }) => job === undefined)) throw CANCELED;
}

function isUnclear({ submitted, picture }: Clip): boolean {
	return [submitted, picture?.submitted].includes('unknown');
}

/** What the item has from earlier tries, and no clip of the film names. */
function earlierOfFilm(call: Call, clips: Clip[]) {
	const { keys, jobs } = submitsOf(clips);
	return earlierFacts(earlierOf(call, keys, jobs));
}

/** What is known of a clip before anything is sent: from an earlier pass, or from an earlier run. */
function clipOf(
	ledger: Ledger,
	film: FilmRequest,
	planned: PlannedClip,
	{ own: key, picture: pictureKey }: ClipKeys,
	keys: ClipKeys[],
): Clip {
	const { clip } = planned;
	const entry = ledger.get(key);
	// Jobs that were made for this place before it was to show something else.
	const othersOf = (part: SubmitKey['part'], known: Array<SubmitKey | undefined>) =>
		ledger
			.of(key.item)
			.filter((other) => other.clip === clip && other.part === part)
			.filter((other) => known.every((each) => each === undefined || ledger.get(each) !== other))
			.flatMap(({ request_ids }) => request_ids);
	const others = othersOf(
		undefined,
		keys.map(({ own }) => own),
	);
	const jobs = [...others, ...(entry?.request_ids ?? [])];
	const picture =
		pictureKey &&
		pictureOf(
			ledger,
			pictureKey,
			film.pictures?.existing.get(clip),
			othersOf(
				'picture',
				keys.map((each) => each.picture),
			),
		);
	const prompt = promptOf(film.request, planned.scene);
	const base = { clip, planned, key, jobs, picture, place: placeOf(planned), prompt };
	const sound_id = film.soundIdOf(planned);
	if (entry?.job) {
		const { request_id, model, seed } = entry.job;
		const made = { model: textOf(model), seed: numberOf(seed), sound_id };
		return { ...base, job: request_id, submitted: 'yes', ...made };
	}
	const existing = film.existing.get(clip);
	// One that has ended in an error since is made again.
	if (existing && !jobs.includes(existing.request_id)) {
		const { request_id, status = 'pending', model, seed, scene } = existing;
		// Not its link: links last some hours, so the job is asked for a fresh one.
		return {
			...{ ...base, jobs: [...jobs, request_id], job: request_id, submitted: 'yes' },
			// What its job shows, and not what the node says now.
			...{ status, model, seed, prompt: existing.prompt, sound_id: existing.sound_id },
			place: placeOf({ ...planned, scene }),
			picture: picture ?? earlierPicture(existing.picture_request_id),
		};
	}
	const { seed, video } = film.request;
	const submitted = entry?.unclear ? 'unknown' : 'no';
	return { ...base, submitted, model: video.model, seed, sound_id };
}

/** A picture that a clip of an earlier run names; nothing is made of it any more. */
function earlierPicture(id: string | undefined): Picture | undefined {
	return id === undefined ? undefined : { job: id, jobs: [id], submitted: 'yes' };
}

/** Asks for the price of the missing clips and pictures: once for each length, and multiplied. */
async function checkPrice(
	call: Call,
	account: Account,
	film: FilmRequest,
	clips: Clip[],
): Promise<void> {
	const limit = readMaxPrice(call);
	const missing = clips.filter(({ job }) => job === undefined);
	if (limit === undefined || missing.length === 0) return;
	const prices = await pricesOfClips(
		call,
		account,
		film.request,
		missing.map(({ planned }) => planned),
	);
	const all = [...prices];
	const unmade = missing.some(({ picture }) => picture?.job === undefined);
	const ofPicture = unmade ? await priceOfPicture(call, account, film) : undefined;
	for (const [index, clip] of missing.entries()) {
		const price = prices[index];
		if (price === undefined) continue;
		clip.quote = price;
		clip.check = () => refuseAbove(call, limit, price, 1);
		const { picture } = clip;
		if (ofPicture === undefined || picture === undefined || picture.job !== undefined) continue;
		all.push(ofPicture);
		picture.quote = ofPicture;
		// A picture is of no use where its clip may not be sent.
		picture.check = () => refuseAbove(call, limit, sumOf([ofPicture, price]), 2);
	}
	refuseAbove(call, limit, sumOf(all), all.length);
}

async function finish(
	call: Call,
	film: FilmRequest,
	clips: Clip[],
	options: ResultOptions,
	files: Awaited<ReturnType<Production['run']>>,
): Promise<INodeExecutionData> {
	const facts = { ...filmFacts(film, clips), ...earlierOfFilm(call, clips) };
	const pairedItem = { item: call.item };
	if (!options.waits) return { json: facts, pairedItem };
	const json = { ...facts, status: 'done' };
	if (files === undefined) return { json, pairedItem };
	const stem = stemOf(film.sound.file.fileName) ?? 'song';
	const joined = await joinFilm(call.context, {
		clips: files.map((file, index) => ({
			file,
			frames: film.plan.clips[index]?.frames,
			asked: film.plan.clips[index]?.asked,
			label: `Clip ${index + 1}`,
			requestId: clips[index]?.job,
		})),
		fps: film.plan.fps,
		soundtrack: soundtrackOf(film),
		fileName: `${stem}-film.mp4`,
	});
	const made = clips.map(({ planned }, index) => ({
		...(facts.clips as object[])[index],
		...receivedOf(planned, joined.facts.framesReceived[index]),
		...soundOf(film, joined.facts.hasSound[index]),
	}));
	const { width, height } = joined.facts;
	return {
		json: { ...json, width, height, clips: made },
		binary: { [options.field]: joined.file },
		pairedItem,
	};
}

function soundtrackOf(film: FilmRequest): Soundtrack {
	const { soundtrack: kind, fadeOut, measure, plan } = film;
	if (kind === 'clips' || kind === 'none') return { kind };
	const sound = openableOf(film.sound);
	const from = plan.start;
	if (kind === 'original') return { kind, song: { ...sound, from } };
	return { kind, heard: { sound, measure, from, fadeOut } };
}
