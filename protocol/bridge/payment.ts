import { equalBytes } from "@noble/curves/utils.js";
import type { UtxoTransaction } from "../rootchain/transaction.ts";

/** What a transaction's first output has to pay, and to whom. */
export interface Due {
  readonly lockingScript: Uint8Array;
  /** Base units, at least. */
  readonly amount: bigint;
}

/** @returns whether a transaction's first output pays what is due: what a proof releases is not the relayer's to divert */
export function pays({ outputs }: UtxoTransaction, { lockingScript, amount }: Due): boolean {
  const first = outputs[0];
  if (first === undefined || first.amount < amount) return false;
  return equalBytes(first.lockingScript, lockingScript);
}
