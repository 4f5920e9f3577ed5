/** What a film's item says of its clips. */
import type { IDataObject } from 'n8n-workflow';
import { roundSeconds } from '../../basics/values';
import type { InputFile } from '../../files/binary';
import type { Account } from '../../service/account';
import type { Job } from '../../service/jobs';
import type { Price } from '../../service/price';
import { priceFacts, sumOf } from '../../service/price';
import { secondsOf } from '../../sound/measure';
import type { ClipOutcome, PictureOutcome } from '../../submit/outcome/outcome';
import { clipFacts } from '../../submit/outcome/outcome';
import { foreignFacts } from '../../submit/outcome/filmReport';
import type { PlannedClip } from '../plan/plan';
import type { FilmRequest } from './filmRequest';
import { tempoFacts } from './songPlan';

/** What 'Max Price' says of a submit. */
interface Priced {
	/** What it was going to cost, where 'Max Price' had that asked for. */
	quote?: Price;
	/** Throws where it would go past what the film may cost. */
	check?: () => void;
	/** Its job as it was found before anything was sent. */
	found?: Job;
	/** Its file, where that was fetched then. */
	file?: InputFile;
	/** The account that has its job, where that was submitted now. */
	account?: Account | undefined;
}

/** A clip on its way: what is planned, and what came of it by now. */
export interface Clip extends ClipOutcome, Priced {
	planned: PlannedClip;
	picture?: Picture | undefined;
}

/** The picture that a clip begins with, on its way. */
export interface Picture extends PictureOutcome, Priced {}

/** Where a clip lies in the film and what it shows, as items state it. */
export function placeOf(planned: PlannedClip): IDataObject {
	const { start_seconds, seconds, frames, asked, cut, scene } = planned;
	return {
		...{ start_seconds, seconds, frames },
		...(asked === frames ? {} : { frames_asked: asked }),
		cut,
		...(scene === undefined || scene === '' ? {} : { scene }),
	};
}

/** What an item says of its film, whatever else it says: its price where that of each job is known. */
export function filmFacts(
	{ request, plan, measure, foreign }: FilmRequest,
	clips: Clip[],
): IDataObject {
	const ids = clips.flatMap(({ job }) => job ?? []);
	const all = clips.flatMap((clip) => [
		clip,
		...(clip.picture === undefined ? [] : [clip.picture]),
	]);
	const prices = all.flatMap(({ price, quote }) => price ?? quote ?? []);
	return {
		...(ids.length === 1 && clips.length === 1 ? { request_id: ids[0] } : {}),
		request_ids: ids,
		clips: clips.map(clipFacts),
		...request.video,
		...seedFact(clips),
		frames: plan.frames,
		audio_seconds: roundSeconds(secondsOf(measure)),
		...(plan.start > 0 ? { start_seconds: roundSeconds(plan.start) } : {}),
		video_seconds: roundSeconds(plan.frames / plan.fps),
		...tempoFacts(plan),
		...(prices.length === all.length ? priceFacts(sumOf(prices)) : {}),
		...foreignFacts(foreign),
	};
}

/** deAPI may return a few frames more or fewer: no picture is moved for that, and the item says so. */
export function receivedOf({ asked }: PlannedClip, received: number | undefined): IDataObject {
	return received === undefined || received === asked ? {} : { frames_received: received };
}

/** A clip without sound is silent in a film whose sound is that of the clips. */
export function soundOf(
	{ soundtrack }: Pick<FilmRequest, 'soundtrack'>,
	hasSound: boolean | undefined,
): IDataObject {
	return soundtrack === 'clips' && hasSound === false ? { has_sound: false } : {};
}

/** The seed of a film, where all its clips have the same; each clip says its own. */
function seedFact(clips: Clip[]): IDataObject {
	const [seed, ...others] = new Set(clips.map((clip) => clip.seed));
	return seed === undefined || others.length > 0 ? {} : { seed };
}
