import { compress, decompress } from "../../platform/node/compression.ts";
import type { Trace, TraceMeta } from "../../trace/model.ts";
import type { RangeReader } from "../../trace/ports.ts";
import { openTrace } from "../../trace/reader.ts";
import { TraceWriter } from "../../trace/writer.ts";
import { describeBlock, syntheticMeta, syntheticTrace } from "./synthetic.ts";

/** Bytes in memory as a file that counts what is read of it. */
export class MemoryRanges implements RangeReader {
  readonly #bytes: Uint8Array;
  readBytes = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    const part = this.#bytes.slice(offset, offset + lengthBytes);
    this.readBytes += part.length;
    return part;
  }
}

/** Opens bytes that must be a trace. */
export async function openBytes(source: RangeReader | Uint8Array): Promise<Trace> {
  const ranges = source instanceof Uint8Array ? new MemoryRanges(source) : source;
  const trace = await openTrace(ranges, decompress);
  if ("unreadable" in trace) throw new Error(`${trace.unreadable} at byte ${trace.offset}`);
  return trace;
}

/** Records what `tell` tells a writer. @returns the file's bytes */
export async function record(
  tell: (writer: TraceWriter) => void,
  meta: TraceMeta = syntheticMeta(8),
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const append = async (bytes: Uint8Array) => {
    pieces.push(bytes);
  };
  const writer = new TraceWriter({ meta, describeBlock, compress, append });
  tell(writer);
  await writer.finish({ ending: "complete", digest: "cd".repeat(32), untilUs: 1_000_000 });
  return new Uint8Array(Buffer.concat(pieces));
}

const made = new Map<string, Promise<Uint8Array>>();

/** A synthetic trace, made once for all tests of a file. */
export function synthetic(nodes: number, blocks: number): Promise<Uint8Array> {
  const key = `${nodes}/${blocks}`;
  const known = made.get(key) ?? syntheticTrace({ nodes, blocks }, compress);
  made.set(key, known);
  return known;
}
