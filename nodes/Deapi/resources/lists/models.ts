/** The model pickers: the editor shows nothing of an entry but its name, so what matters is there. */
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { numberOf } from '../../basics/values';
import type { List } from '../../engine/operation';
import { AUTOMATIC } from '../../prepare/checks/model';
import type { Model } from '../../service/models';
import { isExperimental, videoRangeOf } from '../../service/models';
import { entriesOf, readForPicker, shownIn } from './list';

/**
 * A list of the account's models that can do something. 'Automatic' is first.
 *
 * @param name what fields call the list
 * @param typesOf inference types, separated by commas; or how to find them, where they depend on a field
 * @param factsOf what the entry says behind the model's name
 * @param isOneOfSeveral whether the node has other lists beside this one
 */
export function modelList(
	name: string,
	typesOf: string | ((context: ILoadOptionsFunctions) => string),
	factsOf: (model: Model) => Array<string | undefined> = () => [],
	isOneOfSeveral = false,
): List {
	return {
		name,
		async search(filter) {
			const types = typeof typesOf === 'string' ? typesOf : typesOf(this);
			const models = await readForPicker(this, types, 'models', "the model's slug");
			const entries = models.map((model) => ({
				words: [model.name, isExperimental(model) ? 'experimental' : undefined, ...factsOf(model)],
				value: model.slug,
			}));
			const automatic = { words: [AUTOMATIC.name], value: AUTOMATIC.value };
			const kept = isOneOfSeveral ? shownIn(this, 'model') : undefined;
			return { results: entriesOf([automatic, ...entries], filter, kept) };
		},
	};
}

/** The shortest and the longest side that a model takes, e.g. `512–1024 px`. */
export function sidesOf({ limits }: Model): string | undefined {
	const shortest = [limits.min_width, limits.min_height].flatMap((each) => numberOf(each) ?? []);
	const longest = [limits.max_width, limits.max_height].flatMap((each) => numberOf(each) ?? []);
	if (longest.length === 0) return undefined;
	if (shortest.length === 0) return `up to ${Math.max(...longest)} px`;
	return `${Math.min(...shortest)}–${Math.max(...longest)} px`;
}

/** The longest thing that a model makes or takes, e.g. `up to 10 s`. */
export function longestOf({ limits }: Model): string | undefined {
	const [frames, fps] = [numberOf(limits.max_frames), numberOf(limits.max_fps)];
	const seconds = numberOf(limits.max_duration) ?? (frames && fps ? frames / fps : undefined);
	return seconds === undefined ? undefined : `up to ${Math.round(seconds * 10) / 10} s`;
}

/** The longest video that a model takes, e.g. `up to 8 s`. */
export function longestVideoOf(model: Model): string | undefined {
	const { max } = videoRangeOf(model);
	return max === undefined ? undefined : `up to ${max} s`;
}

/** An amount of things, e.g. `54 voices`; undefined where there are none. */
export function amountOf(count: number, thing: string): string | undefined {
	return count === 0 ? undefined : `${count} ${thing}${count === 1 ? '' : 's'}`;
}
