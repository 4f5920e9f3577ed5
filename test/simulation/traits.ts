/** What a scenario has had, in words that can be counted: it shows where the generator is blind. */
import type { Scenario } from './scenario/scenario';
import { BEAT_CLIPS } from './run/media';
import type { Verdict } from './run/simulate';

export function traitsOf(
	{ accounts, executions, trigger }: Scenario,
	{ facts }: Verdict,
): string[] {
	const { submits, jobs, attempts, films, pictured, edited, changed, repeats } = facts;
	const { calls, started } = facts;
	const traits: Array<[trait: string, has: boolean]> = [
		['a submit', submits > 0],
		['several jobs', jobs > 1],
		['several executions', executions.length > 1],
		['several accounts', accounts.length > 1],
		['Retry On Fail', executions.some(({ retry }) => retry !== null)],
		['an execution that was started again from what n8n stored', attempts > executions.length],
		['a feeding operation', executions.some(({ operation }) => operation !== 'audioToVideo')],
		['a film that was joined', films > 0],
		['pictures that were made for clips', pictured > 0],
		['a film with such pictures that was joined', films > 0 && pictured > 0],
		[
			'a film that was cut by its beat',
			films > 0 && executions.some(({ film }) => film === BEAT_CLIPS),
		],
		['a job of an edited node', edited > 0],
		['a job of a sound that had changed', changed > 0],
		["a run with 'Existing Clips'", repeats > 0],
		['a price cap', executions.some(({ maxPrice }) => maxPrice > 0)],
		['an execution that was ended from outside', executions.some(({ ending }) => ending !== null)],
		['calls of the trigger', calls > 0],
		['executions that the trigger started', started > 0],
		['a restart of n8n', trigger?.calls.some(({ restart }) => restart !== 'none') === true],
	];
	return traits.flatMap(([trait, has]) => (has ? [trait] : []));
}
