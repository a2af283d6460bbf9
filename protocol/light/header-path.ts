import type { Reader, Writer } from "../core/codec.ts";
import { type CertifiedHeader, readHeaderChain, writeHeaderChain } from "./certified-header.ts";

/** Where another chain's header stands that a proof hangs on, and the way to it from the last one that the verifier holds. */
export interface HeaderPath {
  /** Changes of committee since then, and the header at `height`; empty when the verifier holds that one already. */
  readonly headers: readonly CertifiedHeader[];
  readonly height: number;
}

/** Appends the canonical encoding of a path. */
export function writeHeaderPath(writer: Writer, { headers, height }: HeaderPath): void {
  writeHeaderChain(writer, headers);
  writer.u64(height);
}

/** Reads a path; whether it leads anywhere is not checked here. */
export function readHeaderPath(reader: Reader): HeaderPath {
  return { headers: readHeaderChain(reader), height: reader.u64() };
}
