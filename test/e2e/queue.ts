import { copiesOfDeliveries } from './queue/copies';
import { sixtyExecutions } from './queue/scenario';
import { fourSongs } from './queue/songs';
import { type QueueStage, setTheQueueStage } from './queue/stage';
import { stopInQueue, workerIsKilled } from './queue/stop';
import { say, secondsSinceStart } from './machine/steps';
import { runAndTearDown } from './machine/teardown';

const SCENARIOS: Record<string, (stage: QueueStage) => Promise<void>> = {
	'Sixty executions': sixtyExecutions,
	'Four whole songs': fourSongs,
	'Copies of deliveries at two processes': copiesOfDeliveries,
	'Stop, with Retry On Fail': stopInQueue,
	'A worker is killed': workerIsKilled,
};

/**
 * Tries the packed package in n8n's queue mode: `npm run e2e:queue`, or `npm run e2e:queue -- songs` for
 * the scenarios whose titles match.
 */
void runAndTearDown(async () => {
	const wanted = new RegExp(process.argv[2] ?? '', 'i');
	const scenarios = Object.entries(SCENARIOS).filter(([title]) => wanted.test(title));
	const stage = await setTheQueueStage();
	for (const [, play] of scenarios) await play(stage);
	say(`e2e:queue: ${scenarios.length} passed, in ${secondsSinceStart()} s`);
});
