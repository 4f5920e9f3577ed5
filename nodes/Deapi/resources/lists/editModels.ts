import { IMAGE_TO_IMAGE } from '../../prepare/picture/edit';
import type { Model } from '../../service/models';
import { rangeOf } from '../../service/models';
import { amountOf, modelList, sidesOf } from './models';

/** Source: deAPI's specification: `max_input_images` of the model, 1 where it has none. */
export function mostPictures(model: Model): number {
	return rangeOf(model, 'input_images').max ?? 1;
}

/** The models that edit pictures. */
export const editModels = modelList('getEditModels', IMAGE_TO_IMAGE, (model) => [
	sidesOf(model),
	`up to ${amountOf(mostPictures(model), 'picture')}`,
]);
