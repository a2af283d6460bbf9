import type { Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import type { FraudProof } from "../subchain/fraud-proof.ts";

/**
 * Hands an informer a fraud proof, whoever makes it: an operator that breaks with the others has all that it takes (S8). The
 * informer's part goes to the informer; who wants it for itself has to commit and reveal itself.
 */
export class FraudTip implements Message {
  readonly kind = WireKind.fraudTip;
  wire: Uint8Array | null = null;
  readonly fraud: FraudProof;

  constructor(fraud: FraudProof) {
    this.fraud = fraud;
  }
}
