/** One term for one thing in the panel: the list is in CONTRIBUTING.md. */
import type { INodeProperties } from 'n8n-workflow';
import { DeapiApi } from '../../credentials/DeapiApi.credentials';
// With its ending: beside it lies Deapi.node.json, which Node would take first.
import { Deapi } from '../../nodes/Deapi/Deapi.node.ts';
import { DeapiTrigger } from '../../nodes/Deapi/DeapiTrigger.node.ts';
import { isObject } from '../../nodes/Deapi/basics/values';

interface Texts {
	labels: string[];
	sentences: string[];
}

/** All that a part of a description lets users read. */
function textsOf(part: unknown): Texts {
	if (Array.isArray(part)) return joined(part.map(textsOf));
	if (!isObject(part)) return { labels: [], sentences: [] };
	const isNotice = part.type === 'notice';
	const own = (...keys: string[]) =>
		keys.map((key) => part[key]).filter((text): text is string => typeof text === 'string');
	const name = 'value' in part ? own('name') : [];
	const inner = ['options', 'modes', 'values', 'properties', 'hints'].map((key) => part[key]);
	return joined([
		{
			labels: [...(isNotice ? [] : own('displayName')), ...name],
			sentences: [
				...own('description', 'hint', 'message', 'eventTriggerDescription', 'activationMessage'),
				...(isNotice ? own('displayName') : []),
			],
		},
		...inner.map(textsOf),
	]);
}

function joined(all: Texts[]): Texts {
	return {
		labels: all.flatMap(({ labels }) => labels),
		sentences: all.flatMap(({ sentences }) => sentences),
	};
}

const credential: { properties: INodeProperties[] } = new DeapiApi();
const { labels, sentences } = joined(
	[new Deapi().description, new DeapiTrigger().description, credential].map(textsOf),
);

/** A sentence without the labels that it names, and without values such as audio2video. */
const bare = (sentence: string) => sentence.replace(/<b>.*?<\/b>|'[^']*'|\b\w*(?:\d|_)\w*\b/g, '…');

test('the panel has texts enough to judge', () => {
	expect(labels.length).toBeGreaterThan(150);
	expect(sentences.length).toBeGreaterThan(150);
});

test('labels say Audio and Image', () => {
	expect(labels.filter((label) => /\b(Sound|Picture|Movie|Track|Photo)s?\b/.test(label))).toEqual(
		[],
	);
});

test('sentences say sound and picture', () => {
	const wrong = sentences.filter((each) => /\b(audios?|images?|photos?)\b/.test(bare(each)));
	expect(wrong).toEqual([]);
});

test('no sentence has another word for a video, a film, a job or a check', () => {
	const others = /\b(movies?|footage|tracks?|tasks?|looks?|polls?)\b/i;
	expect(sentences.filter((each) => others.test(bare(each)))).toEqual([]);
});
