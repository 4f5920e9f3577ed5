import type { Editor } from '../editor/editor';
import { expectEqual, sha256OfFile } from '../check';
import { type Scene, fixturePath } from '../scene';
import { addFreshNode } from '../editor/fresh';
import { expectJson, onlyJob } from '../editor/output';

/** Someone has written down what a file says, and reads it in the editor. */
export async function transcriptIsMade(scene: Scene, editor: Editor): Promise<void> {
	await addFreshNode(scene, editor, {
		search: 'whisper',
		action: 'Transcribe audio or video',
		file: ['speech.mp3', 'speech.mp3'],
	});
	await expectJson(editor, [
		'"result"',
		'This is a short spoken line, made by a machine, to test how a voice becomes a video.',
	]);
	const { files, fields } = onlyJob(scene, 'audio_file2text');
	expectEqual(fields.model, 'WhisperLargeV3', 'The model');
	expectEqual(
		files.map(({ sha256 }) => sha256),
		[await sha256OfFile(fixturePath('speech.mp3'))],
		'The files that deAPI got',
	);
}
