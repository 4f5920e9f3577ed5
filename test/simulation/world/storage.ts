import { Readable } from 'node:stream';
import { BinaryDataService } from 'n8n-core';
import type { BinaryData } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';
import { Container } from '@n8n/di';

/** Pieces in which files are read: small, so that an upload has several steps. */
const PIECE_BYTES = 3000;

/** A stored file. */
interface StoredFile {
	content: Buffer;
	metadata: BinaryData.Metadata;
}

/** n8n's file storage in the process's memory: it has the manners of files on disk, and tells what is open. */
export class SimulatedStorage implements BinaryData.Manager {
	readonly files = new Map<string, StoredFile>();

	/** Files that are being read. */
	readonly open = new Set<Readable>();

	private last = 0;

	/** @param isOnDisk whether n8n keeps files outside of its items */
	install(isOnDisk: boolean): void {
		const service = Container.get(BinaryDataService);
		service.setManager('filesystem-v2', this);
		Reflect.set(service, 'mode', isOnDisk ? 'filesystem-v2' : 'default');
	}

	async init(): Promise<void> {}

	/** A file of an item, wherever n8n keeps it. */
	contentOf(binary: IBinaryData | undefined): Buffer | undefined {
		if (binary?.id === undefined) return binary && Buffer.from(binary.data, 'base64');
		return this.files.get(binary.id.replace(/^.*:/, ''))?.content;
	}

	async store(
		_location: BinaryData.FileLocation,
		content: Buffer | Readable,
		metadata: BinaryData.PreWriteMetadata,
	): Promise<BinaryData.WriteResult> {
		const parts: Buffer[] = [];
		if (Buffer.isBuffer(content)) parts.push(content);
		else for await (const part of content as AsyncIterable<Buffer>) parts.push(part);
		const fileId = `file-${++this.last}`;
		const bytes = Buffer.concat(parts);
		this.files.set(fileId, {
			content: bytes,
			metadata: { ...metadata, fileSize: bytes.length },
		});
		return { fileId, fileSize: bytes.length };
	}

	getPath(fileId: string): string {
		return fileId;
	}

	async getAsBuffer(fileId: string): Promise<Buffer> {
		return await Promise.resolve(this.find(fileId).content);
	}

	async getAsStream(fileId: string, chunkSize = PIECE_BYTES): Promise<Readable> {
		const { content } = this.find(fileId);
		const size = Math.min(chunkSize, PIECE_BYTES);
		let position = 0;
		const stream = new Readable({
			highWaterMark: size,
			read() {
				const piece = content.subarray(position, position + size);
				position += piece.length;
				this.push(piece.length > 0 ? piece : null);
			},
		});
		this.open.add(stream);
		stream.once('close', () => this.open.delete(stream));
		return await Promise.resolve(stream);
	}

	async getMetadata(fileId: string): Promise<BinaryData.Metadata> {
		return await Promise.resolve(this.find(fileId).metadata);
	}

	async copyByFileId(_location: BinaryData.FileLocation, fileId: string): Promise<string> {
		const copy = `file-${++this.last}`;
		this.files.set(copy, this.find(fileId));
		return await Promise.resolve(copy);
	}

	async copyByFilePath(): Promise<never> {
		return await Promise.reject(new Error('Nothing in a simulation lies on the real disk'));
	}

	async rename(oldId: string, newId: string): Promise<void> {
		this.files.set(newId, this.find(oldId));
		this.files.delete(oldId);
		await Promise.resolve();
	}

	private find(fileId: string): StoredFile {
		const file = this.files.get(fileId);
		if (file === undefined) throw new Error(`ENOENT: no such file: ${fileId}`);
		return file;
	}
}
