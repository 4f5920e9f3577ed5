import type { ValidationErrors } from '../../prepare/checks/validationErrors';
import type { Values } from '../../prepare/checks/values';

/** Reads over how many seconds the end of the sound goes silent; none where nothing is given. */
export function readFadeOut(options: Values, validationErrors: ValidationErrors): number {
	const seconds = options.optionalNumber('fadeOut') ?? 0;
	if (seconds < 0) validationErrors.add('fadeOut', `is ${seconds}`, 'Enter 0 seconds or more.');
	return seconds;
}
