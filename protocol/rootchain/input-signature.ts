import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { SignedObject } from "../crypto/signed-object.ts";

/** Value under the script that has to be satisfied to spend it. */
export interface Output {
  /** Base units. */
  readonly amount: bigint;
  readonly lockingScript: Uint8Array;
}

/** What a signature in an unlocking script is about. */
export interface InputStatement {
  /** Of the transaction: commits to the chain and to all of its fields but the unlocking scripts. */
  readonly outpointId: Hash;
  /** Commits to amount and locking script of every output that the transaction spends. */
  readonly spentHash: Hash;
  readonly inputIndex: number;
  /** The script under execution, from its last CODESEPARATOR on. */
  readonly scriptCode: Uint8Array;
}

const scratch = new Writer();

/** One signature in an unlocking script, with the key that it was checked with. */
export class InputSignature extends SignedObject implements InputStatement {
  readonly outpointId: Hash;
  readonly spentHash: Hash;
  readonly inputIndex: number;
  readonly scriptCode: Uint8Array;
  readonly publicKey: Uint8Array;

  constructor(statement: InputStatement, publicKey: Uint8Array, signature: Uint8Array) {
    super(signature);
    this.outpointId = statement.outpointId;
    this.spentHash = statement.spentHash;
    this.inputIndex = statement.inputIndex;
    this.scriptCode = statement.scriptCode;
    this.publicKey = publicKey;
  }

  preimage(): Uint8Array {
    scratch.ascii("orrery/input-signature").hash(this.outpointId).hash(this.spentHash);
    return scratch.u32(this.inputIndex).bytes(this.scriptCode).finish();
  }
}

/** How a transaction's scripts were judged against the outputs that it spends. */
export interface ScriptVerdict {
  readonly spent: readonly Output[];
  /** Bits of `ScriptFlag`. */
  readonly flags: number;
  /** Why the scripts do not hold, null where they do. */
  readonly refusal: string | null;
  /** Every signature that was checked, as often as it was: what a node that takes the verdict over is charged for. */
  readonly checks: readonly InputSignature[];
}
