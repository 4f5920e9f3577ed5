/** Files in a storage behind the network, as in n8n's S3 mode: it can break in the middle of an upload. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { settle, watchRejections } from '../../support/attacks';
import { changedWorkflow } from '../../support/changed-items';
import { clockForTests } from '../../support/clock';
import type { Fault } from '../../fake-deapi';
import { Deapi, expectGoodText } from '../../support/deapi';
import type { Storage } from '../../support/storage';
import { startStorage } from '../../support/storage';
import { silence } from '../../support/wav';
import { fixture, songItem } from '../../support/workflows';

const clock = clockForTests();
const SONG = readFileSync(fixture('song.mp3'));
/** A sound of some megabytes: it does not fit into the buffers on the way. */
const LARGE = silence(400);
const CONTINUE = { onError: 'continueRegularOutput' as const };

/** n8n's way to files, over HTTP: what its S3 manager does, without the signature. */
function useRemoteStorage({ url }: Storage, size = SONG.length): void {
	const manager = {
		getMetadata: async () => await Promise.resolve({ fileSize: size, mimeType: 'audio/mpeg' }),
		getAsStream: async (file: string) =>
			await new Promise<http.IncomingMessage>((resolve, reject) => {
				http
					.get(`${url}/${file}`, (response) => {
						if (response.statusCode === 200) resolve(response);
						else
							reject(
								new Error(`Request to external object storage failed: ${response.statusCode}`),
							);
					})
					.on('error', reject);
			}),
	};
	type Manager = Parameters<BinaryDataService['setManager']>[1];
	Container.get(BinaryDataService).setManager('s3', manager as unknown as Manager);
}

/** The items' files lie in the remote storage. */
const remote = (count: number, extra = {}) =>
	changedWorkflow(
		Array.from({ length: count }, () => songItem()),
		(item, index) => {
			const file = item.binary?.data;
			return file === undefined
				? item
				: { ...item, binary: { data: { ...file, data: 's3', id: `s3:song-${index}` } } };
		},
		{},
		extra,
	);

/** Serves the song; what comes after the look at its first bytes is answered by the fault. */
function faultyAfterLook(fault: http.RequestListener): http.RequestListener {
	const looked = new Set<string | undefined>();
	return (request, response) => {
		if (looked.has(request.url)) fault(request, response);
		else {
			looked.add(request.url);
			response.writeHead(200, { 'Content-Length': SONG.length });
			response.end(SONG);
		}
	};
}

test('a file from there is sent as it is', async () => {
	useRemoteStorage(await startStorage((_request, response) => void response.end(SONG)));
	const deapi = await Deapi.open();
	const { saved, nodeTypes } = remote(3);
	expect((await deapi.runSaved(saved, { nodeTypes })).items).toHaveLength(3);
	for (const { parts } of deapi.submits) {
		expect(parts.find(({ name }) => name === 'audio')?.size).toBe(SONG.length);
	}
});

test.each<[string, http.RequestListener]>([
	[
		'is cut in the middle',
		(_request, response) => {
			response.writeHead(200, { 'Content-Length': SONG.length });
			response.write(SONG.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
		},
	],
	['comes short', (_request, response) => void response.end(SONG.subarray(0, 1000))],
	['is gone', (_request, response) => void response.writeHead(404).end()],
	['comes from a storage that is down', (request) => void request.socket.destroy()],
])(
	'a file that %s: the upload is broken off, nothing is submitted, the lane is free',
	async (_name, fault) => {
		const unhandled = watchRejections();
		const storage = await startStorage(faultyAfterLook(fault));
		useRemoteStorage(storage);
		const deapi = await Deapi.open();
		const { saved, nodeTypes } = remote(2, CONTINUE);
		const { items } = await deapi.runSaved(saved, { nodeTypes });
		for (const { json } of items) {
			expect(json.error).toMatch(/'Input Audio Field'/);
			expect(json.details).toMatchObject({ submitted: 'no' });
			expectGoodText(json.error);
			expectGoodText(json.message);
			expect(JSON.stringify(json)).not.toMatch(/object storage|ECONN|socket/);
		}
		expect(deapi.fake.jobs).toEqual([]);
		expect((await deapi.run()).items).toHaveLength(1);
		await settle();
		expect(unhandled).toEqual([]);
	},
);

describe('deAPI that cuts the upload leaves the outcome open', () => {
	const faults: Fault[] = [
		{ type: 'cutDuringBody', afterBytes: 40_000 },
		{ type: 'cutAfterBody', accept: true },
	];

	test.each(faults)('of a file from there: $type', async (fault) => {
		const storage = await startStorage((_request, response) => void response.end(LARGE));
		useRemoteStorage(storage, LARGE.length);
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault });
		const { saved, nodeTypes } = remote(1);
		const { stop } = await deapi.runSaved(saved, { nodeTypes });
		expect(stop.data.submitted).toBe('unknown');
	});

	test.each(faults)('of a file on the disk: $type', async (fault) => {
		const deapi = await Deapi.open();
		deapi.fake.faults.add({ route: 'submit', fault });
		const { stop } = await deapi.run([{ files: { data: { data: LARGE, fileName: 'song.wav' } } }]);
		expect(stop.data.submitted).toBe('unknown');
	});
});

test('a file that stalls: the upload has an end', async () => {
	const storage = await startStorage(
		faultyAfterLook((_request, response) => {
			response.writeHead(200, { 'Content-Length': SONG.length });
			response.write(SONG.subarray(0, 50_000));
		}),
	);
	useRemoteStorage(storage);
	clock.leap();
	const deapi = await Deapi.open();
	const { saved, nodeTypes } = remote(1, CONTINUE);
	const started = Date.now();
	const { json } = await deapi.runSaved(saved, { nodeTypes });
	// That of the whole upload is ten minutes.
	expect(Date.now() - started).toBeLessThanOrEqual(601_000);
	expect(json.error).toBeDefined();
	expect(deapi.fake.jobs).toEqual([]);
});
