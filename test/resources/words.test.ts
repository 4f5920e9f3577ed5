/** One term for one thing, in plain English: the list of terms is in docs/architecture.md. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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
	// 'Keyframes' offers pictures that are made, and the user's own: choices, and no fields.
	const chosen = ['Made From a Reference Picture', 'Pictures of My Own'];
	const wrong = labels.filter((label) => /\b(Sound|Picture|Movie|Track|Photo)s?\b/.test(label));
	expect(wrong.filter((label) => !chosen.includes(label))).toEqual([]);
});

test('sentences say sound and picture', () => {
	const wrong = sentences.filter((each) => /\b(audios?|images?|photos?)\b/.test(bare(each)));
	expect(wrong).toEqual([]);
});

test('no sentence has another word for a video, a film, a job or a check', () => {
	const others = /\b(movies?|footage|tracks?|tasks?|looks?|polls?)\b/i;
	expect(sentences.filter((each) => others.test(bare(each)))).toEqual([]);
});

const ROOT = path.join(__dirname, '../..');

/** The files of a folder: their paths and what is in them. */
function filesOf(folder: string, ending: string, recursive = true): Array<[string, string]> {
	return readdirSync(path.join(ROOT, folder), { recursive, encoding: 'utf8' })
		.filter((name) => name.endsWith(ending))
		.map((name) => path.posix.join(folder, name))
		.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]);
}

/** A source in one line: a comment of several lines is one sentence. */
const inOneLine = (source: string) => source.replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');

/** The titles of the tests in a source, those of tables too. */
function titlesOf(source: string): string[] {
	const titles =
		/(?:\b(?:test|it|describe)(?:\.\w+)?(?:\([\w.]*\))?|[\])]\)|\}`)\(\s*(?:'((?:[^'\\]|\\.)+)'|"([^"]+)"|`([^`]+)`)/g;
	return [...source.matchAll(titles)].map(([, one, two, three]) => one ?? two ?? three ?? '');
}

/** What no native speaker would write, and what they would. */
const FOREIGN: Array<[RegExp, string]> = [
	[/\blets? (?:this|the|an) account in\b/, 'denies the account access'],
	[/\bsurely\b/, 'certainly'],
	[/\bstands? (?:below|in|there|here|behind)\b/, 'is'],
	[/\bhas (?:[\d.]+ seconds\b|\$\{(?:seconds|duration)Text)/, 'is … seconds long'],
	[/\bhas (?:[\d.]+ MB\b|\$\{sizeText)/, 'is … MB'],
	[/\ban? (?:line|item|picture|clip|job) an? (?:scene|piece|clip|second|song)\b/, 'one … per …'],
	[/\bbehind each other\b/, 'one after another'],
	[/\bwent on without this\b/, 'has moved past'],
	[/\bworked off\b/, 'handled'],
	[/\b(?:be|are|is) told apart\b/, 'look the same'],
	[/\banother one (?:when|than)\b/, 'has changed'],
	[/\bmak(?:e|es|ing) (?:no )?sense\b/, 'helps'],
	[/\bOGG will do\b/, 'Use …'],
	[/\bvouch(?:es|ed)?\b/, 'trusts'],
	[/\bMended\b/, 'Fixed'],
	[/\ba (?:OGG|MP3|MP4|AAC|FFmpeg|M4A)\b/, 'an'],
	[/\b\w*(?:[Ww]ish(?:es)?|[Cc]omplaints?)\b/, 'options, validation errors'],
	[/\bthat the \w+ is none of\b/, 'does not belong to'],
	[/\b(?:is|are) called so\b/, 'is reported as …'],
	[/\bsilence for an answer\b/, 'accepts an empty …'],
	[/\b(?:this|other|own|lower|higher) (?:house|floor|room)s?\b/, 'module, layer'],
];

/** What is foreign in a text, with the words around it and what to write instead. */
function foreignIn(name: string, text: string): string[] {
	return FOREIGN.flatMap(([phrase, better]) => {
		const found = phrase.exec(text);
		if (found === null) return [];
		return [
			`${name}: …${text.slice(Math.max(0, found.index - 40), found.index + 40)}… → ${better}`,
		];
	});
}

test('foreign phrases are found in comments, texts and titles', () => {
	const source = [
		'/** Nothing is',
		' * worked off here. */',
		'const text = `The sound has ${secondsText(183)}`;',
		"test.each([1, 2])('is called so, with %d', () => {});",
	].join('\n');
	expect(foreignIn('a', inOneLine(source))).toHaveLength(3);
	expect(titlesOf(source)).toEqual(['is called so, with %d']);
});

test('the panel is plain English', () => {
	expect([...labels, ...sentences].flatMap((text) => foreignIn('panel', text))).toEqual([]);
});

test('texts and comments of the code are plain English', () => {
	const sources = [...filesOf('nodes', '.ts'), ...filesOf('credentials', '.ts')];
	expect(sources.length).toBeGreaterThan(150);
	const found = sources.flatMap(([file, source]) => foreignIn(file, inOneLine(source)));
	expect(found).toEqual([]);
});

test('titles of tests are plain English', () => {
	const titles = filesOf('test', '.test.ts').flatMap(([file, source]) =>
		file.endsWith('words.test.ts') ? [] : titlesOf(source).map((title) => [file, title] as const),
	);
	expect(titles.length).toBeGreaterThan(1500);
	expect(titles.flatMap(([file, title]) => foreignIn(file, title))).toEqual([]);
});

test('documents are plain English', () => {
	const documents = [...filesOf('.', '.md', false), ...filesOf('docs', '.md')];
	const found = documents.flatMap(([file, text]) => foreignIn(file, inOneLine(text)));
	expect(found).toEqual([]);
});
