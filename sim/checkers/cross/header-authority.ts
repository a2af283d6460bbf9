import { decodeSubchainRecord } from "../../../protocol/bridge/subchain-record.ts";
import { Phase, type Vote } from "../../../protocol/consensus/vote.ts";
import { Writer } from "../../../protocol/core/codec.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import { hashTagged } from "../../../protocol/crypto/hash.ts";
import { type Header, headerHash } from "../../../protocol/ledger/header.ts";
import type { CertifiedHeader } from "../../../protocol/light/certified-header.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import { isHeld } from "../final-chain.ts";
import { isQuorum, votePreimage } from "../statements.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Place } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** A header that one chain accepted of another, until that one's honest nodes have reached its height. */
interface Awaited {
  readonly hash: Hash;
  readonly height: number;
  readonly chainId: number;
  readonly place: Place;
}

/**
 * Chains accept only final headers of each other, signed by more than two thirds of a committee that was authorised (B3). Of a
 * chain that keeps its promise the header must be the very one its honest nodes hold final; of any other at least its
 * signatures must hold, for a committee that an accepted header before it names.
 */
export class HeaderAuthorityChecker implements CrossChecker {
  readonly #findings = new Findings("header-authority", "");
  readonly #chains: Chains;
  readonly #awaited: Awaited[] = [];
  readonly #judged = new WeakSet<CertifiedHeader>();
  /** By chain: hashes of the committees that genesis and accepted headers name. */
  readonly #authorised = new Map<number, Set<Hash>>();
  /** Chains that the rootchain knows by now. */
  readonly #registered = new Set<number>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    for (const { world } of chains.all) {
      this.#authorised.set(world.parameters.chainId, new Set([world.genesis.rotation.committee.hash]));
    }
    this.#registered.add(chains.rootId);
    for (const [, entry] of chains.root.world.genesis.ledger.entries.entries()) {
      const record = decodeSubchainRecord(entry);
      if (record !== null) this.#registered.add(record.specification.parameters.chainId);
    }
    book.listen({
      register: ({ chainId }) => this.#registered.add(chainId),
      header: (certified, place) => this.#judge(certified, place),
    });
  }

  finish(): CheckerReport {
    for (const awaited of this.#awaited) this.#compare(awaited);
    if (this.#findings.samples === 0) this.#findings.note = "no chain accepted a header of another one";
    return this.#findings.report();
  }

  #judge(certified: CertifiedHeader, place: Place): void {
    if (!this.#chains.promised(place.chainId) || this.#judged.has(certified)) return;
    this.#judged.add(certified);
    this.#findings.samples++;
    const { header } = certified;
    const fault = this.#signatureFault(certified);
    // What is not authorised itself names nobody.
    if (fault === null) this.#authorised.get(header.chainId)?.add(header.nextCommitteeHash);
    else this.#report(header, place, fault);
    if (!this.#chains.promised(header.chainId)) return;
    this.#awaited.push({ hash: headerHash(header), height: header.height, chainId: header.chainId, place });
  }

  #signatureFault({ header, certificate, members }: CertifiedHeader): string | null {
    const chain = this.#chains.get(header.chainId);
    if (chain === undefined) return "of a chain that is not there";
    if (!this.#registered.has(header.chainId)) return "of a chain that is yet to be registered";
    const writer = new Writer().u32(quorumOf(members.length)).u32(members.length);
    for (const { publicKey } of members) writer.fixed(publicKey);
    const committee = hashTagged("orrery/committee", writer.finish());
    if (this.#authorised.get(header.chainId)?.has(committee) !== true) return "of a committee that nothing authorises";
    const hash = headerHash(header);
    const keys = new Map(members.map(({ id, publicKey }) => [id, publicKey]));
    const holds = (vote: Vote) => {
      const key = keys.get(vote.signer);
      const isCommit = vote.phase === Phase.commit && vote.blockHash === hash && vote.height === header.height;
      const placed = isCommit && vote.chainId === header.chainId;
      return placed && key !== undefined && chain.world.backend.verify(key, votePreimage(vote), vote.signature);
    };
    const signers = new Set(certificate.votes.filter(holds).map(({ signer }) => signer));
    return isQuorum(signers.size, members.length) ? null : `that ${signers.size} of ${members.length} members signed`;
  }

  #compare({ hash, height, chainId, place }: Awaited): void {
    const chain = this.#chains.get(chainId)?.chain;
    if (chain === undefined || chain.forked || isHeld(chain, height, hash)) return;
    this.#report({ chainId, height }, place, "that its own honest nodes do not hold final");
  }

  #report({ chainId, height }: Pick<Header, "chainId" | "height">, place: Place, fault: string): void {
    const where = `${this.#chains.nameOf(place.chainId)}, height ${place.height}`;
    const what = `header ${height} of ${this.#chains.nameOf(chainId)}`;
    this.#findings.violation(place.atUs, [place.node], `${where}: accepts ${what} ${fault}`);
  }
}

/** More than two thirds, written as the smallest such number (C4). */
function quorumOf(members: number): number {
  let count = 1;
  while (!isQuorum(count, members)) count++;
  return count;
}
