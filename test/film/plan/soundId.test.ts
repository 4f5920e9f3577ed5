/** A stretch of a sound has a name of its own, by which the clip that was made of it is known again. */
import { soundIdOf } from '../../../nodes/Deapi/film/plan/soundId';
import type { Measure } from '../../../nodes/Deapi/sound/measure';
import { PRINT_SAMPLES } from '../../../nodes/Deapi/sound/measure';

const RATE = 44_100;
const bands = { frames: 0, levels: new Float32Array(0) };

/** A sound with a sum for each of its parts, the last of which is half as long as the others. */
const soundOf = (...prints: number[]): Measure => ({
	...{ rate: RATE, channels: 1, isOfOneRate: true, bands, prints },
	samples: (prints.length - 0.5) * PRINT_SAMPLES,
});

/** The name of a stretch that is given in parts of the sound. */
const idOf = (sound: Measure, from: number, to: number) =>
	soundIdOf(sound, { from: (from * PRINT_SAMPLES) / RATE, to: (to * PRINT_SAMPLES) / RATE });

const SOUND = soundOf(11, 22, 33, 44, 55);

test('eight digits, the same for ever', () => {
	expect(idOf(SOUND, 1, 3)).toBe('04991598');
	expect(idOf(soundOf(0), 0, 1)).toMatch(/^[0-9a-f]{8}$/);
});

test.each([
	['what lies wholly inside', 0.5, 3.5, [99, 22, 33, 99, 99]],
	['what begins and ends with it', 1, 3, [99, 22, 33, 99, 99]],
	['what lies around it, where nothing lies inside', 1.2, 2.8, [99, 22, 33, 99, 99]],
	['what lies around it, where it is one part', 2.2, 2.8, [99, 99, 33, 99, 99]],
	['the last part, which is shorter', 3.5, 9, [99, 99, 99, 99, 55]],
])('counts %s, and nothing else', (_what, from, to, prints) => {
	expect(idOf(soundOf(...prints), from, to)).toBe(idOf(SOUND, from, to));
	for (const [index, print] of prints.entries()) {
		if (print === 99) continue;
		const other = soundOf(...prints.map((each, at) => (at === index ? 98 : each)));
		expect(idOf(other, from, to)).not.toBe(idOf(SOUND, from, to));
	}
});
