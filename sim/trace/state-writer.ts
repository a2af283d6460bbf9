import { bytesToHex } from "@noble/hashes/utils.js";
import type { Observation } from "../../protocol/core/observation.ts";
import type { BatteryNote, Power } from "../host/trace-sink.ts";
import type { ChunkSummary } from "./chunk-summary.ts";
import { FIRST_LINK, GROUP_NODES, linkTo, StateColumns } from "./state-chunk.ts";
import { FIELD_NUMBERS, MODES, PLACE_OFFSET } from "./state-fields.ts";

/** Hex digits of a block's hash that a state value holds: 48 bits. */
const HASH_DIGITS = 12;

/** @returns the first 48 bits of a hash as a number */
function hashPrefix(hash: string): number {
  return Number.parseInt(hash.slice(0, HASH_DIGITS), 16);
}

/** Follows every node's observed state and records its changes, in groups of neighbours. */
export class StateWriter {
  readonly #nodeCount: number;
  readonly #close: (content: Uint8Array, summary: ChunkSummary) => void;
  readonly #groups: (StateColumns | null)[];
  #link: Uint8Array = FIRST_LINK;

  constructor(nodeCount: number, close: (content: Uint8Array, summary: ChunkSummary) => void) {
    this.#nodeCount = nodeCount;
    this.#close = close;
    this.#groups = new Array(Math.ceil(nodeCount / GROUP_NODES)).fill(null);
  }

  #group(node: number): StateColumns {
    const number = Math.floor(node / GROUP_NODES);
    const known = this.#groups[number];
    if (known) return known;
    const first = number * GROUP_NODES;
    const group = new StateColumns(first, Math.min(GROUP_NODES, this.#nodeCount - first), this.#nodeCount);
    this.#groups[number] = group;
    return group;
  }

  /** @param field its column */
  #set(atUs: number, node: number, field: number, value: number): void {
    const group = this.#group(node);
    if (group.get(node, field) === value) return;
    group.set(atUs, node, field, value);
    if (group.full) this.#drain(group);
  }

  #drain(group: StateColumns): void {
    const summary = group.summary();
    const content = group.drain(this.#link);
    this.#link = linkTo(content);
    this.#close(content, summary);
  }

  power(atUs: number, node: number, power: Power): void {
    this.#set(atUs, node, FIELD_NUMBERS.up, power);
  }

  battery(atUs: number, node: number, note: BatteryNote): void {
    this.#set(atUs, node, FIELD_NUMBERS.listen, note.listen);
    this.#set(atUs, node, FIELD_NUMBERS.receive, note.receive);
    this.#set(atUs, node, FIELD_NUMBERS.transmit, note.transmit);
    this.#set(atUs, node, FIELD_NUMBERS.compute, note.compute);
    this.#set(atUs, node, FIELD_NUMBERS.sleep, note.sleep);
    this.#set(atUs, node, FIELD_NUMBERS.charge, note.charge);
  }

  place(atUs: number, node: number, x: number, y: number): void {
    this.#set(atUs, node, FIELD_NUMBERS.east, Math.max(1, Math.round((1 + x) * PLACE_OFFSET)));
    this.#set(atUs, node, FIELD_NUMBERS.north, Math.max(1, Math.round((1 + y) * PLACE_OFFSET)));
  }

  radioLoss(atUs: number, node: number): void {
    this.#set(atUs, node, FIELD_NUMBERS.radioLosses, this.#group(node).get(node, FIELD_NUMBERS.radioLosses) + 1);
  }

  observation(node: number, atUs: number, seen: Observation): void {
    switch (seen.kind) {
      case "finalized":
        this.#set(atUs, node, FIELD_NUMBERS.finalHeight, seen.height);
        this.#set(atUs, node, FIELD_NUMBERS.finalBlock, hashPrefix(seen.blockHash));
        break;
      case "view":
        this.#set(atUs, node, FIELD_NUMBERS.height, seen.height);
        this.#set(atUs, node, FIELD_NUMBERS.view, seen.view);
        break;
      case "prepared":
        this.#set(atUs, node, FIELD_NUMBERS.lockedHeight, seen.height);
        this.#set(atUs, node, FIELD_NUMBERS.lockedView, seen.view);
        this.#set(atUs, node, FIELD_NUMBERS.lockedBlock, hashPrefix(seen.blockHash));
        break;
      case "rejected":
        this.#set(atUs, node, FIELD_NUMBERS.rejected, this.#group(node).get(node, FIELD_NUMBERS.rejected) + 1);
        break;
      case "mode":
        this.#set(atUs, node, FIELD_NUMBERS.mode, MODES.indexOf(seen.mode));
        break;
      case "evidence":
      case "followed":
      case "relayed":
      case "spending":
        break; // What a node knows of others or does for them is an event, not its state.
    }
  }

  /** Closes the chunks of all groups that changed. */
  flush(): void {
    for (const group of this.#groups) if (group && group.rows > 0) this.#drain(group);
  }

  /** @returns the rolling hash over all state chunks so far, 64 hex digits */
  digest(): string {
    return bytesToHex(this.#link);
  }
}
