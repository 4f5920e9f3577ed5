/** The languages and voices of the speech model that is chosen in the panel. */
import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { textOf } from '../../basics/values';
import type { List } from '../../engine/operation';
import { automaticModel, isAutomatic } from '../../prepare/checks/model';
import type { Language } from '../../service/models';
import { languagesOf } from '../../service/models';
import { entriesOf, readForPicker, shownIn } from './list';

/** The inference type of models that speak. */
export const TEXT_TO_SPEECH = 'txt2audio';

/** The value of a field of the panel, whether it is chosen from a list or entered. */
function chosen(context: ILoadOptionsFunctions, field: string): string | undefined {
	return textOf(context.getCurrentNodeParameter(field, { extractValue: true }));
}

async function languagesOfChosenModel(
	context: ILoadOptionsFunctions,
	what: string,
	id: string,
): Promise<Language[]> {
	const slug = chosen(context, 'model');
	const models = await readForPicker(context, TEXT_TO_SPEECH, what, id);
	const model =
		slug === undefined || isAutomatic(slug)
			? automaticModel(models, TEXT_TO_SPEECH)
			: models.find((each) => each.slug === slug);
	return model === undefined ? [] : languagesOf(model);
}

/** The languages of the chosen model. */
export const languageList: List = {
	name: 'getLanguages',
	async search(filter) {
		const languages = await languagesOfChosenModel(this, 'languages', "the language's code");
		const entries = languages.map(({ name, slug }) => ({ words: [name, slug], value: slug }));
		return { results: entriesOf(entries, filter, shownIn(this, 'language')) };
	},
};

/** The voices of the chosen model in the chosen language; all of them where it has no such language. */
export const voiceList: List = {
	name: 'getVoices',
	async search(filter) {
		const languages = await languagesOfChosenModel(this, 'voices', "the voice's ID");
		const language = chosen(this, 'language');
		const fitting = languages.filter(({ slug }) => slug === language);
		const shown = fitting.length > 0 ? fitting : languages;
		const entries = shown.flatMap(({ name, voices }) =>
			voices.map((voice) => ({
				words: [voice.name, voice.gender, shown.length > 1 ? name : undefined],
				value: voice.slug,
			})),
		);
		// A voice may speak several languages.
		const isFirst = ({ value }: { value: string }, index: number) =>
			entries.findIndex((each) => each.value === value) === index;
		return { results: entriesOf(entries.filter(isFirst), filter, shownIn(this, 'voice')) };
	},
};
