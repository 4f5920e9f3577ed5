/**
 * The list of models, page by page.
 */
import { inferenceTypes } from '../catalogue/lookup';
import { json, type Answer } from '../http/answers';
import type { FakeSettings } from '../types';

const DEFAULT_PAGE = 25;
const MAX_PAGE = 50;

/**
 * `limit` beyond 50 is clamped, missing it is 25, `per_page` is ignored: the specification.
 * @param settings the catalogue
 * @param query the request's; types of the filter are separated by commas, unknown ones find nothing
 * @returns one page of the list, with links as Laravel makes them
 */
export function models(settings: FakeSettings, query: Record<string, string>): Answer {
	const wanted = query['filter[inference_types]']?.split(',').filter(Boolean) ?? [];
	const found = settings.models.filter(
		(model) => wanted.length === 0 || inferenceTypes(model).some((type) => wanted.includes(type)),
	);
	const size = Math.min(MAX_PAGE, positive(query.limit) ?? DEFAULT_PAGE);
	const page = positive(query.page) ?? 1;
	const data = found.slice((page - 1) * size, page * size);
	const last_page = Math.max(1, Math.ceil(found.length / size));
	const at = (number: number) => `https://api.deapi.ai/models?page=${number}`;
	const links = {
		first: at(1),
		last: at(last_page),
		prev: page > 1 ? at(page - 1) : null,
		next: page < last_page ? at(page + 1) : null,
	};
	const meta = { current_page: page, last_page, per_page: size, total: found.length };
	return json(200, { data, links, meta });
}

function positive(text: string | undefined): number | null {
	return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : null;
}
