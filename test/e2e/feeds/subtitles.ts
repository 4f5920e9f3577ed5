import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expectEqual } from '../check';
import type { Scene } from '../scene';
import { onlyJob } from '../editor/output';

/** What the stand-in hears in every file, as subtitles. */
const SUBTITLES = `1
00:00:00,000 --> 00:00:00,900
Hello.

2
00:00:00,900 --> 00:00:03,400
This is a short spoken line, made by a machine,

3
00:00:03,400 --> 00:00:06,900
to test how a voice becomes a video.
`;

/** The shipped workflow writes subtitles beside a video, in the form that players take. */
export async function subtitlesExample(scene: Scene): Promise<void> {
	await scene.addFile('result.mp4', 'song.mp4');
	await scene.run(await scene.importExample('subtitles-for-a-song'));
	const { fields } = onlyJob(scene, 'video_file2text');
	expectEqual(fields.include_ts, '1', 'Whether deAPI was asked for times');
	const text = await readFile(path.join(scene.files, 'song.srt'), 'utf8');
	expectEqual(text, SUBTITLES, 'The subtitles');
}
