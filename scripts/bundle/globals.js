// What the bundled libraries find where they reach for the runtime's globals. The bundler puts these
// objects in the place of `globalThis`, `process` and `console` (gulpfile.js says how), so a library
// gets what stands here and nothing else of Node: no environment, no streams of the process, no log.

/** Instead of `globalThis`: what libraries look for there to tell old browsers from new ones. */
export const bundledGlobals = {
	AbortController,
	AbortSignal,
	AggregateError,
	Blob,
	TextDecoder,
	TextEncoder,
};

/** Instead of `process`: the one duty that a library gives it. */
export const bundledProcess = {
	nextTick: (work, ...args) => queueMicrotask(() => work(...args)),
};

const silent = () => {};

/** Instead of `setTimeout`: n8n's rules allow no timers, and what the nodes use of the libraries sets none. */
export const bundledNoTimer = silent;

/** Instead of `console`: n8n's log is for the nodes, and libraries do not write there. */
export const bundledConsole = { error: silent, info: silent, log: silent, warn: silent };
