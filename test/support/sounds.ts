/** Sounds as what reads their samples wants to have them. */
import { Failure } from '../../nodes/Deapi/engine/failure';
import type { Sound } from '../../nodes/Deapi/sound/open';

/** What is said where a sound of these tests cannot be read to its end. */
export const BROKE_OFF = 'The sound could not be read to its end';

/**
 * A file as a sound.
 *
 * @param type its kind, such as `MP3`
 */
export function soundOf({ open }: Pick<Sound, 'open'>, type: Sound['type']): Sound {
	return {
		open,
		type,
		brokeOff: (cause) =>
			new Failure({ message: BROKE_OFF, description: 'Run it again.', submitted: 'no' }, { cause }),
	};
}
