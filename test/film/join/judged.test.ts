/** Films that are, to the byte, those which ffmpeg has read; its figures are in films.json. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fixture } from '../../support/workflows';
import { filmBy, RECIPES } from './recipes';

const FIGURES = JSON.parse(readFileSync(fixture('films.json'), 'utf8')) as {
	[name: string]: {
		pictures: string;
		frames: number;
		first: number;
		turned: number;
		seconds: number;
		sound: [string, number, number] | null;
		complaints: string;
		sha256: string;
	};
};

test.each(Object.entries(RECIPES))('%s: players find just this', async (name, recipe) => {
	const { size = '320x180', frames, seconds, turned = 0, sound = null } = recipe;
	expect(FIGURES[name]).toMatchObject({ frames, turned, sound, first: 0, complaints: '' });
	expect(FIGURES[name]?.seconds).toBeCloseTo(seconds, 5);
	expect(FIGURES[name]?.pictures).toBe(`h264 ${size}`);
	// Other bytes may be right as well, but nobody has looked at them: scripts/make-fixtures.sh does.
	const sha256 = createHash('sha256')
		.update(await filmBy(recipe))
		.digest('hex');
	expect(sha256).toBe(FIGURES[name]?.sha256);
});
