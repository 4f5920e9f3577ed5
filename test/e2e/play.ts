import { Editor } from './editor/editor';
import { picture } from './editor/pictures';
import { type Credentials, Scene, makeCredentials } from './scene';
import { type Stage, setTheStage } from './stage';
import { say, secondsSinceStart, step } from './machine/steps';
import { Unavailable, loudly } from './machine/unavailable';

interface FailedScenario {
	title: string;
	reason: string;
}

type ByApi = Record<string, (scene: Scene) => Promise<void>>;
type ByBrowser = Record<string, (scene: Scene, editor: Editor) => Promise<void>>;

/**
 * Sets the stage, plays the scenarios whose titles match, and sums up. A failed scenario does not keep
 * the others from being played, but makes the run a failed one.
 */
export async function playAll(byApi: ByApi, byBrowser: ByBrowser, pattern: string): Promise<void> {
	const apiScenarios = matching(byApi, pattern);
	const browserScenarios = matching(byBrowser, pattern);
	const stage = await setTheStage();
	const credentials = await makeCredentials(stage);
	const count = { passed: 0, failed: 0, skipped: 0 };
	const failures: FailedScenario[] = [];
	const playOne = async (title: string, play: (scene: Scene) => Promise<void>) => {
		const error = await errorOf(stage, credentials, title, play);
		if (error instanceof Unavailable) {
			console.error(loudly(`SKIPPED: ${title}. This machine has not got ${error.message}`));
			count.skipped += 1;
			return;
		}
		count[error === undefined ? 'passed' : 'failed'] += 1;
		if (error === undefined) return;
		console.error(error);
		const reason = error instanceof Error ? error.message : JSON.stringify(error);
		failures.push({ title, reason: reason.split('\n', 1)[0] ?? '' });
	};
	for (const [title, play] of apiScenarios) await playOne(title, play);
	if (browserScenarios.length > 0) {
		const editor = await Editor.open(stage.publicUrl);
		if (!editor) console.error(loudly('NO CHROMIUM IN PATH: NOTHING WAS TRIED IN THE BROWSER'));
		for (const [title, play] of browserScenarios) {
			if (!editor) count.skipped += 1;
			else {
				const playInEditor = async (scene: Scene) =>
					await withPictureOfFailure(editor, title, async () => await play(scene, editor));
				await playOne(title, playInEditor);
			}
		}
	}
	// Said again at the end: what a long run printed in its middle is often cut off.
	for (const { title, reason } of failures) say(`FAILED: ${title}: ${reason}`);
	const { passed, failed, skipped } = count;
	const total = `${passed} passed, ${failed} failed, ${skipped} skipped`;
	say(`e2e: ${total}, in ${secondsSinceStart()} s`);
	if (failed > 0) process.exitCode = 1;
}

function matching<T>(scenarios: Record<string, T>, pattern: string): Array<[string, T]> {
	const wanted = new RegExp(pattern, 'i');
	return Object.entries(scenarios).filter(([title]) => wanted.test(title));
}

/** What went wrong, or undefined where nothing did. */
async function errorOf(
	stage: Stage,
	credentials: Credentials,
	title: string,
	play: (scene: Scene) => Promise<void>,
): Promise<unknown> {
	try {
		const scene = await Scene.begin(stage, credentials);
		await step(title, async () => await play(scene));
		return undefined;
	} catch (error) {
		return error;
	}
}

/** What the browser showed when a scenario failed says more than the message. */
async function withPictureOfFailure(
	editor: Editor,
	title: string,
	play: () => Promise<void>,
): Promise<void> {
	try {
		await play();
	} catch (error) {
		const file = picture(`failed-${title.replace(/\W+/g, '-').toLowerCase()}`);
		await editor.page.screenshot({ path: file }).catch(() => undefined);
		console.error(`What the browser showed: ${file}`);
		throw error;
	}
}
