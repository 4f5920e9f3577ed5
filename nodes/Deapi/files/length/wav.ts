import type { ByteReader } from '../bytes';
import { readWavHeader } from '../wav/header';

/**
 * The length of a WAV (RIFF, RF64 or BW64) in seconds. Reads no further than to the start of the
 * samples, unless the size of the file is not known.
 *
 * @param size of the file in bytes; 0 where it is not known
 * @throws {Failure} where the header is damaged or the samples are in a codec
 */
export async function readWavLength(bytes: ByteReader, size: number): Promise<number> {
	const { format, size: most } = await readWavHeader(bytes);
	const data = Math.min(most, size > 0 ? size - bytes.position : await bytes.skip(most));
	return Math.floor(data / (format.channels * format.sampleBytes)) / format.rate;
}
