/** What a scenario has had, in words that can be counted: it shows where the generator is blind. */
import type { Scenario } from './scenario/scenario';
import type { Verdict } from './run/simulate';

export function traitsOf(
	{ accounts, executions, trigger }: Scenario,
	{ facts }: Verdict,
): string[] {
	const { submits, jobs, attempts, films, repeats, calls, started } = facts;
	const traits: Array<[trait: string, has: boolean]> = [
		['a submit', submits > 0],
		['several jobs', jobs > 1],
		['several executions', executions.length > 1],
		['several accounts', accounts.length > 1],
		['Retry On Fail', executions.some(({ retry }) => retry !== null)],
		['an execution that was started again from what n8n stored', attempts > executions.length],
		['a feeding operation', executions.some(({ operation }) => operation !== 'audioToVideo')],
		['a film that was joined', films > 0],
		["a run with 'Existing Clips'", repeats > 0],
		['a price cap', executions.some(({ maxPrice }) => maxPrice > 0)],
		['an execution that was ended from outside', executions.some(({ ending }) => ending !== null)],
		['calls of the trigger', calls > 0],
		['executions that the trigger started', started > 0],
		['a restart of n8n', trigger?.calls.some(({ restart }) => restart !== 'none') === true],
	];
	return traits.flatMap(([trait, has]) => (has ? [trait] : []));
}
