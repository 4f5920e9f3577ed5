import type { Measure } from '../../sound/measure';
import { joinSums, PRINT_SAMPLES } from '../../sound/measure';
import type { Stretch } from '../../sound/pieces';

/**
 * Tells a stretch of a sound from the same stretch of another one: 8 hexadecimal digits of the sums of what lies
 * wholly inside it, or around it where it is too short for that.
 */
export function soundIdOf({ rate, samples, prints }: Measure, { from, to }: Stretch): string {
	const [first, end] = [Math.round(from * rate), Math.min(samples, Math.round(to * rate))];
	const inside = prints.filter((_sum, index) => {
		const start = index * PRINT_SAMPLES;
		return start >= first && Math.min(samples, start + PRINT_SAMPLES) <= end;
	});
	const around = prints.slice(Math.floor(first / PRINT_SAMPLES), Math.ceil(end / PRINT_SAMPLES));
	const sum = joinSums(inside.length > 0 ? inside : around);
	return sum.toString(16).padStart(8, '0');
}
