import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { shown } from '../../../nodes/Deapi/basics/quote';
import { allClips, clipOf, countOf } from '../run/clips';
import { hasMadePictures } from '../run/execution';
import type { Version } from '../run/media';
import { BEAT_CLIPS, clipSecondsOf } from '../run/media';
import type { Played } from '../run/simulate';
import type { ExecutionPlan, JobPlan } from '../scenario/scenario';
import type { Breach } from '../service/records';
import { isEstimated } from '../service/records';
import type { Truth } from './truth';

/** What an item says of its film's clips is true, and (i) a film is made of its own clips, in order. */
export function filmIsTrue(
	{ executions, service, storage }: Played,
	truth: Truth,
	item: number,
	{ json, binary }: INodeExecutionData,
	isSuccess: boolean,
): Breach[] {
	const breaches: Breach[] = [];
	const owner = truth.ownerOf(item);
	const plan = executions[Number(owner.split('/')[0])]?.plan;
	const details = (json.details ?? {}) as IDataObject;
	const said = (json.clips ?? details.clips ?? []) as IDataObject[];
	breaches.push(...clipsAreTrue(truth, item, said));
	if (!isSuccess || plan === undefined) return breaches;
	breaches.push(...isOfItsOwnPlan(service, truth, item, said, plan));
	const { attempts = [] } = executions[Number(owner.split('/')[0])] ?? {};
	// Of what an earlier try has made, the film does not always know the price, and then says none.
	const isOnlyTry = attempts.length === 1 && plan.retry === null;
	if (isOnlyTry || json.price !== undefined) {
		breaches.push(...priceIsTrue(service, owner, json, plan));
	}
	if (said.length !== plan.film) {
		breaches.push({ rule: 'i', text: `Film ${owner} has ${said.length} clips` });
	}
	if (!plan.waits || !plan.downloads) return breaches;
	const film = storage.contentOf(binary?.data);
	if (film === undefined) return [...breaches, { rule: 'i', text: `Film ${owner} has no file` }];
	if (said.some(({ request_id }) => endOf(service, request_id) === 'offLength')) {
		breaches.push({ rule: 'i', text: `Film ${owner} has a clip of another length` });
	}
	let position = -1;
	for (const { request_id } of said) {
		const job = service.jobs.findIndex(({ id }) => id === request_id);
		position = job < 0 ? -1 : film.indexOf(clipOf(job).mark, position + 1);
		if (position >= 0) continue;
		breaches.push({ rule: 'i', text: `Film ${owner} lacks the pictures of ${shown(request_id)}` });
		break;
	}
	const own = said.map(({ request_id }) => service.jobs.findIndex(({ id }) => id === request_id));
	for (const clip of allClips()) {
		const expected = own.filter((job) => job >= 0 && clipOf(job) === clip).length * clip.marks;
		if (countOf(clip.mark, film) <= expected) continue;
		breaches.push({ rule: 'i', text: `Film ${owner} has pictures of a clip that is not its own` });
	}
	return breaches;
}

/** (p) The price of a film is what its jobs say: on v2 each does, also whether it is an estimate. */
function priceIsTrue(
	{ jobs }: Played['service'],
	owner: string,
	{ clips, price, price_is_estimated: said }: IDataObject,
	plan: ExecutionPlan,
): Breach[] {
	const ids = (clips as IDataObject[]).flatMap((clip) => [
		clip.request_id,
		clip.picture_request_id,
	]);
	const own = jobs.filter(({ id }) => ids.includes(id));
	if (!plan.waits || own.some(({ account }) => account.plan.version === 'v1')) return [];
	const sum = own.reduce((all, job) => all + job.price, 0);
	const isEstimate = own.some(isEstimated);
	const isTrue = Math.abs(Number(price) - sum) < 1e-6 && (said === true) === isEstimate;
	if (isTrue) return [];
	const text = `Film ${owner} says that it cost ${shown(price)}${said === true ? ', as an estimate' : ''}; its jobs say ${sum}${isEstimate ? ', as an estimate' : ''}`;
	return [{ rule: 'p', text }];
}

/** A film by its beat is cut so near to it, in seconds: half a frame, and what the ear allows. */
const OFF_BEAT_S = 0.04;

/** (i) Each clip of a film was made of what the film is made of: its words, its picture, its sound. */
function isOfItsOwnPlan(
	{ jobs }: Played['service'],
	truth: Truth,
	item: number,
	said: IDataObject[],
	plan: ExecutionPlan,
): Breach[] {
	const owner = truth.ownerOf(item);
	const jobOf = (id: unknown) => jobs.find((job) => job.id === id)?.submit;
	const versions = new Set<Version | undefined>();
	const texts = said.flatMap(({ clip, request_id, picture_request_id, start_seconds }) => {
		const submit = jobOf(request_id);
		const edition = truth.editionOf(Number(clip));
		const name = `Film ${owner}: clip ${shown(clip)}`;
		versions.add(submit?.version);
		const isOffBeat =
			plan.film === BEAT_CLIPS &&
			Math.abs(Number(start_seconds) - (Number(clip) - 1) * clipSecondsOf(plan.film)) > OFF_BEAT_S;
		return [
			...(submit?.owner === `${owner}/${Number(clip)}` ? [] : [`${name} is another one's`]),
			...(submit?.edition === edition ? [] : [`${name} has the words of before an edit`]),
			...(isOffBeat ? [`${name} begins beside its beat`] : []),
			...(hasMadePictures(plan) && jobOf(picture_request_id)?.edition !== edition
				? [`${name} does not name its own picture`]
				: []),
		];
	});
	const last = truth.versionOf(item);

	const isMixed = versions.size > 1 || (last !== undefined && !versions.has(last));
	return [...texts, ...(isMixed ? [`Film ${owner} has clips of another sound`] : [])].map(
		(text) => ({ rule: 'i', text }),
	);
}

/** (c) What is said of a film's clips, in an item or in the message of a run that stops. */
export function clipsAreTrue(truth: Truth, item: number, said: IDataObject[]): Breach[] {
	const breaches: Breach[] = [];
	for (const [index, { ids, pictures, words, ended, mayBeNone }] of truth
		.clipFacts(item)
		.entries()) {
		// Where a try has not come as far as the plan, it tells only of clips that have a job.
		const clip = said.find(({ clip: number }) => number === index + 1);
		if (clip === undefined) continue;
		const name = `${truth.ownerOf(item)}/${index + 1}`;
		const id = clip.request_id;
		const isMissing = id === undefined && mayBeNone;
		if (!isMissing && (typeof id !== 'string' || !ids.includes(id))) {
			breaches.push({ rule: 'c', text: `Clip ${name} names ${shown(id)}, but has ${ids.join()}` });
		}
		const picture = clip.picture_request_id;
		if (picture !== undefined && !(typeof picture === 'string' && pictures.includes(picture))) {
			const text = `Clip ${name} names the picture ${shown(picture)}, but has ${pictures.join()}`;
			breaches.push({ rule: 'c', text });
		}
		if (clip.status === 'unknown' && !words.includes('unknown')) {
			breaches.push({ rule: 'c', text: `Clip ${name} is called unknown, which it is not` });
		}
		const isUnderWay = clip.status === 'pending' || clip.status === 'processing';
		if (isUnderWay && ended.some((job) => job === id)) {
			breaches.push({ rule: 'c', text: `Clip ${name} is called under way, but its job has ended` });
		}
		if (clip.status === 'not submitted' && !words.includes('no')) {
			breaches.push({ rule: 'c', text: `Clip ${name} is called unsent, which it is not` });
		}
	}
	return breaches;
}

/** What became of a job. */
function endOf({ jobs }: Played['service'], id: unknown): JobPlan['end'] | undefined {
	return jobs.find((job) => job.id === id)?.plan.end;
}
