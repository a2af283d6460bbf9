import { type BitcoinTransaction, serializeTransaction } from "./transaction.ts";

const MAX_MONEY = 2_100_000_000_000_000n;
const MAX_TRANSACTION_BYTES = 1_000_000;
const NO_INDEX = 0xffff_ffff;

function isNull({ hash, index }: { hash: Uint8Array; index: number }): boolean {
  return index === NO_INDEX && hash.every((byte) => byte === 0);
}

function outputFault({ outputs }: BitcoinTransaction): string | null {
  let sum = 0n;
  for (const { value } of outputs) {
    if (value < 0n) return "negative output";
    sum += value;
    if (value > MAX_MONEY || sum > MAX_MONEY) return "outputs above all money";
  }
  return null;
}

/** Judges a transaction without its context. Source: Bitcoin, CheckTransaction. */
export function transactionFault(transaction: BitcoinTransaction): string | null {
  const { inputs, outputs } = transaction;
  if (inputs.length === 0) return "no inputs";
  if (outputs.length === 0) return "no outputs";
  if (serializeTransaction(transaction).length > MAX_TRANSACTION_BYTES) return "too large";
  const fault = outputFault(transaction);
  if (fault !== null) return fault;
  const spent = new Set(inputs.map(({ hash, index }) => `${hash.join()}:${index}`));
  if (spent.size < inputs.length) return "an output spent twice";
  const [first] = inputs;
  if (inputs.length === 1 && first !== undefined && isNull(first)) {
    const { length } = first.unlocking;
    return length < 2 || length > 100 ? "coinbase script of a wrong size" : null;
  }
  return inputs.some(isNull) ? "input of nothing" : null;
}
