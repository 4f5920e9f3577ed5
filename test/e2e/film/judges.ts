/** Programs of others that judge what was made: FFmpeg reads a film, aubio hears a song. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expectEqual } from '../check';
import { orUnavailable } from '../machine/unavailable';

const program = promisify(execFile);
const MOST_TEXT = 64 * 2 ** 20;

const QUIETLY = ['-v', 'warning', '-i'];
/** Each picture at its own time: at a steady rate, those that are shown for a moment would be in each other's way. */
const AS_TIMED = ['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-f', 'null'];

/** A film's sound as FFmpeg's ffprobe describes it. */
interface Sound {
	codec_name: string;
	sample_rate: string;
	/** Seconds. */
	start_time: string;
	duration: string;
}

/** Expects FFmpeg to decode a film from beginning to end without a complaint, and gives what it says of the sound. */
export async function expectDecodes(file: string): Promise<Sound> {
	return await orUnavailable('FFmpeg', async () => await soundOf(file)).then(async (sound) => {
		const { stderr } = await program('ffmpeg', [...QUIETLY, file, ...AS_TIMED, '-']);
		expectEqual(stderr, '', "FFmpeg's complaints");
		return sound;
	});
}

async function soundOf(file: string): Promise<Sound> {
	const facts = 'stream=codec_name,sample_rate,start_time,duration';
	const options = ['-v', 'error', '-select_streams', 'a', '-show_entries', facts, '-of', 'json'];
	const { stdout } = await program('ffprobe', [...options, file]);
	const { streams } = JSON.parse(stdout) as { streams: Sound[] };
	const [sound] = streams;
	if (sound === undefined) throw new Error('The film has no sound');
	return sound;
}

/** The length of a sound as FFmpeg decodes it, in seconds. */
export async function secondsOf(file: string): Promise<number> {
	return await orUnavailable('FFmpeg', async () => {
		const { stderr } = await program('ffmpeg', ['-i', file, '-map', '0:a', '-f', 'null', '-'], {
			maxBuffer: MOST_TEXT,
		});
		const [hours = NaN, minutes = NaN, seconds = NaN] = (
			[...stderr.matchAll(/time=(\d+):(\d+):([\d.]+)/g)].at(-1)?.slice(1) ?? []
		).map(Number);
		return hours * 3600 + minutes * 60 + seconds;
	});
}

/** Where aubio hears something begin in a song, in seconds. */
export async function onsetsOf(file: string): Promise<number[]> {
	return await orUnavailable('aubio', async () => {
		const { stdout } = await program('aubioonset', ['-i', file], { maxBuffer: MOST_TEXT });
		return stdout.trim().split('\n').map(Number);
	});
}
