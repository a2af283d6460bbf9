import { certificateBytes, writeCertificate } from "../consensus/certificate.ts";
import { CertifiedBlock } from "../consensus/messages.ts";
import { Writer } from "../core/codec.ts";
import type { DeferredRecord } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { Ballots, PackedBlock, type Picks } from "./packed-block.ts";
import { decodeMessage } from "./wire.ts";

const scratch = new Writer();
/** By what was kept: nodes that were sent one object keep it as one. */
const keptBlocks = new WeakMap<CertifiedBlock, KeptBlock>();
/** By the very bytes that they were read back as: a restarted node need not make them twice. */
const storedBlocks = new WeakMap<Uint8Array, KeptBlock>();

/**
 * A final block as nodes keep it, in memory and as a durable record: whole while it is recent, later packed. What is packed
 * takes a small part of the room, and holds no state alive that was remembered beside the block.
 */
export class KeptBlock implements DeferredRecord {
  /** Packed it is votes on a block, and which of them its certificate has: each node keeps one such of every block. */
  #held: CertifiedBlock | Ballots;
  #picks: Picks = 0;

  private constructor(certified: CertifiedBlock) {
    this.#held = certified;
  }

  static of(certified: CertifiedBlock): KeptBlock {
    const kept = keptBlocks.get(certified) ?? new KeptBlock(certified);
    keptBlocks.set(certified, kept);
    return kept;
  }

  /** @returns the block that was stored as these bytes, or null where they are none */
  static read(bytes: Uint8Array): KeptBlock | null {
    const stored = storedBlocks.get(bytes);
    if (stored !== undefined) return stored;
    const message = decodeMessage(bytes);
    return message instanceof CertifiedBlock ? KeptBlock.of(message) : null;
  }

  get certified(): CertifiedBlock {
    const held = this.#held;
    return held instanceof Ballots ? new CertifiedBlock(held.packed.block, held.certificate(this.#picks)) : held;
  }

  /** @param mark of a transaction's id @returns false where the block surely does not hold it */
  mayHold(mark: number): boolean {
    return !(this.#held instanceof Ballots) || this.#held.packed.mayHold(mark);
  }

  /** Gives up what was encoded of a block that is still whole. */
  forgetEncodings(): void {
    if (this.#held instanceof CertifiedBlock) this.#held.forgetEncodings();
  }

  /** From now on keeps no more than bytes. */
  pack(): void {
    if (this.#held instanceof Ballots) return;
    const { block, certificate } = this.#held;
    const { ballots, picks } = PackedBlock.of(block).take(certificate);
    this.#held = ballots;
    this.#picks = picks;
  }

  /** Size of the encoding, found without encoding. */
  get sizeBytes(): number {
    const held = this.#held;
    if (held instanceof CertifiedBlock) return held.sizeBytes;
    return 1 + held.packed.bytes.length + certificateBytes(held.certificate(this.#picks));
  }

  /** @returns the encoding of the certified block as a message */
  toBytes(): Uint8Array {
    const held = this.#held;
    const bytes = held instanceof CertifiedBlock ? held.toBytes() : encode(held, this.#picks);
    storedBlocks.set(bytes, this);
    return bytes;
  }
}

function encode(ballots: Ballots, picks: Picks): Uint8Array {
  scratch.u8(WireKind.certifiedBlock).fixed(ballots.packed.bytes);
  writeCertificate(scratch, ballots.certificate(picks));
  return scratch.finish();
}
