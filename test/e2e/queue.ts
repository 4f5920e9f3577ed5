import { sixtyExecutions } from './queue/scenario';
import { fourSongs } from './queue/songs';
import { setTheQueueStage } from './queue/stage';
import { say, secondsSinceStart } from './machine/steps';
import { runAndTearDown } from './machine/teardown';

/** Tries the packed package in n8n's queue mode: `npm run e2e:queue`. */
void runAndTearDown(async () => {
	const stage = await setTheQueueStage();
	await sixtyExecutions(stage);
	await fourSongs(stage);
	say(`e2e:queue: passed, in ${secondsSinceStart()} s`);
});
