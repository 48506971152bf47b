/** A compiled kernel module as `make wasm` writes it. */
export interface WasmBinary {
  /** Name of the source file it was compiled from. */
  readonly source: string
  readonly sourceSha256: string
  readonly sha256: string
  readonly base64: string
}

/** A memory of the engine's; modules on the same one see each other's numbers. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}

/** What is used of the engine's WebAssembly; the types of Node.js leave it out. */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean
  readonly Module: new (code: Uint8Array) => object
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Bytes of one page of WebAssembly memory. */
const PAGE_BYTES = 65536

/** The module's bytes. */
export function wasmBytes({ base64 }: WasmBinary): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

/** A memory of at least so many bytes, all zero. */
export function createWasmMemory(bytes: number): WasmMemory {
  return new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / PAGE_BYTES)) })
}

/**
 * Instantiates a kernel module.
 *
 * @param binary the module; its functions take byte offsets into the memory
 * @param room how many bytes a memory of its own needs, at least, or the memory to share with other modules
 * @returns its functions and its memory, or undefined where the engine cannot run it (no SIMD)
 */
export function instantiateWasm<F extends object>(
  binary: WasmBinary,
  room: number | WasmMemory,
): { readonly functions: F; readonly memory: ArrayBuffer } | undefined {
  const code = wasmBytes(binary)
  if (!WebAssembly.validate(code)) return undefined
  const memory = typeof room === 'number' ? createWasmMemory(room) : room
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } })
  return { functions: instance.exports as F, memory: memory.buffer }
}
