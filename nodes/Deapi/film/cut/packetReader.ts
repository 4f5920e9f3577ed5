import {
	BufferTarget,
	EncodedAudioPacketSource,
	FlacOutputFormat,
	Mp3OutputFormat,
	OggOutputFormat,
	Output,
} from 'mediabunny';
import type { EncodedPacket } from 'mediabunny';
import type { MediaType } from '../../files/kinds';
import { openSound } from '../sound';
import type { OpenSound, Sound } from '../sound';
import type { PieceReader } from './pieceReader';

const FORMATS = {
	mp3: () => new Mp3OutputFormat(),
	flac: () => new FlacOutputFormat(),
	ogg: () => new OggOutputFormat(),
};

/** Cuts MP3, FLAC and OGG between their packets, which stay as they are. */
export class PacketReader implements PieceReader {
	/** The packet that was read, and belongs to a later piece. */
	private waiting: EncodedPacket | undefined;

	private constructor(
		private readonly sound: OpenSound,
		private readonly createFormat: () => Mp3OutputFormat | FlacOutputFormat | OggOutputFormat,
	) {}

	/** @throws {Failure} where the sound's packets cannot be told apart */
	static async open(sound: Sound, type: MediaType): Promise<PacketReader> {
		const createFormat =
			type.extension === 'flac'
				? FORMATS.flac
				: type.extension === 'ogg'
					? FORMATS.ogg
					: FORMATS.mp3;
		const reader = new PacketReader(await openSound(sound, type), createFormat);
		reader.waiting = await reader.sound.next();
		return reader;
	}

	async skipTo(cut: number): Promise<void> {
		while (this.isBefore(cut)) this.waiting = await this.sound.next();
	}

	async readTo(cut: number): Promise<Buffer | undefined> {
		const first = this.waiting;
		if (first === undefined || !this.isBefore(cut)) return undefined;
		const source = new EncodedAudioPacketSource(this.sound.codec);
		const target = new BufferTarget();
		const output = new Output({ format: this.createFormat(), target });
		output.addAudioTrack(source);
		await output.start();
		const meta = { decoderConfig: this.sound.config };
		for (let packet = this.waiting; packet && this.isBefore(cut); packet = this.waiting) {
			await source.add(packet.clone({ timestamp: packet.timestamp - first.timestamp }), meta);
			this.waiting = await this.sound.next();
		}
		await output.finalize();
		return target.buffer === null ? undefined : Buffer.from(target.buffer);
	}

	async close(): Promise<void> {
		await this.sound.close();
	}

	/** The cut falls between the two packets whose seam is nearest to it on the sound's own time line. */
	private isBefore(cut: number): boolean {
		if (this.waiting === undefined) return false;
		const { timestamp, duration } = this.waiting;
		return timestamp - this.sound.delay + duration / 2 <= cut;
	}
}
