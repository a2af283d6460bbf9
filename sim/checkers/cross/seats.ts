import { decodeSubchainRecord } from "../../../protocol/bridge/subchain-record.ts";
import type { DelegateId } from "../../../protocol/core/ids.ts";
import { bytesToHash } from "../../../protocol/crypto/hash.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import type { RootParameters } from "../../../protocol/rootchain/parameters.ts";
import type { Payload } from "../../../protocol/rootchain/payload.ts";
import { type CheckerReport, Findings, type World } from "../checker.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";
import { StakesBook } from "./stakes-book.ts";

/** What the rootchain has said of one subchain so far. */
interface Said {
  /** By seat: keys that may act in it. */
  readonly keys: Set<string>[];
  /** Seats that were given up. */
  readonly resigned: Set<number>;
}

/**
 * A subchain runs once its registration is final, from the genesis and by the operators that were registered; whoever acts in a
 * seat was registered or nominated for it, who is out has resigned or was accused; and what stands for a seat is spent after
 * its unbonding delay, not before (R4, S3).
 */
export class SeatsChecker implements CrossChecker {
  readonly #findings = new Findings("seats", "");
  readonly #chains: Chains;
  readonly #stakes: StakesBook;
  /** By chain id. */
  readonly #said = new Map<number, Said>();
  readonly #accused = new Set<number>();
  readonly #broken = new Set<string>();

  constructor(chains: Chains, book: CrossBook, economics: RootParameters) {
    this.#chains = chains;
    const { genesis, parameters } = chains.root.world;
    this.#stakes = new StakesBook(genesis.ledger.entries, economics, parameters);
    for (const [, entry] of genesis.ledger.entries.entries()) {
      const record = decodeSubchainRecord(entry);
      if (record === null) continue;
      const keys = record.operators.map(({ registered }) => registered.publicKey);
      this.#know(record.specification.parameters.chainId, keys);
    }
    book.listen({ block: (block, place) => this.#judge(block, place) });
  }

  finish(): CheckerReport {
    if (this.#findings.samples === 0) this.#findings.note = "there are no subchains, and no stake was withdrawn";
    return this.#findings.report();
  }

  #know(chainId: number, keys: readonly Uint8Array[]): void {
    this.#said.set(chainId, { keys: keys.map((key) => new Set([bytesToHash(key)])), resigned: new Set() });
  }

  #judge(block: Block, place: Place): void {
    if (place.chainId === this.#chains.rootId) this.#readRoot(block, place);
    else this.#judgeChain(place);
  }

  #readRoot({ transactions }: Block, place: Place): void {
    for (const transaction of transactions) {
      if (transaction.kind !== "utxo") continue;
      if (transaction.payload !== null) this.#read(transaction.payload, place);
      const { spent, faults } = this.#stakes.apply(transaction, place.height);
      this.#findings.samples += spent;
      for (const fault of faults) this.#report(place, fault);
    }
  }

  #read(payload: Payload, place: Place): void {
    switch (payload.kind) {
      case "register-subchain":
        return this.#register(payload, place);
      case "nominate":
        this.#said.get(payload.chainId)?.keys[payload.seat]?.add(bytesToHash(payload.nominee.publicKey));
        return;
      case "resign":
        this.#said.get(payload.chainId)?.resigned.add(payload.seat);
        return;
      case "evidence-reveal":
      case "fraud-proof":
        this.#accused.add(payload.chainId);
    }
  }

  /** What is registered is what runs, and under an id that nobody had. */
  #register(
    { specification, operators, genesis }: Extract<Payload, { kind: "register-subchain" }>,
    place: Place,
  ): void {
    const { chainId } = specification.parameters;
    this.#findings.samples++;
    const world = this.#chains.get(chainId)?.world;
    if (this.#said.has(chainId)) this.#report(place, `chain ${chainId} is registered a second time`);
    if (world !== undefined && genesis.blockHash !== world.genesis.blockHash) {
      this.#report(place, `${world.chain} is registered with another genesis than it has`);
    }
    this.#know(
      chainId,
      operators.map(({ publicKey }) => publicKey),
    );
  }

  #judgeChain(place: Place): void {
    const world = this.#chains.get(place.chainId)?.world;
    if (world === undefined || !world.promised) return;
    this.#findings.samples++;
    const said = this.#said.get(place.chainId);
    if (said === undefined) this.#report(place, `${world.chain} runs before it is registered`, `runs ${place.chainId}`);
    else this.#judgeSeats(world, said, place);
  }

  /** What the chain's own state has of its seats is what the rootchain has said of them. */
  #judgeSeats(world: World, { keys, resigned }: Said, place: Place): void {
    const state = world.stateOf(place.node);
    if (state === null || state.height !== place.height) return;
    const { registry, standings } = state.rotation;
    for (let seat = 0; seat < registry.size; seat++) {
      const { publicKey } = registry.of(seat as DelegateId);
      const where = `seat ${seat} of ${world.chain}`;
      if (keys[seat]?.has(bytesToHash(publicKey)) !== true) {
        this.#report(place, `${where} is held by a key that nobody registered or nominated`, `held ${where}`);
      }
      const standing = standings[seat];
      const isOut = standing !== undefined && (standing.slashed || standing.eligibleEpoch === NEVER);
      if (isOut && !resigned.has(seat) && !this.#accused.has(place.chainId) && !standing.slashed) {
        this.#report(place, `${where} is out, though it neither resigned nor was accused`, `out ${where}`);
      }
    }
  }

  /** @param once what is wrong and stays so is told once */
  #report({ chainId, height, atUs, node }: Place, what: string, once = ""): void {
    if (once !== "" && this.#broken.has(once)) return;
    this.#broken.add(once);
    this.#findings.violation(atUs, [node], `${this.#chains.nameOf(chainId)}, height ${height}: ${what}`);
  }
}

/** The epoch of a seat that is given up for good. */
const NEVER = 0xffff_ffff;
