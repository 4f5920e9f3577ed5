import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { shown } from '../../../nodes/Deapi/basics/quote';
import { allClips, clipOf, countOf } from '../run/clips';
import type { Played } from '../run/simulate';
import type { Breach } from '../service/records';
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
	if (said.length !== plan.film) {
		breaches.push({ rule: 'i', text: `Film ${owner} has ${said.length} clips` });
	}
	if (!plan.waits || !plan.downloads) return breaches;
	const film = storage.contentOf(binary?.data);
	if (film === undefined) return [...breaches, { rule: 'i', text: `Film ${owner} has no file` }];
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

/** (c) What is said of a film's clips, in an item or in the message of a run that stops. */
export function clipsAreTrue(truth: Truth, item: number, said: IDataObject[]): Breach[] {
	const breaches: Breach[] = [];
	for (const [index, { ids, words, ended, mayBeNone }] of truth.clipFacts(item).entries()) {
		const clip = said[index];
		if (clip === undefined) continue;
		const name = `${truth.ownerOf(item)}/${index + 1}`;
		const id = clip.request_id;
		const isMissing = id === undefined && mayBeNone;
		if (!isMissing && (typeof id !== 'string' || !ids.includes(id))) {
			breaches.push({ rule: 'c', text: `Clip ${name} names ${shown(id)}, but has ${ids.join()}` });
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
