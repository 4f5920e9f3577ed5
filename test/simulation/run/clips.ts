/** The clips that the service makes of films: real ones, a colour for each job, made once. */
import { BufferSource, EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { filmOf } from '../../fake-deapi/results/films';
import type { FakeJob } from '../../fake-deapi/types';

/** The length of each clip, in frames at 24 a second. */
export const FRAMES_A_CLIP = 96;

const COLORS = 6;

interface Clip {
	content: Buffer;
	/** The bytes of its first picture: no other colour's clip has them. */
	mark: Buffer;
	/** How often they occur in it. */
	marks: number;
}

const clips: Clip[] = [];

/** Makes them; what a simulation does must not wait for the disk. */
export async function prepareClips(): Promise<void> {
	for (let index = 0; index < COLORS; index++) {
		const fields = { frames: String(FRAMES_A_CLIP), fps: '24', width: '512', height: '512' };
		const content = await filmOf({ index, fields } as unknown as FakeJob, {});
		const input = new Input({ source: new BufferSource(content), formats: [MP4] });
		const track = await input.getPrimaryVideoTrack();
		const packet = track && (await new EncodedPacketSink(track).getFirstPacket());
		if (!packet) throw new Error('A clip has no picture');
		const mark = Buffer.from(packet.data);
		clips.push({ content, mark, marks: countOf(mark, content) });
	}
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
