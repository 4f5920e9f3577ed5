/** Nobody has made a sound of other rates, in samples a second: a header that names one is damaged. */
const RATES = { min: 1000, max: 768_000 };

/** Whether a sound may have so many samples a second. */
export function isPossibleRate(rate: number): boolean {
	return rate >= RATES.min && rate <= RATES.max;
}
