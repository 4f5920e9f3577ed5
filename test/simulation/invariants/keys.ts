import type { Played } from '../run/simulate';
import type { Breach } from '../service/records';
import { textOf } from './words';

/** (f) No key outside its base URL, and none in any text. */
export function keysStayHome({ service, executions, log }: Played): Breach[] {
	const breaches = [...service.breaches];
	const texts: Array<[where: string, text: string]> = [
		['the log', log.text(true)],
		...executions.map(({ index, attempts }): [string, string] => [
			`what execution ${index} says`,
			attempts.map(textOf).join('\n'),
		]),
	];
	for (const { key } of service.accounts) {
		const escaped = key.replaceAll('/', '\\/');
		for (const [where, text] of texts) {
			if (text.includes(key) || text.includes(escaped)) {
				breaches.push({ rule: 'f', text: `A key stands in ${where}` });
			}
		}
	}
	return breaches;
}
