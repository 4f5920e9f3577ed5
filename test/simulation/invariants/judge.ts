import type { Played } from '../run/simulate';
import type { Breach } from '../service/records';
import { keysStayHome } from './keys';
import { endsInTime, nothingAfterTheEnd } from './limits';
import { modelsAreTrue } from './models';
import { idsAreNamed, noSecondJob, pricesAreKept } from './money';
import { allAreCheckedFirst, lengthsAreTrue, limitsAreKept, retryableIsTriedAgain } from './order';
import { triggerIsRight } from './trigger';
import { wordsAreTrue } from './truth';

/** Holds a scenario against all that the package promises. */
export function judge(played: Played): Breach[] {
	return [
		...noSecondJob(played),
		...pricesAreKept(played),
		...retryableIsTriedAgain(played),
		...limitsAreKept(played),
		...allAreCheckedFirst(played),
		...lengthsAreTrue(played),
		...idsAreNamed(played),
		...wordsAreTrue(played),
		...modelsAreTrue(played),
		...endsInTime(played),
		...nothingAfterTheEnd(played),
		...keysStayHome(played),
		...triggerIsRight(played),
	];
}
