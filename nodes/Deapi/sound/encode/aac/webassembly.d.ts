/** Of Node's WebAssembly what is used here: its types are among those of browsers, which Node's leave out. */
declare namespace WebAssembly {
	/** Code that was compiled. */
	interface Module {
		readonly compiled: unique symbol;
	}
	interface Memory {
		readonly buffer: ArrayBuffer;
		/** @param pages of 64 kB */
		grow(pages: number): number;
	}
	type Value = number | bigint;
	type Call = (...values: Value[]) => Value | void;
	interface Instance {
		readonly exports: { [name: string]: unknown };
	}
	function compile(bytes: Uint8Array): Promise<Module>;
	function instantiate(
		module: Module,
		imports: { [module: string]: { [name: string]: (...values: never[]) => Value | void } },
	): Promise<Instance>;
}
