/** n8n's storages take a content that is made piece by piece. */
import { Container } from '@n8n/di';
import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';
import { toReadable } from '../../nodes/Deapi/basics/toReadable';

const LOCATION = { type: 'execution' as const, workflowId: '1', executionId: '1' };
const BYTES = 3_000_000;

/** Pieces of several sizes, larger and smaller than what streams keep ready. */
async function* makePieces(): AsyncGenerator<Buffer> {
	for (let at = 0, size = 1; at < BYTES; at += size, size = Math.min(size * 3, BYTES - at)) {
		yield await Promise.resolve(Buffer.alloc(size, size & 0xff));
	}
}

async function whole(): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of makePieces()) pieces.push(piece);
	return Buffer.concat(pieces);
}

describe.each(['default', 'filesystem'] as const)("n8n's storage in mode %s", (mode) => {
	let service: BinaryDataService;

	beforeAll(async () => {
		Container.get(BinaryDataConfig).mode = mode;
		service = Container.get(BinaryDataService);
		await service.init();
	});

	/** What `prepareBinaryData` does with a stream. */
	async function store(content: AsyncIterable<Buffer>): Promise<IBinaryData> {
		const binary = { data: '', mimeType: 'video/mp4', fileName: 'film.mp4' };
		return await service.store(LOCATION, toReadable(content), binary);
	}

	it('takes it whole', async () => {
		const stored = await store(makePieces());
		expect((await service.getAsBuffer(stored)).equals(await whole())).toBe(true);
		expect(stored.id === undefined).toBe(mode === 'default');
	});

	it('passes on why it broke off', async () => {
		const broken = new Error('the clip is gone');
		const pieces = (async function* () {
			yield await Promise.resolve(Buffer.alloc(100_000));
			throw broken;
		})();
		await expect(store(pieces)).rejects.toBe(broken);
	});
});

it('tells the content to stop where the storage gives up', async () => {
	let isStopped = false;
	const endless = (async function* () {
		try {
			for (;;) yield await Promise.resolve(Buffer.alloc(100_000));
		} finally {
			isStopped = true;
		}
	})();
	for await (const piece of toReadable(endless)) {
		expect(piece).toHaveLength(100_000);
		break;
	}
	expect(isStopped).toBe(true);
});

it('makes no more than the storage takes', async () => {
	let made = 0;
	const pieces = (async function* () {
		for (; made < 1000; made++) yield await Promise.resolve(Buffer.alloc(100_000));
	})();
	let taken = 0;
	for await (const piece of toReadable(pieces)) {
		taken += piece === undefined ? 0 : 1;
		expect(made - taken).toBeLessThan(5);
		if (taken === 50) break;
	}
	expect(taken).toBe(50);
});
