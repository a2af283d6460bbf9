import { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Header } from "../../protocol/ledger/header.ts";
import type { Findings, World } from "./checker.ts";
import type { Roster } from "./roster.ts";

/** Blocks between two rebuilds of a ledger's whole map from nothing. */
const REBUILD_INTERVAL = 64;

/**
 * Holds a header's state root against what the node holds that reports it: every entry of its ledger, and who signs next. What
 * the entries have to be is for the books of each kind of ledger.
 */
export class EntriesAudit {
  readonly #world: World;
  readonly #roster: Roster;
  readonly #findings: Findings;

  /** @param roster already holds a block when it is judged here */
  constructor(world: World, roster: Roster, findings: Findings) {
    this.#world = world;
    this.#roster = roster;
    this.#findings = findings;
  }

  judge({ height, stateRoot }: Header, atUs: number, node: number): void {
    const state = this.#world.stateOf(node);
    if (state?.height !== height) return;
    this.#findings.samples++;
    const { entries } = state.ledger;
    const parts = [entries.root, this.#roster.rootBefore(height + 1)];
    if (stateRoot !== hashTagged("orrery/state", ...parts.map(hashToBytes))) {
      this.#findings.violation(atUs, [node], `height ${height}: the node's state gives another state root`);
    }
    if (height % REBUILD_INTERVAL !== 0 || rebuilt(entries).root === entries.root) return;
    this.#findings.violation(atUs, [node], `height ${height}: the map's root depends on its history`);
  }
}

/** @returns the same entries in a map made from nothing, last entry first */
function rebuilt(entries: AuthenticatedMap): AuthenticatedMap {
  let map = AuthenticatedMap.empty();
  for (const [key, entry] of [...entries.entries()].reverse()) map = map.set(key, entry);
  return map;
}
