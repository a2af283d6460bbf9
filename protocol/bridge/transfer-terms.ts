import type { CrossTransfer } from "./cross-transfer.ts";

/** Length of an account's address on a subchain in bytes. */
const ACCOUNT_BYTES = 32;

function feeRefusal(rootChain: number, transfer: CrossTransfer): string | null {
  const { token, sourceChain, destinationChain, amount, relockFee, deliveryFee } = transfer;
  if (amount <= relockFee + deliveryFee) return "transfer that its fees use up";
  if (token !== rootChain && relockFee !== 0n) return "relock fee in a token that the rootchain does not hold";
  if (sourceChain === rootChain && relockFee !== 0n) return "relock fee of a transfer without a relock";
  return destinationChain === rootChain && deliveryFee !== 0n ? "delivery fee on the rootchain" : null;
}

/**
 * Whether a transfer's terms make sense on any chain, now or ever; what depends on state is for the chains.
 *
 * @param rootChain chain id of the rootchain, which is its token's id too
 * @returns why nobody should carry it, or null
 */
export function termsRefusal(rootChain: number, transfer: CrossTransfer): string | null {
  const { token, sourceChain, destinationChain, receiver, fallback } = transfer;
  if (sourceChain === destinationChain) return "transfer to its own chain";
  const touchesRoot = sourceChain === rootChain || destinationChain === rootChain;
  if (touchesRoot && token !== rootChain) return "token that the rootchain does not hold";
  if (token === rootChain && fallback.length === 0) return "transfer without a fallback";
  const fits = destinationChain === rootChain ? receiver.length > 0 : receiver.length === ACCOUNT_BYTES;
  return fits ? feeRefusal(rootChain, transfer) : "receiver that is no address of the destination";
}
