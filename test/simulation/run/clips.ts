/** The clips that the service makes of films: real ones, a colour for each job, made once. */
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { filmOf } from '../../fake-deapi/results/films';
import type { FakeJob } from '../../fake-deapi/types';

/** The length of each clip, in frames at 24 a second: a number that the model makes, 8n + 1. */
export const FRAMES_A_CLIP = 25;

/** As long as no clip of a film is asked to be. */
const OFF_LENGTH = 9;

const COLORS = 6;

interface Clip {
	content: Buffer;
	/** The same with another number of frames. */
	offLength: Buffer;
	/** The bytes of its first picture: no other colour's clip has them. */
	mark: Buffer;
	/** How often they occur in it. */
	marks: number;
}

const clips: Clip[] = [];

/** Makes them; what a simulation does must not wait for the disk. */
export async function prepareClips(): Promise<void> {
	for (let index = 0; index < COLORS; index++) {
		const content = await filmWith(FRAMES_A_CLIP, index);
		const offLength = await filmWith(OFF_LENGTH, index);
		const input = new Input({ source: new BufferSource(content), formats: [MP4] });
		const track = await input.getPrimaryVideoTrack();
		const packet = track && (await new EncodedPacketSink(track).getFirstPacket());
		if (!packet) throw new Error('A clip has no picture');
		const mark = Buffer.from(packet.data);
		clips.push({ content, offLength, mark, marks: countOf(mark, content) });
	}
}

async function filmWith(frames: number, index: number): Promise<Buffer> {
	const fields = { frames: String(frames), fps: '24', width: '512', height: '512' };
	return await filmOf({ index, fields } as unknown as FakeJob, {});
}

export function countOf(mark: Buffer, content: Buffer): number {
	let count = 0;
	for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + 1)) count++;
	return count;
}

/** One of each colour. */
export function allClips(): readonly Clip[] {
	return clips;
}

/** The clip of a job, by its place among all jobs. */
export function clipOf(job: number): Clip {
	const clip = clips[job % COLORS];
	if (clip === undefined) throw new Error('The clips are not made yet');
	return clip;
}
