/** FFmpeg's AAC encoder, compiled once and set up for each sound. */
import { clock } from '../../../basics/clock';
import { EXPORTS, IMPORTS, PACKED_BINARY } from './binary';

/** What the encoder's code offers: addresses and sizes are numbers, and 0 or less says that it did not work. */
export type Machine = { [name in Exclude<keyof typeof EXPORTS, 'memory'>]: Work } & {
	/** Its memory, as it is now: it may grow with each call. */
	memory: WebAssembly.Memory;
};
type Work = (...values: WebAssembly.Value[]) => number;

let compiled: Promise<WebAssembly.Module> | undefined;

/** Sets up an encoder with a memory of its own; the first time the code is unpacked and compiled, aside. */
export async function createMachine(): Promise<Machine> {
	compiled ??= unpack().then(WebAssembly.compile);
	const state: { machine?: Machine } = {};
	const instance = await WebAssembly.instantiate(await compiled, { a: surroundings(state) });
	const entries = Object.entries(EXPORTS).map(([name, short]) => [name, instance.exports[short]]);
	const machine = Object.fromEntries(entries) as Machine;
	state.machine = machine;
	machine.start();
	return machine;
}

async function unpack(): Promise<Uint8Array> {
	const packed = new Blob([Buffer.from(PACKED_BINARY, 'base64')]);
	const bytes = packed.stream().pipeThrough(new DecompressionStream('gzip'));
	const parts: Uint8Array[] = [];
	for await (const part of bytes) parts.push(part as Uint8Array);
	return Buffer.concat(parts);
}

/** As WASI says: there is no such file. */
const NO_FILE = 52;
const MOST_BYTES = 2 ** 31;
const PAGE = 65_536;

/** What the encoder finds around it: a clock, memory, and no files, environment or timers. */
function surroundings(state: { machine?: Machine }) {
	const refused = () => NO_FILE;
	const nothing = () => 0;
	const stop = () => {
		throw new Error('The AAC encoder has stopped');
	};
	const given: {
		[name in keyof typeof IMPORTS]: (...values: never[]) => WebAssembly.Value | void;
	} = {
		__syscall_fcntl64: nothing,
		__syscall_ioctl: nothing,
		__syscall_openat: () => -1,
		_abort_js: stop,
		_emscripten_runtime_keepalive_clear: () => {},
		_setitimer_js: nothing,
		clock_time_get: refused,
		emscripten_date_now: () => clock.now(),
		emscripten_resize_heap: (bytes: number) => grow(state.machine, bytes >>> 0),
		environ_get: nothing,
		environ_sizes_get: (count: number, size: number) => noEnvironment(state.machine, count, size),
		fd_close: refused,
		fd_fdstat_get: refused,
		fd_read: refused,
		fd_seek: refused,
		fd_write: refused,
		proc_exit: stop,
	};
	const names = Object.keys(IMPORTS) as Array<keyof typeof IMPORTS>;
	return Object.fromEntries(names.map((name) => [IMPORTS[name], given[name]]));
}

function grow(machine: Machine | undefined, bytes: number): number {
	if (machine === undefined || bytes > MOST_BYTES) return 0;
	const missing = bytes - machine.memory.buffer.byteLength;
	try {
		machine.memory.grow(Math.ceil(Math.max(0, missing) / PAGE));
		return 1;
	} catch {
		return 0;
	}
}

function noEnvironment(machine: Machine | undefined, count: number, size: number): number {
	if (machine === undefined) return NO_FILE;
	const view = new DataView(machine.memory.buffer);
	view.setUint32(count, 0, true);
	view.setUint32(size, 0, true);
	return 0;
}
