import type { ConsensusParameters } from "../../protocol/consensus/parameters.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { encodeTransaction } from "../../protocol/ledger/transaction.ts";

/** What holds for the block at one height. */
interface BlockRules {
  readonly version: number;
  /** Most bytes of its transactions. */
  readonly maxBytes: number;
}

/** @returns the rules at a height, as the chain's parameters give them: the first ones, or those of its upgrade */
export function blockRulesAt({ upgrade, maxBlockBytes }: ConsensusParameters, height: number): BlockRules {
  if (upgrade === undefined || height < upgrade.height) return { version: 1, maxBytes: maxBlockBytes };
  return { version: 2, maxBytes: upgrade.maxBlockBytes };
}

/** @returns what a final block breaks of the rules at its height, in words */
export function ruleFaults(parameters: ConsensusParameters, { header, transactions }: Block): string[] {
  const { version, maxBytes } = blockRulesAt(parameters, header.height);
  const bytes = transactions.reduce((sum, transaction) => sum + encodeTransaction(transaction).length, 0);
  const faults: string[] = [];
  if (header.version !== version) faults.push(`version ${header.version} where ${version} is in force`);
  if (bytes > maxBytes) faults.push(`${bytes} bytes where ${maxBytes} are allowed`);
  return faults;
}
