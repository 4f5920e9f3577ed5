import type { IDataObject } from 'n8n-workflow';
import { shown } from '../../../nodes/Deapi/basics/quote';
import type { Played } from '../run/simulate';
import type { Breach } from '../service/records';
import { readOwner } from '../service/records';
import { outputOf, stopOf } from './words';

/** (q) What an item or a clip says of its model is what was sent, and a film is made by one model. */
export function modelsAreTrue({ executions, service, scenario }: Played): Breach[] {
	// What a message has of a failed job is deAPI's own account of it, odd as that may be.
	const isOdd = scenario.service.statuses.some(({ does }) => does === 'overwrite');
	const breaches: Breach[] = [];
	for (const attempt of executions.flatMap(({ attempts }) => attempts)) {
		const said = [
			...outputOf(attempt).map(({ json }) => json),
			isOdd ? {} : (stopOf(attempt)?.data ?? {}),
		];
		for (const { request_id, model } of said.flatMap(statements)) {
			const sent = service.jobs.find(({ id }) => id === request_id)?.submit.model;
			if (sent === undefined || model === undefined || model === sent) continue;
			const text = `Job ${shown(request_id)} is said to be of ${shown(model)}, and was sent for ${sent}`;
			breaches.push({ rule: 'q', text });
		}
	}
	return [...breaches, ...filmsHaveOneModel(executions, service)];
}

/** What is said of jobs: of an item's own, and of its clips. */
function statements(json: IDataObject): IDataObject[] {
	const { clips } = (json.details ?? json) as IDataObject;
	return Array.isArray(clips) ? (clips as IDataObject[]) : [json];
}

function filmsHaveOneModel(
	executions: Played['executions'],
	{ submits }: Played['service'],
): Breach[] {
	return executions.flatMap(({ plan }, execution) => {
		// With clips of an earlier run, what is missing may be made by another.
		if (plan.film === 0 || plan.usesExisting) return [];
		return plan.items.flatMap((_item, item) =>
			['clips', 'pictures'].flatMap((parts): Breach[] => {
				const owner = `${execution}/${item}`;
				const own = submits.filter((submit) => {
					const place = readOwner(submit.owner ?? '');
					const isOwn = place.execution === execution && place.item === item;
					return isOwn && place.isPicture === (parts === 'pictures');
				});
				const models = new Set(own.flatMap(({ model }) => model ?? []));
				if (models.size < 2) return [];
				const text = `The ${parts} of film ${owner} were sent for ${[...models].join(' and ')}`;
				return [{ rule: 'q', text }];
			}),
		);
	});
}
