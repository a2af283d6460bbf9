import { buildBlock, type ChainState } from "../../protocol/consensus/chain-state.ts";
import type { DelegateId } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Transaction } from "../../protocol/ledger/transaction.ts";

/** One sender in so many is left out. */
const CENSORED_PART = 4;

/** @returns a byte of the key that speaks for a transaction, or null where nobody's does */
function senderByte(transaction: Transaction): number | null {
  switch (transaction.kind) {
    case "utxo":
      // An unlocking script ends with the key where it pays to a key's hash.
      return transaction.inputs[0]?.unlockingScript.at(-1) ?? null;
    case "transfer":
    case "action":
      return transaction.from.at(-1) ?? null;
    default:
      return null;
  }
}

/** @returns whether a transaction is by a sender whom censors leave out */
export function isCensored(transaction: Transaction): boolean {
  const byte = senderByte(transaction);
  return byte !== null && byte % CENSORED_PART === 0;
}

/** @returns the block without what its leader does not like, or null where it likes all of it. @param own ids of the gang */
export function censoredBlock(
  context: Context,
  parent: ChainState,
  { block, own }: { block: Block; own: { has(id: DelegateId): boolean } },
): Block | null {
  const { header, transactions } = block;
  const kept = transactions.filter((each) => {
    const isAgainstUs = each.kind === "evidence" && own.has(each.culprit);
    return !isAgainstUs && !isCensored(each);
  });
  return kept.length === transactions.length
    ? null
    : buildBlock(context.crypto, parent, { plan: header, candidates: kept }).block;
}
