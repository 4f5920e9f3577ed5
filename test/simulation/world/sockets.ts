/**
 * HTTP without a wire: takes the place of Node's `http.request` and `https.request`. All above it is real:
 * n8n's request helper, axios, the redirects, the form's streams. What a server does with a connection is
 * left to the network.
 */
import http from 'node:http';
import https from 'node:https';
import { Duplex, Writable } from 'node:stream';

/** What a connection knows of a request as soon as it is made. */
export interface RequestHead {
	method: string;
	url: string;
	headers: { [name: string]: string };
}

/** The server's side. */
export interface Server {
	/** A client wants to connect. */
	connect(connection: Connection): void;
	/** A piece of the request's body has come; calls back when the next may follow. */
	receive(connection: Connection, piece: Buffer, next: () => void): void;
	/** The request's body is complete. */
	complete(connection: Connection): void;
	/** The connection is no more, whoever ended it. */
	closed(connection: Connection): void;
}

class Socket extends Duplex {
	secureConnecting = false;

	override _read(): void {}

	override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
		callback();
	}

	setKeepAlive(): this {
		return this;
	}

	setNoDelay(): this {
		return this;
	}

	setTimeout(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}

/** A fault as Node reports it. */
export function networkError(
	message: string,
	facts: { code?: string; syscall?: string },
): NodeJS.ErrnoException {
	return Object.assign(new Error(message), facts);
}

/** One request on its way, seen from both sides: a client's request object, and a server's connection. */
export class Connection extends Writable {
	readonly head: RequestHead;

	readonly socket = new Socket();

	/** The request's body so far. */
	readonly pieces: Buffer[] = [];

	private received = 0;

	private readonly announced: number | undefined;

	/** Whether the request's body has come to its end. */
	isComplete = false;

	/** Whether the client has all of the answer. */
	isAnswered = false;

	/** How the answer's body begins, as far as it has come. */
	brought = '';

	/** Whether neither side has anything to do with it any more. */
	isClosed = false;

	/** Node's name for a request that was given up. */
	aborted = false;

	response: http.IncomingMessage | undefined;

	private idle: { ms: number; timer: NodeJS.Timeout | undefined } = { ms: 0, timer: undefined };

	constructor(
		options: https.RequestOptions,
		onResponse: ((response: http.IncomingMessage) => void) | undefined,
		private readonly server: Server,
	) {
		super({ autoDestroy: false, emitClose: true, highWaterMark: 16 * 1024 });
		const { protocol = 'http:', hostname, host, port, path = '/', method = 'GET' } = options;
		const isUsual = port === undefined || port === null || port === '';
		this.head = {
			method,
			url: `${protocol}//${hostname ?? host}${isUsual ? '' : `:${port}`}${path}`,
			headers: headersOf(options.headers),
		};
		const length = this.head.headers['content-length'];
		this.announced = length === undefined ? undefined : Number(length);
		if (onResponse) this.once('response', onResponse);
		this.socket.on('error', () => {});
		process.nextTick(() => {
			if (this.destroyed) return;
			this.emit('socket', this.socket);
			server.connect(this);
		});
	}

	override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: () => void): void {
		const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding);
		// Node holds back what is written before the connection stands.
		process.nextTick(() => {
			if (this.isClosed) return;
			this.pieces.push(piece);
			this.received += piece.length;
			this.touch();
			this.server.receive(this, piece, callback);
			// A server counts: what was announced is the whole request.
			if (this.announced !== undefined && this.received >= this.announced) this.completeBody();
		});
	}

	override _final(callback: () => void): void {
		callback();
		process.nextTick(() => {
			if (this.announced === undefined || this.received >= this.announced) this.completeBody();
		});
	}

	private completeBody(): void {
		if (this.isClosed || this.isComplete) return;
		this.isComplete = true;
		this.touch();
		this.server.complete(this);
	}

	override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
		this.aborted = true;
		const { response } = this;
		this.#shut();
		if (response !== undefined && !response.complete && !response.destroyed) {
			response.destroy(networkError('aborted', { code: 'ECONNRESET' }));
		}
		const isSilent = error === null && response === undefined && !this.isAnswered;
		callback(isSilent ? hangUp() : error);
	}

	abort(): void {
		this.destroy();
	}

	/** Without a byte in either direction for so long, the client is told. */
	setTimeout(ms: number, onTimeout?: () => void): this {
		if (onTimeout) this.once('timeout', onTimeout);
		clearTimeout(this.idle.timer);
		this.idle = { ms, timer: undefined };
		this.touch();
		return this;
	}

	setNoDelay(): void {}

	setSocketKeepAlive(): void {}

	/** The server answers with a head; the body follows by `send` and `end`. */
	answer(status: number, headers: { [name: string]: string }): void {
		if (this.isClosed) return;
		const response = new http.IncomingMessage(this.socket as never);
		response.statusCode = status;
		response.statusMessage = http.STATUS_CODES[status] ?? '';
		response.headers = headers;
		response.httpVersion = '1.1';
		Object.assign(response, { req: this });
		this.response = response;
		response.on('error', () => {});
		response.once('end', () => {
			this.isAnswered = true;
			this.#shut();
		});
		response.once('close', () => this.#shut());
		this.touch();
		// As Node does where nobody listens: the body is thrown away.
		if (!this.emit('response', response)) response.resume();
	}

	/** A piece of the answer's body. */
	send(piece: Buffer | string): void {
		if (this.isClosed) return;
		this.touch();
		const bytes = Buffer.from(piece as Buffer);
		if (this.brought.length < 200) this.brought += bytes.toString('latin1', 0, 200);
		this.response?.push(bytes);
	}

	/** The answer's body is complete. */
	finish(): void {
		const { response } = this;
		if (this.isClosed || response === undefined) return;
		response.complete = true;
		response.push(null);
	}

	/** The server, or what lies between, breaks the connection. */
	cut(error: Error = hangUp()): void {
		if (this.isClosed) return;
		const { response } = this;
		if (response === undefined) {
			this.destroy(error);
			return;
		}
		this.#shut();
		if (!response.destroyed) response.destroy(networkError('aborted', { code: 'ECONNRESET' }));
	}

	private touch(): void {
		clearTimeout(this.idle.timer);
		const { ms } = this.idle;
		if (ms > 0 && !this.isClosed) {
			this.idle.timer = setTimeout(() => this.emit('timeout'), ms);
		}
	}

	#shut(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		clearTimeout(this.idle.timer);
		this.server.closed(this);
		if (!this.destroyed) process.nextTick(() => this.emit('close'));
	}
}

function hangUp(): Error {
	return networkError('socket hang up', { code: 'ECONNRESET' });
}

function headersOf(headers: unknown): { [name: string]: string } {
	const entries = Object.entries(typeof headers === 'object' && headers !== null ? headers : {});
	return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

const real = { http: http.request, https: https.request };

/** Leads all requests of the process to the server. */
export function installNetwork(server: Server): void {
	const request = (
		options: https.RequestOptions,
		onResponse?: (response: http.IncomingMessage) => void,
	) => new Connection(options, onResponse, server);
	Object.assign(http, { request });
	Object.assign(https, { request });
}

/** Puts Node's own back. */
export function uninstallNetwork(): void {
	Object.assign(http, { request: real.http });
	Object.assign(https, { request: real.https });
}
