import type { Call } from '../../engine/call';
import { EDIT_ENDPOINT } from '../../prepare/picture/edit';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../prepare/video';
import type { VideoRequest } from '../../prepare/videoRequest';
import { pricedValues } from '../../prepare/videoRequest';
import type { Account } from '../../service/account';
import type { Price } from '../../service/price';
import { sumOf } from '../../service/price';
import { priceOf } from '../../submit/priceCap';
import type { FilmRequest } from './filmRequest';
import { pictureRequestOf } from './pictures';

/**
 * What each of several clips costs. deAPI is asked once for each length: a Basic account may ask 50 times a
 * minute and 200 times a day.
 *
 * @throws {Failure} where there is no price to be had
 */
export async function pricesOfClips(
	call: Call,
	account: Account,
	request: Pick<VideoRequest, 'video' | 'steps'>,
	clips: ReadonlyArray<{ asked: number }>,
): Promise<Price[]> {
	const byLength = new Map<number, Price>();
	const prices: Price[] = [];
	for (const { asked: frames } of clips) {
		const priced = pricedValues(request, frames);
		const price =
			byLength.get(frames) ?? (await priceOf(call, account, AUDIO_TO_VIDEO_ENDPOINT, { priced }));
		byLength.set(frames, price);
		prices.push(price);
	}
	return prices;
}

/**
 * What a picture costs: deAPI is asked once, since neither the size nor the words count.
 *
 * @throws {Failure} where there is no price to be had
 */
export async function priceOfPicture(
	call: Call,
	account: Account,
	film: Pick<FilmRequest, 'request' | 'pictures'>,
): Promise<Price | undefined> {
	if (film.pictures === undefined) return undefined;
	const asked = pictureRequestOf(film.request, film.pictures, undefined);
	return await priceOf(call, account, EDIT_ENDPOINT, asked);
}

/** What they cost together; the arguments as for `pricesOfClips`. */
export async function priceOfClips(...clips: Parameters<typeof pricesOfClips>): Promise<Price> {
	return sumOf(await pricesOfClips(...clips));
}
