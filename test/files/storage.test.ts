import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { StorageFault, storedSize } from '../../nodes/Deapi/files/storage';

/** n8n's own signal can fire between a check and the next question. */
test('a storage that is silent is not waited for after the end of the execution', async () => {
	const silence = new Promise<never>(() => {});
	const context = {
		helpers: { getBinaryMetadata: async () => await silence },
		getExecutionCancelSignal: () => AbortSignal.abort(),
	} as unknown as IExecuteSingleFunctions;
	await expect(storedSize(context, 'filesystem-v2:a')).rejects.toThrow(StorageFault);
});
