/** A compiled kernel module as `make wasm` writes it. */
export interface WasmBinary {
  /** Name of the source file it was compiled from. */
  readonly source: string
  readonly sourceSha256: string
  readonly sha256: string
  readonly base64: string
}

/** What is used of the engine's WebAssembly; the types of Node.js leave it out. */
declare const WebAssembly: {
  validate(code: Uint8Array): boolean
  readonly Module: new (code: Uint8Array) => object
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Bytes of one page of WebAssembly memory. */
const PAGE_BYTES = 65536

/** The module's bytes. */
export function wasmBytes({ base64 }: WasmBinary): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}

/**
 * Instantiates a kernel module on a memory of its own.
 *
 * @param binary the module; its functions take byte offsets into the memory
 * @param bytes how much memory it needs, at least
 * @returns its functions and its memory, or undefined where the engine cannot run it (no SIMD)
 */
export function instantiateWasm<F extends object>(
  binary: WasmBinary,
  bytes: number,
): { readonly functions: F; readonly memory: ArrayBuffer } | undefined {
  const code = wasmBytes(binary)
  if (!WebAssembly.validate(code)) return undefined
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / PAGE_BYTES)) })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } })
  return { functions: instance.exports as F, memory: memory.buffer }
}
