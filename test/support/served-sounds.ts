/** An address that gives one sound, and another one later. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeAfterTest } from './deapi';
import { silence } from './wav';

/** A WAV of as many seconds that is not silent. */
export function hum(seconds: number): Buffer {
	const wav = silence(seconds);
	for (let at = 44; at < wav.length; at++) wav[at] = 96 + (at % 64);
	return wav;
}

/** Serves sounds, one after the other; the last one for ever. */
export async function soundsAt(...sounds: Array<Buffer | undefined>): Promise<string> {
	let served = 0;
	const listener: RequestListener = (_request, response) => {
		const sound = sounds[Math.min(served++, sounds.length - 1)];
		if (sound === undefined) response.writeHead(404).end();
		else response.writeHead(200, { 'content-length': sound.length }).end(sound);
	};
	const server = createServer(listener).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	closeAfterTest(async () => await new Promise<void>((resolve) => server.close(() => resolve())));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/song.wav`;
}
