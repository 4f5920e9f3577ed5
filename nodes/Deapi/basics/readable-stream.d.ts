/** The one part of readable-stream that is used; the library brings no types of its own. */
declare module 'readable-stream/lib/internal/streams/readable' {
	import type { IExecuteSingleFunctions } from 'n8n-workflow';

	type Stream = Awaited<ReturnType<IExecuteSingleFunctions['helpers']['getBinaryStream']>>;
	const Readable: {
		from(content: AsyncIterable<Buffer>, options: { highWaterMark: number }): Stream;
	};
	export default Readable;
}
