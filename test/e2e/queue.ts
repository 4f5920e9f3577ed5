import { sixtyExecutions } from './queue/scenario';
import { setTheQueueStage } from './queue/stage';
import { say, secondsSinceStart } from './machine/steps';
import { runAndTearDown } from './machine/teardown';

/** Tries the packed package in n8n's queue mode: `npm run e2e:queue`. */
void runAndTearDown(async () => {
	await sixtyExecutions(await setTheQueueStage());
	say(`e2e:queue: passed, in ${secondsSinceStart()} s`);
});
