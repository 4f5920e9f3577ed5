/** Films that ffmpeg has judged: scripts/make-fixtures.sh writes down in films.json what it made of each. */
import { readFileSync } from 'node:fs';
import { Failure } from '../../../nodes/Deapi/engine/failure';
import type { Clip } from '../../../nodes/Deapi/film/join/clip';
import { joinClips } from '../../../nodes/Deapi/film/join/joinClips';
import type { SoundContent } from '../../../nodes/Deapi/files/bytes';
import type { Soundtrack } from '../../../nodes/Deapi/film/join/soundtrack';
import { bytesOf, clipFile, clipOf, toClip } from '../../support/films';
import { fixture } from '../../support/workflows';

const CLIPS: Soundtrack = { kind: 'clips' };

/** An MP3 of the fixtures, as it is. */
export function song(name: string, from = 0): Soundtrack {
	return songFrom(async () => await Promise.resolve(readFileSync(fixture(name))), from);
}

/** An MP3 from any source, as it is. */
export function songFrom(open: () => Promise<SoundContent>, from = 0): Soundtrack {
	const brokeOff = (cause: unknown) =>
		new Failure({ message: 'Broken off', description: '', submitted: 'no' }, { cause });
	return { kind: 'original', song: { open, brokeOff, from } };
}

/** A clip of the fixtures that players turn clockwise: its track's matrix says so (ISO/IEC 14496-12, 8.3.2). */
export function turned(name: string, degrees: 90 | 180 | 270): Clip {
	const file = Buffer.from(clipFile(name));
	const one = 0x10000;
	const [a, b, c, d] = {
		90: [0, one, -one, 0],
		180: [-one, 0, 0, -one],
		270: [0, -one, one, 0],
	}[degrees] as [number, number, number, number];
	const matrix = file.indexOf('tkhd', 0, 'latin1') + 4 + 40;
	for (const [place, value] of [a, b, 0, c, d].entries())
		file.writeInt32BE(value, matrix + place * 4);
	return clipOf(file, name);
}

/** A film, and what it is to be: ffmpeg has to find just that. */
interface Recipe {
	clips: Clip[];
	soundtrack?: Soundtrack;
	/** Pictures per second. */
	fps?: number;
	/** Pixels; 320x180 where it is not given. */
	size?: string;
	frames: number;
	seconds: number;
	/** Degrees, clockwise. */
	turned?: number;
	/** Its sound: codec, samples per second, channels. */
	sound?: [codec: string, rate: number, channels: number];
}

const named = (...names: string[]) => names.map((name) => toClip(name));
const aac: Recipe['sound'] = ['aac', 44_100, 1];

export const RECIPES: { [name: string]: Recipe } = {
	'no sound': { clips: named('red', 'green'), frames: 48, seconds: 2 },
	'the sound of the clips': {
		clips: named('red', 'green', 'blue'),
		soundtrack: CLIPS,
		frames: 72,
		seconds: 3,
		sound: aac,
	},
	'silence where a clip has no sound': {
		clips: named('red', 'yellow-no-sound', 'blue'),
		soundtrack: CLIPS,
		frames: 72,
		seconds: 3,
		sound: aac,
	},
	'pictures that are decoded in another order': {
		clips: named('red-b-frames', 'blue-b-frames'),
		soundtrack: CLIPS,
		frames: 48,
		seconds: 2,
		sound: aac,
	},
	'pictures that begin after the sound': {
		clips: named('red-late', 'blue'),
		soundtrack: CLIPS,
		frames: 48,
		seconds: 2.5,
		sound: aac,
	},
	'a time line that begins at 10 s': {
		clips: named('blue-b-frames', 'red-at-10'),
		soundtrack: CLIPS,
		frames: 48,
		seconds: 2,
		sound: aac,
	},
	fragments: {
		clips: named('red-fragmented', 'blue-b-frames'),
		soundtrack: CLIPS,
		frames: 48,
		// The first pictures come two frames after the sound.
		seconds: 2 + 2 / 24,
		sound: aac,
	},
	'uneven frame times': { clips: named('red-uneven', 'red-uneven'), frames: 40, seconds: 2 },
	'sound that goes on behind the pictures': {
		clips: named('red-long-sound', 'blue'),
		soundtrack: CLIPS,
		frames: 48,
		seconds: 2,
		sound: aac,
	},
	'sound at 48 kHz': {
		clips: named('yellow-48-khz', 'yellow-48-khz'),
		soundtrack: CLIPS,
		frames: 48,
		seconds: 2,
		sound: ['aac', 48_000, 1],
	},
	'upright pictures': {
		clips: named('yellow-portrait', 'yellow-portrait'),
		size: '180x320',
		frames: 48,
		seconds: 2,
	},
	'turned by 90 degrees': { clips: [turned('red', 90)], frames: 24, seconds: 1, turned: 90 },
	'turned by 180 degrees': { clips: [turned('red', 180)], frames: 24, seconds: 1, turned: 180 },
	'turned by 270 degrees': { clips: [turned('red', 270)], frames: 24, seconds: 1, turned: 270 },
	'places of other lengths': {
		clips: [toClip('red', 26), toClip('green', 20), toClip('blue', 24)],
		fps: 24,
		frames: 72,
		seconds: 70 / 24,
	},
	'29.97 frames per second': {
		clips: [toClip('red', 24), toClip('green', 24)],
		fps: 30 / 1.001,
		frames: 48,
		seconds: 48 * (1.001 / 30),
	},
	'an MP3 as it is': {
		clips: named('red', 'green', 'blue', 'red'),
		soundtrack: song('song.mp3'),
		frames: 96,
		seconds: 4,
		sound: ['mp3', 44_100, 2],
	},
	'an MP3 from 1.5 s on': {
		clips: named('red', 'green', 'blue', 'red'),
		soundtrack: song('song.mp3', 1.5),
		frames: 96,
		seconds: 4,
		sound: ['mp3', 44_100, 2],
	},
	'an MP3 at 22.05 kHz in mono': {
		clips: named('red', 'green'),
		soundtrack: song('mp3-mpeg2-mono.mp3'),
		frames: 48,
		seconds: 2,
		sound: ['mp3', 22_050, 1],
	},
};

/** Makes a film by its recipe. */
export async function filmBy({
	clips,
	soundtrack = { kind: 'none' },
	fps,
}: Recipe): Promise<Buffer> {
	return await bytesOf(await joinClips({ clips, fps, soundtrack }));
}
