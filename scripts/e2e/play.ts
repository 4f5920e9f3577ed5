import { type Credentials, Scene, makeCredentials } from './scene';
import { type Stage, setTheStage } from './stage';
import { say, secondsSinceStart, step } from './steps';

/** Sets the stage, plays the scenarios whose titles match, and sums up. Throws if any failed. */
export async function playAll(
	scenarios: Record<string, (scene: Scene) => Promise<void>>,
	pattern: string,
): Promise<void> {
	const chosen = Object.entries(scenarios).filter(([title]) =>
		new RegExp(pattern, 'i').test(title),
	);
	const stage = await setTheStage();
	const credentials = await makeCredentials(stage);
	let failed = 0;
	for (const [title, play] of chosen) {
		if (!(await plays(stage, credentials, title, play))) failed += 1;
	}
	say(`e2e: ${chosen.length - failed} passed, ${failed} failed, in ${secondsSinceStart()} s`);
	if (failed > 0) process.exitCode = 1;
}

async function plays(
	stage: Stage,
	credentials: Credentials,
	title: string,
	play: (scene: Scene) => Promise<void>,
): Promise<boolean> {
	try {
		const scene = await Scene.begin(stage, credentials);
		await step(title, async () => await play(scene));
		return true;
	} catch (error) {
		console.error(error);
		return false;
	}
}
