import type { Refusal } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import type { Workspace } from "./workspace.ts";

/** What an account asks of an extension; its signature, nonce and fee are settled already. */
export interface ExtensionCall {
  readonly sender: Hash;
  readonly input: Uint8Array;
  readonly height: number;
  /** Of the block's header, µs. */
  readonly timeUs: number;
}

/**
 * Kinds of transactions that one subchain understands beyond the native ones: contracts later (S7). Part of the chain's own
 * rules and trusted as they are; the rootchain cannot execute it, so that no fraud proof covers it.
 */
export interface ExecutionExtension {
  /** By which calls name it. */
  readonly code: number;
  /** Pure and deterministic. @returns why the call is refused, with whatever it wrote undone, or null after it took effect */
  execute(workspace: Workspace, call: ExtensionCall): Refusal | null;
}
