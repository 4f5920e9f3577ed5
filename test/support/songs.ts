/** Songs that become films: what the tests of several clips have in common. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { FakeDeapiOptions, FakeJob } from '../fake-deapi';
import type { SourceItem } from './nodes';
import { Deapi, filePart } from './deapi';
import { silence } from './wav';
import { file } from './workflows';

/** A clip as an item states it. */
export interface ClipItem extends IDataObject {
	clip: number;
	request_id?: string;
	start_seconds: number;
	seconds: number;
	frames: number;
	frames_asked?: number;
	frames_received?: number;
	cut: string;
	scene?: string;
	status?: string;
	result_url?: string;
}

/** The parameters of a song as one film, looked at often. Its sound is that of the clips, which takes no time. */
export function film(options: INodeParameters = {}, more: INodeParameters = {}): INodeParameters {
	return {
		prompt: 'A singer on a rooftop',
		lengthMode: 'matchAudio',
		whenTooLong: 'clips',
		waitForCompletion: true,
		options: { pollInterval: 0.02, soundtrack: 'clips', ...options },
		...more,
	};
}

/** A service that makes true films. */
export async function openFilms(options: FakeDeapiOptions = {}): Promise<Deapi> {
	return await Deapi.open({ results: 'film', ...options });
}

/** How many clips `shortSong` becomes. */
export const CLIPS = 5;
/** And of how many frames, 201 each and 209 at the end: 1008 of sound, and five of silence. */
export const FRAMES = 1013;
export const SECONDS = 42.208;

/** 42 seconds of sound. */
export function shortSong(json: IDataObject = {}, files: SourceItem['files'] = {}): SourceItem {
	return { json, files: { data: { data: silence(42, 48_000), fileName: 'song.wav' }, ...files } };
}

/** Three minutes of music. */
export function longSong(name = 'three-minutes.mp3'): SourceItem {
	return { json: {}, files: { data: file(`songs/${name}`) } };
}

/** The clips that an item or its failure lists. */
export function clipsIn(json: IDataObject): ClipItem[] {
	return json.clips as ClipItem[];
}

/** The job that was made of a clip's piece of the sound. */
export function isClip(...clips: number[]): (job: FakeJob) => boolean {
	return ({ files }) => clips.some((clip) => numberOf(files[0]?.filename) === clip);
}

/** The pieces that were submitted, by the numbers of their clips, in order of arrival. */
export function submitted(deapi: Deapi): number[] {
	const submits = deapi.submits.filter(({ route }) => route === 'submit');
	return submits.map((submit) => numberOf(filePart(submit).filename));
}

function numberOf(fileName: string | null | undefined): number {
	return Number(/-(\d+)\.\w+$/.exec(fileName ?? '')?.[1]);
}
