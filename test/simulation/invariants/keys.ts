import type { Played } from '../run/simulate';
import type { Call } from '../run/trigger';
import type { Breach } from '../service/records';
import { textOf } from './words';

/** (f) No key outside its base URL, and none in any text. */
export function keysStayHome({ service, executions, trigger, log }: Played): Breach[] {
	const breaches = [...service.breaches];
	const texts: Array<[where: string, text: string]> = [
		['the log', log.text(true)],
		...executions.map(({ index, attempts }): [string, string] => [
			`what execution ${index} says`,
			attempts.map(textOf).join('\n'),
		]),
		['what the trigger says', JSON.stringify(trigger?.calls.map(wordsOf) ?? '')],
	];
	for (const secret of service.accounts.flatMap(({ key, secret }) => [key, secret])) {
		const escaped = secret.replaceAll('/', '\\/');
		for (const [where, text] of texts) {
			if (text.includes(secret) || text.includes(escaped)) {
				breaches.push({ rule: 'f', text: `A key or a secret stands in ${where}` });
			}
		}
	}
	return breaches;
}

/** All that a user, or whoever has called, can see of a call. */
function wordsOf({ body, execution }: Call) {
	const { runData, error } = execution?.run?.data.resultData ?? {};
	const runs = Object.values(runData ?? {}).flatMap((all) =>
		all.flatMap(({ data }) => data?.main?.flatMap((items) => items ?? []) ?? []),
	);
	return [body, runs.map(({ json }) => json), error?.message];
}
