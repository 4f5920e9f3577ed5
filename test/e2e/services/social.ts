import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import busboy from 'busboy';
import { atTheEnd } from '../machine/teardown';

/** A post as it arrived. */
export interface Post {
	id: string;
	caption: string;
	video: Buffer;
	fileName: string;
	mimeType: string;
}

export interface SocialNetwork {
	/** Where posts are sent: `POST`, multipart, fields `video` and `caption`. */
	postsUrl: string;
	/** The bearer token it asks for. */
	token: string;
	posts: Post[];
}

/** What the network finds wrong with a post, and the status with which it says so. */
class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

/** Starts a stand-in for a social network that takes videos, and is as particular as the real ones. */
export async function startSocialNetwork(): Promise<SocialNetwork> {
	const token = 'social-network-token';
	const posts: Post[] = [];
	const server = createServer((request, response) => {
		void takePost(request, token)
			.then((post) => {
				posts.push({ ...post, id: `post-${posts.length + 1}` });
				return { status: 201, body: { id: `post-${posts.length}` } };
			})
			.catch((error: unknown) => {
				const status = error instanceof Refusal ? error.status : 500;
				return { status, body: { message: String(error) } };
			})
			.then(({ status, body }) => {
				request.resume();
				response.writeHead(status, { 'content-type': 'application/json' });
				response.end(JSON.stringify(body));
			});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	atTheEnd(() => {
		server.close();
		server.closeAllConnections();
	});
	const { port } = server.address() as AddressInfo;
	return { postsUrl: `http://127.0.0.1:${port}/posts`, token, posts };
}

async function takePost(request: IncomingMessage, token: string): Promise<Omit<Post, 'id'>> {
	if (request.method !== 'POST' || request.url !== '/posts') throw new Refusal(404, 'No such page');
	if (request.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, 'Wrong token');
	if (!request.headers['content-type']?.startsWith('multipart/form-data')) {
		throw new Refusal(415, 'Send the post as multipart/form-data');
	}
	const post = await readForm(request);
	if (post.caption.trim() === '') throw new Refusal(422, 'A post needs a caption');
	if (!looksLikeMp4(post.video)) throw new Refusal(422, 'The video is not an MP4 file');
	if (post.mimeType !== 'video/mp4') throw new Refusal(422, `The video came as ${post.mimeType}`);
	// The library gives none where the part names none.
	if (!post.fileName) throw new Refusal(422, 'The video has no file name');
	return post;
}

async function readForm(request: IncomingMessage): Promise<Omit<Post, 'id'>> {
	const post = { caption: '', video: Buffer.alloc(0), fileName: '', mimeType: '' };
	const form = busboy({ headers: request.headers });
	form.on('field', (name, value) => {
		if (name === 'caption') post.caption = value;
	});
	form.on('file', (name, stream, { filename, mimeType }) => {
		const chunks: Buffer[] = [];
		stream.on('data', (chunk: Buffer) => chunks.push(chunk));
		stream.on('end', () => {
			if (name !== 'video') return;
			Object.assign(post, { video: Buffer.concat(chunks), fileName: filename, mimeType });
		});
	});
	request.pipe(form);
	await once(form, 'close');
	return post;
}

/** An MP4 file begins with a box named `ftyp`. */
function looksLikeMp4(bytes: Buffer): boolean {
	return bytes.length > 12 && bytes.toString('latin1', 4, 8) === 'ftyp';
}
