import type { Page } from 'playwright-core';
import { expect } from '../check';

/** What a browser finds in a film. */
interface Seen {
	/** Pixels. */
	width: number;
	height: number;
	/** Seconds. */
	duration: number;
	/** The name of the colour at each moment that was looked at. */
	colors: string[];
	/** The root mean square of the sound while it plays, 0 to 1. */
	loudness: number;
}

/**
 * In the page: looks at a picture of each moment when the browser says that it shows it, then plays a
 * second of the page's own video and listens.
 */
const WATCH = `async (moments) => {
	const video = document.querySelector('video');
	const metadataOf = async (film) => {
		if (film.readyState > 0) return;
		await new Promise((resolve) => film.addEventListener('loadedmetadata', resolve, { once: true }));
	};
	await metadataOf(video);
	// n8n sends a file from its beginning only, so a browser cannot jump in it: the same bytes, from here.
	const copy = document.createElement('video');
	copy.muted = true;
	copy.src = URL.createObjectURL(await (await fetch(video.currentSrc)).blob());
	await metadataOf(copy);
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [1, 1];
	const context = canvas.getContext('2d', { willReadFrequently: true });
	const look = async (moment) => {
		const shown = new Promise((resolve) => copy.requestVideoFrameCallback(resolve));
		copy.currentTime = moment;
		await shown;
		// The upper left quarter is plain: a bar walks below it.
		context.drawImage(copy, 0, 0, copy.videoWidth / 4, copy.videoHeight / 4, 0, 0, 1, 1);
		const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((value) => value > 90);
		return ['black', 'blue', 'green', 'cyan', 'red', 'magenta', 'yellow', 'white'][
			Number(red) * 4 + Number(green) * 2 + Number(blue)
		];
	};
	const colors = [];
	for (const moment of moments) colors.push(await look(moment));
	const audio = new AudioContext();
	const analyser = audio.createAnalyser();
	audio.createMediaElementSource(video).connect(analyser).connect(audio.destination);
	video.muted = false;
	const begun = video.currentTime;
	await video.play();
	await audio.resume();
	const samples = new Float32Array(analyser.fftSize);
	let loudness = 0;
	while (video.currentTime < begun + 1) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		analyser.getFloatTimeDomainData(samples);
		const square = samples.reduce((sum, sample) => sum + sample * sample, 0);
		loudness = Math.max(loudness, Math.sqrt(square / samples.length));
	}
	video.pause();
	const { videoWidth: width, videoHeight: height, duration } = video;
	return { width, height, duration, colors, loudness };
}`;

/**
 * Watches the one video of a page.
 *
 * @param moments at which its colour is wanted, in seconds
 */
export async function watchFilm(page: Page, moments: number[]): Promise<Seen> {
	return await page.evaluate<Seen>(`(${WATCH})(${JSON.stringify(moments)})`);
}

/** Expects a film to end with its song, or later by less than the step of the model's lengths. */
export function expectEndsWithSong({ duration }: Seen, songSeconds: number): void {
	const later = duration - songSeconds;
	expect(later > -0.1 && later < 8 / 24, `The film of ${songSeconds} s has ${duration} s`);
}
