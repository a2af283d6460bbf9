import { type Certificate, writeCertificate } from "../consensus/certificate.ts";
import { CertifiedBlock } from "../consensus/messages.ts";
import { Writer } from "../core/codec.ts";
import type { DeferredRecord } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { type Ballots, PackedBlock, type Picks } from "./packed-block.ts";
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
  #whole: CertifiedBlock | null;
  #packed: PackedBlock | null = null;
  /** The certificate of a packed block. */
  #ballots: Ballots | null = null;
  #picks: Picks = 0n;
  #sizeBytes = 0;

  private constructor(certified: CertifiedBlock) {
    this.#whole = certified;
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
    return this.#whole ?? new CertifiedBlock((this.#packed as PackedBlock).block, this.#certificate);
  }

  get #certificate(): Certificate {
    return (this.#ballots as Ballots).certificate(this.#picks);
  }

  /** @param mark of a transaction's id @returns false where the block surely does not hold it */
  mayHold(mark: number): boolean {
    return this.#packed === null || this.#packed.mayHold(mark);
  }

  /** Gives up what was encoded of a block that is still whole. */
  forgetEncodings(): void {
    this.#whole?.forgetEncodings();
  }

  /** From now on keeps no more than bytes. */
  pack(): void {
    if (this.#whole === null) return;
    const { block, certificate, sizeBytes } = this.#whole;
    this.#packed = PackedBlock.of(block);
    const { ballots, picks } = this.#packed.take(certificate);
    this.#ballots = ballots;
    this.#picks = picks;
    this.#sizeBytes = sizeBytes;
    this.#whole = null;
  }

  /** Size of the encoding, found without encoding. */
  get sizeBytes(): number {
    return this.#whole?.sizeBytes ?? this.#sizeBytes;
  }

  /** @returns the encoding of the certified block as a message */
  toBytes(): Uint8Array {
    const bytes = this.#whole?.toBytes() ?? this.#encode();
    storedBlocks.set(bytes, this);
    return bytes;
  }

  #encode(): Uint8Array {
    scratch.u8(WireKind.certifiedBlock).fixed((this.#packed as PackedBlock).bytes);
    writeCertificate(scratch, this.#certificate);
    return scratch.finish();
  }
}
