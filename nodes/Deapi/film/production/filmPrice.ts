import type { Call } from '../../engine/call';
import { AUDIO_TO_VIDEO_ENDPOINT } from '../../prepare/video';
import type { VideoRequest } from '../../prepare/videoRequest';
import { pricedValues } from '../../prepare/videoRequest';
import type { Account } from '../../service/account';
import { priceOf } from '../../submit/priceCap';

/**
 * What clips cost together. deAPI is asked once for each length, and the price multiplied: a Basic
 * account may ask 50 times a minute and 200 times a day.
 *
 * @returns USD
 * @throws {Failure} where there is no price to be had
 */
export async function priceOfClips(
	call: Call,
	account: Account,
	request: Pick<VideoRequest, 'video' | 'steps'>,
	clips: ReadonlyArray<{ frames: number }>,
): Promise<number> {
	const counts = new Map<number, number>();
	for (const { frames } of clips) counts.set(frames, (counts.get(frames) ?? 0) + 1);
	let total = 0;
	for (const [frames, count] of counts) {
		const priced = pricedValues(request, frames);
		total += await priceOf(call, account, AUDIO_TO_VIDEO_ENDPOINT, { priced }, count);
	}
	return total;
}
