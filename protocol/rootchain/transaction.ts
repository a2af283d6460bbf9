import { type Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { InputSignature, Output, ScriptVerdict } from "./input-signature.ts";
import { type Outpoint, outpointKey } from "./outpoint.ts";
import { type Payload, readPayload, writePayload } from "./payload.ts";

export type { Output } from "./input-signature.ts";
export type { Outpoint } from "./outpoint.ts";

/** Most inputs, and most outputs, of one transaction. */
export const MAX_INPUTS = 1024;
/** Longest script in bytes; Bitcoin's bound. */
export const MAX_SCRIPT_BYTES = 10_000;

/** Spends an output by satisfying its locking script. */
export interface Input {
  readonly outpoint: Outpoint;
  readonly unlockingScript: Uint8Array;
  /** Relative lock time (BIP 68) and signal of finality; 32 bits. */
  readonly sequence: number;
}

/** The fields of a rootchain transaction (R1). */
export interface UtxoFields {
  readonly chainId: number;
  readonly version: number;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  /** Height or time before which it may not enter a block, as in Bitcoin; 32 bits. */
  readonly lockTime: number;
  /** What an advanced transaction does besides moving outputs (R4); null for a plain one. */
  readonly payload: Payload | null;
}

const scratch = new Writer();

/** A transaction of the rootchain. Immutable. */
export class UtxoTransaction implements UtxoFields {
  readonly kind = "utxo";
  readonly chainId: number;
  readonly version: number;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly lockTime: number;
  readonly payload: Payload | null;
  #encoded: Uint8Array | null = null;
  #id: Hash | null = null;
  #outpointId: Hash | null = null;
  #spentKeys: readonly Hash[] | null = null;
  #createdKeys: readonly Hash[] | null = null;
  /** The signatures that its scripts were found to hold, at most `MAX_KNOWN_SIGNATURES`: whoever holds the object shares them. */
  signatures: InputSignature[] | null = null;
  /** How its scripts were judged last. */
  verdict: ScriptVerdict | null = null;
  /** How a pool judged it last; what a pool makes of it is its own. */
  judgement: unknown = null;

  constructor(fields: UtxoFields) {
    this.chainId = fields.chainId;
    this.version = fields.version;
    this.inputs = fields.inputs;
    this.outputs = fields.outputs;
    this.lockTime = fields.lockTime;
    this.payload = fields.payload;
  }

  /** The canonical encoding without the kind in front; must not be changed. */
  get encoded(): Uint8Array {
    this.#encoded ??= encode(this, true);
    return this.#encoded;
  }

  /** Commits to every byte, unlocking scripts included: what gossip and blocks know it by. */
  get id(): Hash {
    this.#id ??= hashTagged("orrery/utxo", this.encoded);
    return this.#id;
  }

  /** Commits to everything but the unlocking scripts, so that nobody can rename an output that is yet to be spent. */
  get outpointId(): Hash {
    this.#outpointId ??= hashTagged("orrery/utxo-outpoint", encode(this, false));
    return this.#outpointId;
  }

  /** Forgets how it was judged: it is final, and the states that it was judged on need not be kept for it. */
  forget(): void {
    this.signatures = null;
    this.verdict = null;
    this.judgement = null;
  }

  /** Keys of the outputs that it spends, in the order of its inputs. */
  get spentKeys(): readonly Hash[] {
    this.#spentKeys ??= this.inputs.map(({ outpoint }) => outpointKey(outpoint));
    return this.#spentKeys;
  }

  /** Keys of its own outputs. */
  get createdKeys(): readonly Hash[] {
    this.#createdKeys ??= this.outputs.map((_, index) => outpointKey({ transactionId: this.outpointId, index }));
    return this.#createdKeys;
  }
}

function encode(fields: UtxoTransaction, withUnlocking: boolean): Uint8Array {
  // Without an input there is nothing to leave out.
  if (!withUnlocking && fields.inputs.length === 0) return fields.encoded;
  scratch.u32(fields.chainId).u32(fields.version).u32(fields.lockTime).u32(fields.inputs.length);
  for (const { outpoint, unlockingScript, sequence } of fields.inputs) {
    scratch.hash(outpoint.transactionId).u32(outpoint.index).u32(sequence);
    if (withUnlocking) scratch.bytes(unlockingScript);
  }
  writeOutputs(scratch, fields.outputs);
  scratch.u8(fields.payload === null ? 0 : 1);
  if (fields.payload !== null) writePayload(scratch, fields.payload);
  return scratch.finish();
}

/** Appends the canonical encoding of outputs. */
export function writeOutputs(writer: Writer, outputs: readonly Output[]): void {
  writer.u32(outputs.length);
  for (const { amount, lockingScript } of outputs) writer.u128(amount).bytes(lockingScript);
}

/** Reads a transaction; the reader is marked failed when the bytes are none. */
export function readUtxoTransaction(reader: Reader): UtxoTransaction {
  const [chainId, version, lockTime] = [reader.u32(), reader.u32(), reader.u32()];
  const inputs = reader.list(MAX_INPUTS, (from) => ({
    outpoint: { transactionId: from.hash(), index: from.u32() },
    sequence: from.u32(),
    unlockingScript: from.bytes(MAX_SCRIPT_BYTES),
  }));
  const outputs = reader.list(MAX_INPUTS, (from) => ({
    amount: from.u128(),
    lockingScript: from.bytes(MAX_SCRIPT_BYTES),
  }));
  const advanced = reader.u8();
  if (advanced > 1) reader.fail();
  const payload = advanced === 1 ? readPayload(reader) : null;
  return new UtxoTransaction({ chainId, version, inputs, outputs, lockTime, payload });
}
