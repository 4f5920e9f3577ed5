/**
 * Samples as AAC-LC, which every player and every network takes.
 *
 * An encoder of AAC says each sample twice, in two packets that overlap, and so begins with a packet that
 * only prepares the decoder. It is left out: the first packet that is given out begins with the first sample.
 */
import type { Block } from '../../block';
import { fitted, joinBlocks, lengthOf, partOf } from '../../block';
import { inSlices } from '../../slices';
import type { Machine } from './machine';
import { createMachine } from './machine';

/** Samples of a packet. */
export const PACKET_SAMPLES = 1024;
/** Where people hear no difference to the original, in bits a second. */
const BIT_RATE = 192_000;

/** A sound as packets of AAC. */
export interface AacSound {
	/** The decoder's settings (AudioSpecificConfig). */
	config: Buffer;
	/** Each has `PACKET_SAMPLES`, the first of them at 0; the last one ends in silence. */
	packets: Buffer[];
}

/**
 * Encodes samples as AAC.
 *
 * @param blocks in their order
 * @param rate samples a second: 44,100 or 48,000
 * @param channels 1 or 2
 */
export async function encodeAac(
	blocks: AsyncIterable<Block>,
	rate: number,
	channels: number,
): Promise<AacSound> {
	const encoder = new Encoder(await createMachine(), rate, channels);
	let rest: Block = [];
	let samples = 0;
	for await (const block of blocks) {
		samples += lengthOf(block);
		rest = joinBlocks([rest, block], channels);
		let at = 0;
		while (lengthOf(rest) - at >= PACKET_SAMPLES) {
			const part = partOf(rest, at, at + PACKET_SAMPLES);
			await inSlices(() => encoder.add(part));
			at += PACKET_SAMPLES;
		}
		rest = partOf(rest, at, lengthOf(rest));
	}
	if (lengthOf(rest) > 0) {
		await inSlices(() => encoder.add(fitted(rest, channels, PACKET_SAMPLES)));
	}
	await inSlices(() => encoder.end());
	const count = Math.ceil(samples / PACKET_SAMPLES);
	return { config: encoder.config, packets: encoder.packets.slice(1, 1 + count) };
}

class Encoder {
	readonly packets: Buffer[] = [];
	readonly config: Buffer;
	private readonly context: number;
	private place = 0;

	constructor(
		private readonly machine: Machine,
		rate: number,
		private readonly channels: number,
	) {
		this.context = succeeded(machine.init_encoder(channels, rate, BIT_RATE));
		const size = machine.get_encoder_extradata_size(this.context);
		this.config = this.copyOf(machine.get_encoder_extradata(this.context), size);
	}

	/** Takes the samples of one packet. */
	add(block: Block): void {
		const { machine, context, channels } = this;
		const bytes = PACKET_SAMPLES * channels * Float32Array.BYTES_PER_ELEMENT;
		const address = succeeded(machine.get_encode_input_ptr(context, bytes));
		const input = new Float32Array(machine.memory.buffer, address, PACKET_SAMPLES * channels);
		for (const [channel, row] of block.entries()) {
			for (let at = 0; at < PACKET_SAMPLES; at++) input[at * channels + channel] = row[at] ?? 0;
		}
		succeeded(1 + machine.send_frame(context, BigInt(this.place)));
		this.place += PACKET_SAMPLES;
		this.collect();
	}

	/** No more samples come. */
	end(): void {
		this.machine.flush_encoder_start(this.context);
		this.collect();
	}

	private collect(): void {
		const { machine, context } = this;
		for (;;) {
			const size = machine.receive_packet(context);
			if (size === 0) return;
			this.packets.push(this.copyOf(machine.get_encoded_data(context), succeeded(size)));
		}
	}

	private copyOf(address: number, size: number): Buffer {
		return Buffer.from(Buffer.from(this.machine.memory.buffer, address, size));
	}
}

/** The encoder's own word for what did not work is a number of 0 or less. */
function succeeded(result: number): number {
	if (result <= 0) throw new Error(`The AAC encoder has given ${result}`);
	return result;
}
