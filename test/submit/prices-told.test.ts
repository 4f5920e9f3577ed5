/** What items and messages say of prices, and of estimates. */
import type { IDataObject } from 'n8n-workflow';
import { clockForTests } from '../support/clock';
import { Deapi, expectGoodText, waitingVideo } from '../support/deapi';
import { inDetails } from '../support/engine-versions';
import { CLIPS, clipsIn, film, openFilms, shortSong } from '../support/songs';

const clock = clockForTests();
beforeEach(() => clock.leap());

const ESTIMATE = { resource: 'video', operation: 'estimatePrice', lengthMode: 'seconds' };

describe.each(['v1', 'v2'] as const)('on %s', (apiVersion) => {
	test('an estimate says that it is one, and a price that it is none by silence', async () => {
		const deapi = (await Deapi.open({ priceIsEstimated: true })).with({ apiVersion });
		const { json } = await deapi.run([{}], ESTIMATE);
		expect(json).toMatchObject({ price: 0.15, currency: 'USD', price_is_estimated: true });
		expect(json).not.toHaveProperty('is_estimated');
		deapi.fake.settings.priceIsEstimated = false;
		const exact = (await deapi.run([{}], ESTIMATE)).json;
		expect(exact).toMatchObject({ price: 0.15, currency: 'USD' });
		expect(exact).not.toHaveProperty('price_is_estimated');
		expect(exact).not.toHaveProperty('is_estimated');
	});

	test("'Max Price' holds by an estimate; message and details say so", async () => {
		const deapi = (await Deapi.open({ priceIsEstimated: true })).with({ apiVersion });
		const { stop } = await deapi.run(undefined, { options: { maxPrice: 0.1 } });
		expect(stop.message).toBe(
			"This job would cost 0.15 USD by deAPI's estimate; 'Max Price (USD)' is 0.1 USD",
		);
		expect(stop.data).toMatchObject({ price: 0.15, price_is_estimated: true, max_price: 0.1 });
		expectGoodText(stop.message);
		expect(deapi.requestIds).toEqual([]);
	});

	test("an item within 'Max Price' says by which price, and that it was an estimate", async () => {
		const deapi = (await Deapi.open({ priceIsEstimated: true })).with({ apiVersion });
		const { json } = await deapi.run(undefined, { options: { maxPrice: 1 } });
		expect(json).toMatchObject({ price: 0.15, currency: 'USD', price_is_estimated: true });
	});

	test("a finished job's price comes out as it came, in place of the one asked for", async () => {
		const deapi = (await Deapi.open({ jobPrice: true, priceIsEstimated: true })).with({
			apiVersion,
		});
		const { json } = await deapi.run(undefined, waitingVideo({ maxPrice: 1 }));
		expect(json.price).toEqual({ amount: 0.15, is_estimated: false });
		expect(json).not.toHaveProperty('price_is_estimated');
	});
});

test('a job without a price of its own keeps the one that was asked for', async () => {
	const deapi = await Deapi.open({ jobPrice: 'null', priceIsEstimated: true });
	const { json } = await deapi.run(undefined, waitingVideo({ maxPrice: 1 }));
	expect(json).toMatchObject({ price: 0.15, currency: 'USD', price_is_estimated: true });
});

describe('a film', () => {
	const priceOf = ({ price, currency, price_is_estimated }: IDataObject) =>
		[price, currency, price_is_estimated] as const;

	test("adds its clips' prices up", async () => {
		const deapi = await openFilms({ jobPrice: true, price: 0.1 });
		const { json } = await deapi.run([shortSong()], film());
		expect(priceOf(json)).toEqual([0.5, 'USD', undefined]);
		expect(clipsIn(json)).toHaveLength(CLIPS);
	});

	test('is an estimate where one clip is', async () => {
		const deapi = await openFilms({ jobPrice: true, price: 0.1 });
		const data = { price: { amount: '0.2', is_estimated: 1 } };
		// The status is read anew for each clip; what is said of the last counts.
		const fault = { type: 'overwrite', data } as const;
		deapi.fake.faults.add({ route: 'status', times: 500, fault });
		const { json } = await deapi.run([shortSong()], film());
		expect(priceOf(json)).toEqual([1, 'USD', true]);
	});

	test('says nothing where a clip says nothing, and nobody asked', async () => {
		const deapi = await openFilms({ jobPrice: 'null' });
		const { json } = await deapi.run([shortSong()], film());
		expect(json).not.toHaveProperty('price');
		expect(json).not.toHaveProperty('currency');
	});

	test("says what was asked for 'Max Price' where it does not wait", async () => {
		const deapi = await openFilms({ price: 0.1, priceIsEstimated: true });
		const { json } = await deapi.run(
			[shortSong()],
			film({ maxPrice: 1 }, { waitForCompletion: false }),
		);
		expect(priceOf(json)).toEqual([0.5, 'USD', true]);
	});

	test.each(['v1', 'v2'] as const)(
		'whose clips were paid for in two runs says no price that is that of the second, on %s',
		async (apiVersion) => {
			const service = await openFilms({ price: 0.1, jobPrice: 'null' });
			const deapi = service.with({ apiVersion });
			const options = { maxPrice: 1 };
			const { json } = await deapi.run([shortSong()], film(options));
			expect(priceOf(json)).toEqual([0.5, 'USD', undefined]);
			const clips = clipsIn(json).map(({ request_id: id, ...clip }) =>
				clip.clip === CLIPS ? clip : { ...clip, request_id: id },
			);
			const existingClips = JSON.stringify(clips);
			const again = await deapi.run([shortSong()], film({ ...options, existingClips }));
			expect(service.requestIds).toHaveLength(CLIPS + 1);
			expect(again.json).not.toHaveProperty('price');
		},
	);

	test('that would cost too much by an estimate says so, in details too', async () => {
		const deapi = await openFilms({ price: 0.1, priceIsEstimated: true });
		const { json } = await deapi.run([shortSong()], film({ maxPrice: 0.2 }), {
			onError: 'continueRegularOutput',
		});
		expect(json.error).toContain("would cost 0.5 USD by deAPI's estimate");
		expect(json).toMatchObject(
			inDetails({ price: 0.5, price_is_estimated: true, max_price: 0.2, submitted: 'no' }),
		);
	});

	test('as an estimate adds up, and says that it is one', async () => {
		const deapi = await openFilms({ price: 0.1, priceIsEstimated: true });
		const { json } = await deapi.run([shortSong()], {
			...{ ...ESTIMATE, lengthMode: 'matchAudio', whenTooLong: 'clips' },
		});
		expect(priceOf(json)).toEqual([0.5, 'USD', true]);
	});
});
