import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { ExecutionExtension } from "./extension.ts";
import type { ChainSpecification } from "./specification.ts";

/** All that execution may depend on besides entries: whoever has it and the entries gets the same result. */
export interface ExecutionContext {
  readonly crypto: NodeCrypto;
  readonly specification: ChainSpecification;
  readonly height: number;
  /** Of the block's header, µs. */
  readonly timeUs: number;
  readonly extensions: ReadonlyMap<number, ExecutionExtension>;
}
