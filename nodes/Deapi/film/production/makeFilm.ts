/**
 * A song as one film: planned, cut, a job a clip, joined.
 *
 * What must not regress, and why:
 * - All clips of all items are checked and priced before the first is sent.
 * - A clip is a job like any other: the same lane, the same ledger, sent once. A clip that has a job is
 *   never sent again, by Retry On Fail or with 'Existing Clips'.
 * - A clip that ended in an error does not stop the others: they are paid for, so they are awaited.
 * - Whatever happens, every clip's request ID stands in the item or in the message.
 */
import type { INodeExecutionData } from 'n8n-workflow';
import { numberOf } from '../../basics/values';
import type { Call } from '../../engine/call';
import { asFailure } from '../../engine/nodeErrors';
import { stemOf } from '../../files/name';
import type { ResultOptions } from '../../result/options';
import { readResultOptions } from '../../result/options';
import type { Account } from '../../service/account';
import { CANCELED } from '../../service/answers';
import type { Ledger } from '../../submit/ledger';
import { ledgerOf } from '../../submit/ledger';
import { readMaxPrice, refuseAbove } from '../../submit/priceCap';
import { allChecked } from '../../submit/submitOperation';
import type { ClipState } from './clips';
import { filmFacts, filmFailure, NOT_SENT_STATE, UNKNOWN } from './clips';
import { priceOfClips } from './filmPrice';
import type { FilmRequest } from './filmRequest';
import { readFilm } from './filmRequest';
import { joinFilm } from './joinFilm';
import { NOT_SUBMITTED, Production } from './production';

/** Makes the film of one item. */
export async function makeFilm(call: Call, account: Account): Promise<INodeExecutionData[]> {
	const ledger = ledgerOf(call.run);
	const film = withSeedOf(ledger, call, await readFilm(call, account));
	const states = film.plan.clips.map((clip) => stateOf(call, ledger, film, clip));
	await checkPrice(call, account, film, states);
	await allChecked(call);

	const wish = readResultOptions(call);
	const production = new Production(call, account, ledger, film, states);
	// A pass that stops waits for the film's own words, which name its clips.
	return await call.pass.whileWorking(async () => {
		try {
			const files = await production.run(wish);
			refuseIncomplete(call, states);
			return [await finish(call, film, states, wish, files)];
		} catch (error) {
			throw explain(call, states, error);
		} finally {
			await production.close();
		}
	});
}

/** A seed that is drawn, is drawn once for a film, and not anew in each pass of Retry On Fail. */
function withSeedOf(ledger: Ledger, call: Call, film: FilmRequest): FilmRequest {
	const known = ledger.of(call.item).flatMap(({ job }) => numberOf(job?.seed) ?? []);
	const [seed = film.request.seed] = known;
	return { ...film, request: { ...film.request, seed } };
}

/** @throws {Failure} where a clip is missing */
function refuseIncomplete(call: Call, states: ClipState[]): void {
	if (call.isCanceled) {
		// What the clips say then is only that they were not waited for.
		for (const state of states) if (state.status !== UNKNOWN) state.failure = undefined;
		const description = 'No more clips are submitted, and nothing is waited for.';
		throw filmFailure(states, CANCELED.with({ description }));
	}
	if (states.some(({ failure }) => failure !== undefined)) throw filmFailure(states);
	if (states.some(({ request_id }) => request_id === undefined) || call.pass.stoppedBy) {
		throw filmFailure(states, call.pass.stoppedBy ?? NOT_SUBMITTED);
	}
}

/** A failure of the film as a whole names its clips too. */
function explain(call: Call, states: ClipState[], error: unknown) {
	const failure = asFailure(error);
	const ours = failure.facts.details?.clips === undefined ? filmFailure(states, failure) : failure;
	// The pass was stopped by the clip's submit, which knows nothing of the other clips.
	const { stoppedBy } = call.pass;
	if (stoppedBy?.facts.item === call.item) call.pass.stoppedBy = ours.with({ item: call.item });
	return ours;
}

/** What is known of a clip before anything is sent: from an earlier pass, or from an earlier run. */
function stateOf(
	call: Call,
	ledger: Ledger,
	film: FilmRequest,
	clip: FilmRequest['plan']['clips'][number],
): ClipState {
	const entry = ledger.get({ item: call.item, clip: clip.clip });
	const request_ids = entry?.request_ids ?? [];
	if (entry?.job) {
		return { clip, request_ids, request_id: entry.job.request_id, status: 'pending' };
	}
	const job = film.existing.get(clip.clip);
	// One that has ended in an error since is made again.
	if (job && !request_ids.includes(job.request_id)) {
		const { request_id, status = 'pending', result_url } = job;
		return {
			clip,
			request_ids: [...request_ids, request_id],
			request_id,
			status,
			...(result_url === undefined ? {} : { result_url }),
		};
	}
	return { clip, request_ids, status: entry?.unclear ? UNKNOWN : NOT_SENT_STATE };
}

/** Asks for the price of the missing clips: once for each length, and multiplied. */
async function checkPrice(
	call: Call,
	account: Account,
	{ request }: FilmRequest,
	states: ClipState[],
): Promise<void> {
	const limit = readMaxPrice(call);
	const missing = states.filter(({ request_id }) => request_id === undefined);
	if (limit === undefined || missing.length === 0) return;
	const clips = missing.map(({ clip }) => clip);
	refuseAbove(call, limit, await priceOfClips(call, account, request, clips), missing.length);
}
async function finish(
	call: Call,
	film: FilmRequest,
	states: ClipState[],
	wish: ResultOptions,
	files: Awaited<ReturnType<Production['run']>>,
): Promise<INodeExecutionData> {
	const facts = filmFacts(film, states);
	const pairedItem = { item: call.item };
	if (!wish.waits) return { json: facts, pairedItem };
	const json = { ...facts, status: 'done' };
	if (files === undefined) return { json, pairedItem };
	const stem = stemOf(film.sound.file.fileName) ?? 'song';
	const joined = await joinFilm(call.context, {
		clips: files.map((file, index) => ({
			file,
			frames: film.plan.clips[index]?.frames,
			label: `Clip ${index + 1}`,
		})),
		fps: film.plan.fps,
		soundtrack:
			film.soundtrack === 'original'
				? {
						kind: 'original',
						sound: { ...film.sound.file, subject: film.sound.subject },
						type: film.sound.type,
					}
				: { kind: film.soundtrack },
		fileName: `${stem}-film.mp4`,
	});
	const clips = states.map((state, index) => ({
		...(facts.clips as object[])[index],
		...receivedOf(state, joined.facts.framesReceived[index]),
	}));
	return { json: { ...json, clips }, binary: { [wish.field]: joined.file }, pairedItem };
}

/** deAPI may return a few frames more or fewer: the clip fills its place all the same, and says so. */
function receivedOf({ clip }: ClipState, received: number | undefined) {
	return received === undefined || received === clip.frames ? {} : { frames_received: received };
}
