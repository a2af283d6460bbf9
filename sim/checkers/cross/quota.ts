import { type Bid, decodeBids, decodeGrants, type Grant, grantsKey } from "../../../protocol/bridge/quota-entries.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import { hashTagged, hashToBytes } from "../../../protocol/crypto/hash.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { decodeOutputEntry } from "../../../protocol/rootchain/entries.ts";
import { outpointKey } from "../../../protocol/rootchain/outpoint.ts";
import type { RootParameters } from "../../../protocol/rootchain/parameters.ts";
import { blockRulesAt } from "../block-rules.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import { areSame } from "./bytes.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place, TransferStep } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** The cross-chain half of a block is cut into so many pieces (B7). */
const PIECES = 64n;

type Held = { -readonly [K in keyof Grant]: Grant[K] };

/** No block holds more relocks of a subchain than its pieces allow, and every deposit is charged and given back exactly (B7). */
export class QuotaChecker implements CrossChecker {
  readonly #findings = new Findings("quota", "");
  readonly #chains: Chains;
  readonly #periodBlocks: number;
  /** Of one piece in the block under way, and over the blocks of the period so far. */
  #pieceBytes: bigint;
  #pieceBytesSoFar = 0n;
  #bids: Bid[] = [];
  #grants = new Map<number, Held[]>();
  /** Relock bytes in the block under way, by grant. */
  #inBlock = new Map<Hash, bigint>();
  #touched = new Set<number>();

  constructor(chains: Chains, book: CrossBook, { bridge }: RootParameters) {
    this.#chains = chains;
    this.#periodBlocks = bridge.quotaPeriodBlocks;
    this.#pieceBytes = this.#pieceBytesAt(1);
    for (const [, entry] of chains.root.world.genesis.ledger.entries.entries()) {
      const grants = decodeGrants(entry) ?? [];
      for (const grant of grants) this.#give(grant);
      this.#bids.push(...(decodeBids(entry) ?? []));
    }
    book.listen({
      step: (step, place) => this.#use(step, place),
      block: (block, place) => this.#close(block, place),
    });
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "nothing was relocked";
    return this.#findings.report();
  }

  #pieceBytesAt(height: number): bigint {
    return BigInt(blockRulesAt(this.#chains.root.world.parameters, height).maxBytes) / (2n * PIECES);
  }

  #give(grant: Grant): void {
    const grants = [...(this.#grants.get(grant.chainId) ?? []), { ...grant }];
    this.#grants.set(grant.chainId, grants.sort(byPrice));
  }

  #use(step: TransferStep, place: Place): void {
    if (step.kind !== "relock") return;
    this.#findings.samples++;
    const { sourceChain } = step.transfer;
    const sizeBytes = BigInt(step.sizeBytes);
    const grant = this.#grants.get(sourceChain)?.find((each) => this.#hasRoom(each, sizeBytes));
    this.#touched.add(sourceChain);
    if (grant === undefined) {
      return this.#report(place, `a relock of ${this.#chains.nameOf(sourceChain)} beyond its quota`);
    }
    this.#inBlock.set(grant.id, (this.#inBlock.get(grant.id) ?? 0n) + sizeBytes);
    grant.usedBytes += step.sizeBytes;
    grant.remaining -= this.#price(grant, sizeBytes);
  }

  #hasRoom(grant: Grant, sizeBytes: bigint): boolean {
    const used = this.#inBlock.get(grant.id) ?? 0n;
    const fits = used + sizeBytes <= BigInt(grant.pieces) * this.#pieceBytes;
    return fits && grant.remaining >= this.#price(grant, sizeBytes);
  }

  /** A piece's price by the byte, rounded up. */
  #price({ pricePerPiece }: Grant, sizeBytes: bigint): bigint {
    const exact = sizeBytes * pricePerPiece;
    return exact / this.#pieceBytes + (exact % this.#pieceBytes === 0n ? 0n : 1n);
  }

  #close(block: Block, place: Place): void {
    if (place.chainId !== this.#chains.rootId) return;
    for (const transaction of block.transactions) {
      const payload = transaction.kind === "utxo" ? transaction.payload : null;
      if (transaction.kind !== "utxo" || payload?.kind !== "quota-bid") continue;
      const { chainId, pieces, pricePerPiece, deposit, refundScript } = payload;
      this.#bids.push({ id: transaction.outpointId, chainId, pieces, pricePerPiece, deposit, refundScript });
    }
    this.#pieceBytesSoFar += this.#pieceBytes;
    if (place.height % this.#periodBlocks === 0) this.#turn(place);
    this.#pieceBytes = this.#pieceBytesAt(place.height + 1);
    for (const chainId of this.#touched) this.#compare(chainId, place);
    this.#touched = new Set();
    this.#inBlock = new Map();
  }

  /** Grants whole bids by price per piece, ties by id, as long as there are pieces. */
  #turn(place: Place): void {
    for (const chainId of this.#grants.keys()) this.#touched.add(chainId);
    for (const grant of [...this.#grants.values()].flat()) this.#judgeReturn(grant, this.#unused(grant), place);
    this.#grants = new Map();
    this.#pieceBytesSoFar = 0n;
    let pieces = Number(PIECES);
    for (const bid of [...this.#bids].sort(byPrice)) {
      if (bid.pieces > pieces) {
        this.#judgeReturn(bid, bid.deposit, place);
        continue;
      }
      pieces -= bid.pieces;
      this.#touched.add(bid.chainId);
      this.#give({ ...bid, usedBytes: 0, remaining: bid.deposit });
    }
    this.#bids = [];
  }

  /** The part of the rest that was used for comes back. */
  #unused({ pieces, usedBytes, remaining }: Grant): bigint {
    return (remaining * BigInt(usedBytes)) / (BigInt(pieces) * this.#pieceBytesSoFar);
  }

  #judgeReturn({ id, chainId, refundScript }: Bid, due: bigint, place: Place): void {
    const entries = this.#chains.entriesAt(place.chainId, place.node, place.height);
    if (entries === null) return;
    this.#findings.samples++;
    const entry = entries.get(
      outpointKey({ transactionId: hashTagged("orrery/quota-refund", hashToBytes(id)), index: 0 }),
    );
    const output = entry === undefined ? null : decodeOutputEntry(entry);
    const isWhole = (output?.amount ?? 0n) === due;
    const isTheirs = output === null || areSame(output.lockingScript, refundScript);
    if (isWhole && isTheirs) return;
    this.#report(
      place,
      `a bid for ${this.#chains.nameOf(chainId)} gets ${output?.amount ?? 0n} back where ${due} are due`,
    );
  }

  #compare(chainId: number, place: Place): void {
    const entries = this.#chains.entriesAt(place.chainId, place.node, place.height);
    if (entries === null) return;
    this.#findings.samples++;
    const entry = entries.get(grantsKey(chainId));
    const held = (entry === undefined ? null : decodeGrants(entry)) ?? [];
    const expected = this.#grants.get(chainId) ?? [];
    const same = held.length === expected.length && expected.every((grant, at) => sameGrant(grant, held[at]));
    if (!same)
      this.#report(place, `the grants of ${this.#chains.nameOf(chainId)} are not what its relocks leave of them`);
  }

  #report({ height, atUs, node }: Place, what: string): void {
    this.#findings.violation(atUs, [node], `height ${height}: ${what}`);
  }
}

function byPrice(a: Bid, b: Bid): number {
  if (a.pricePerPiece === b.pricePerPiece) return a.id < b.id ? -1 : 1;
  return a.pricePerPiece < b.pricePerPiece ? 1 : -1;
}

function sameGrant(one: Grant, other: Grant | undefined): boolean {
  if (other === undefined || one.id !== other.id || one.pieces !== other.pieces) return false;
  return one.usedBytes === other.usedBytes && one.remaining === other.remaining;
}
