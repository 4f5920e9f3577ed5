/** Clips as large as a service's results: of ten seconds and 10 MB. */
import {
	BufferSource,
	BufferTarget,
	EncodedAudioPacketSource,
	EncodedPacketSink,
	EncodedVideoPacketSource,
	Input,
	MP4,
	Mp4OutputFormat,
	Output,
} from 'mediabunny';

export const SECONDS = 10;
export const FPS = 24;
const CLIP_BYTES = 10_000_000;

/** A unit of H.264 that says nothing. */
function filler(size: number): Buffer {
	const unit = Buffer.alloc(size, 0xff);
	unit.writeUInt32BE(size - 4, 0);
	unit[4] = 12;
	unit[size - 1] = 0x80;
	return unit;
}

/** Makes a clip of ten seconds and 10 MB out of one of a second. */
export async function makeClip(second: Buffer): Promise<Buffer> {
	const input = new Input({ source: new BufferSource(second), formats: [MP4] });
	const video = await input.getPrimaryVideoTrack();
	const audio = await input.getPrimaryAudioTrack();
	const videoConfig = await video?.getDecoderConfig();
	const audioConfig = await audio?.getDecoderConfig();
	if (!video || !audio || !videoConfig || !audioConfig) throw new Error('A track is missing');
	const target = new BufferTarget();
	const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
	const pictures = new EncodedVideoPacketSource('avc');
	const sound = new EncodedAudioPacketSource('aac');
	output.addVideoTrack(pictures);
	output.addAudioTrack(sound);
	await output.start();
	const rest = filler(CLIP_BYTES / SECONDS / FPS);
	let heard = 0;
	for (let at = 0; at < SECONDS; at++) {
		for await (const packet of new EncodedPacketSink(video).packets()) {
			const data = Buffer.concat([packet.data, rest]);
			const timestamp = packet.timestamp + at;
			await pictures.add(packet.clone({ data, timestamp }), { decoderConfig: videoConfig });
		}
		for await (const packet of new EncodedPacketSink(audio).packets()) {
			const timestamp = (heard++ * 1024) / audioConfig.sampleRate;
			await sound.add(packet.clone({ timestamp }), { decoderConfig: audioConfig });
		}
	}
	await output.finalize();
	if (target.buffer === null) throw new Error('Nothing was written');
	return Buffer.from(target.buffer);
}
