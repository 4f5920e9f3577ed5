/** Films for people to look at: small painted scenes in place of plain colours. */
import path from 'node:path';
import type { FakeJob, FilmOptions } from '../types';

const FOLDER = path.join(__dirname, '../../fixtures/scenes');

/** One after the other, again and again. */
const SCENES = ['dawn', 'city', 'stage', 'lanterns'] as const;

/**
 * What a job's film shows.
 *
 * @returns a scene in the shape that was asked for, by the job's place in the order of submits
 */
export function sceneOf({ index, fields }: FakeJob): FilmOptions {
	const [width, height] = [Number(fields.width ?? 512), Number(fields.height ?? 512)];
	const shape = width > height ? '' : width < height ? '-portrait' : '-square';
	return { picture: path.join(FOLDER, `${SCENES[index % SCENES.length]}${shape}.mp4`) };
}
