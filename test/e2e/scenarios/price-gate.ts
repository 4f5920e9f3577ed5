import { expect, expectEqual, expectProperties } from '../check';
import { type Scene, itemsOf, onlyItem } from '../scene';

/** The price decides: below the sum the video is made with the values asked for, above it nothing is. */
export async function priceGate(scene: Scene): Promise<void> {
	const { settings } = scene.stage.deapi;
	const { price } = settings;
	await scene.addFile('song.mp3');
	const workflow = await scene.importExample('price-gate');
	try {
		settings.price = 0.21;
		const tooExpensive = await scene.run(workflow);
		expectEqual(onlyItem(tooExpensive, 'Too Expensive').json.price, 0.21, 'The price');
		scene.expectSubmits(0);

		settings.price = 0.2;
		const bought = await scene.run(workflow);
		const [job] = scene.expectSubmits(1);
		expect(job, 'deAPI should have a job');
		const asked = scene.requests('price').map(({ json }) => json);
		const values = { model: 'Ltx2_3_22B_Dist_INT8', width: 512, height: 512, frames: 97, fps: 24 };
		expectEqual(asked, [values, values], 'The values of which deAPI was asked the price');
		expectProperties(
			job.fields,
			Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])),
			'The job',
		);
		expectEqual(itemsOf(bought, 'Write Video').length, 1, 'Videos written');
	} finally {
		settings.price = price;
	}
}
