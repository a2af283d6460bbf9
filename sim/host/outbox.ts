import { InvariantError } from "../../protocol/core/assert.ts";
import type { Message, WireCodec } from "../../protocol/core/machine.ts";
import type { Hasher } from "../kernel/digest.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { AccessNetwork, Flight } from "../network/access/access-network.ts";
import { OUTCOME_NAMES, Outcome } from "../network/drop-reasons.ts";
import type { Network } from "../network/network.ts";
import { corrupt } from "./corrupt.ts";
import { Emissions } from "./emissions.ts";
import { EventKind } from "./event-kinds.ts";
import type { NodeTable } from "./node-table.ts";
import type { RunRecords } from "./run-records.ts";
import type { TraceSink } from "./trace-sink.ts";
import type { Watchers } from "./watcher.ts";
import { WireFacts } from "./wire-facts.ts";

/** Message class in traces of bytes that are no message. */
const NO_MESSAGE_CLASS = 255;

const NS_PER_US = 1000;

export interface OutboxOptions {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly nodes: NodeTable;
  readonly codec: WireCodec;
  readonly records: RunRecords;
  readonly watchers: Watchers;
  readonly trace: TraceSink | null;
  readonly paranoid: boolean;
  readonly hasher: () => Hasher;
}

/** Turns what nodes send into copies on their way, and accounts for every copy that gets lost. */
export class Outbox {
  readonly emissions = new Emissions();
  /** Copies by outcome; those by which they were delivered are counted by steps instead. */
  readonly drops = new Float64Array(OUTCOME_NAMES.length);
  /** Sends and broadcasts so far. */
  emitted = 0;
  /** Copies put on their way so far, duplicates included. */
  copies = 0;

  private readonly facts: WireFacts;
  private readonly options: OutboxOptions;
  private readonly kernel: Kernel;
  private readonly network: Network;
  private slot = 0;
  private src = 0;
  private sizeBytes = 0;
  private cause = 0;
  private readyNs = 0;
  /** The links of devices; null where there are none. */
  access: AccessNetwork | null = null;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.kernel = options.kernel;
    this.network = options.network;
    this.facts = new WireFacts(options.hasher);
  }

  /** @returns the message's canonical encoding, made once (and when paranoid, each time and compared) */
  encode(message: Message): Uint8Array {
    const { codec, paranoid } = this.options;
    const kept = message.wire;
    if (kept !== null && !paranoid) return kept;
    message.wire = null;
    const wire = codec.encode(message);
    if (kept !== null && !sameBytes(kept, wire)) throw new InvariantError("a sent message changed");
    message.wire = wire;
    return wire;
  }

  /**
   * Begins an emission; `copyTo` follows for each receiver, then `end`.
   *
   * @param message null for bytes that are no message
   * @param readyNs when it has been computed and all that it rests on is durable
   */
  begin(src: number, message: Message | null, wire: Uint8Array, readyNs: number, cause: number): void {
    const { emissions, network } = this;
    const slot = emissions.take(message, wire);
    emissions.sources[slot] = src;
    emissions.lives[slot] = this.options.nodes.lives[src] as number;
    emissions.versions[slot] = this.options.nodes.versions[src] as number;
    emissions.ids[slot] = this.emitted++;
    this.slot = slot;
    this.src = src;
    this.sizeBytes = wire.length;
    this.cause = cause;
    this.readyNs = readyNs;
    this.options.records.emission(src, readyNs, this.facts.content(wire));
    network.begin(src, wire.length, this.facts.hash32(wire), readyNs);
  }

  copyTo(dst: number): void {
    const { network, access } = this;
    if (access?.isDevice(this.src) === true && dst !== this.src && dst >= 0 && dst < this.options.nodes.count) {
      const { slot, src, cause } = this;
      this.copies++;
      this.emissions.own(slot);
      this.emissions.addCopy(slot);
      const readyUs = Math.ceil(this.readyNs / NS_PER_US);
      return access.send({ slot, src, dst, departedUs: readyUs, cause }, this.sizeBytes, readyUs);
    }
    const outcome = network.copyTo(dst);
    if (outcome !== Outcome.delivered) {
      this.drop(this.src, dst, outcome);
      this.tell(dst, outcome);
      return;
    }
    const { slot } = this;
    const carried = network.corruption === 0 ? slot : this.corrupted(slot, network.corruption);
    this.depart(carried, dst, network.arrivalUs);
    this.tell(dst, outcome);
    if (network.duplicateArrivalUs >= 0) this.depart(carried, dst, network.duplicateArrivalUs);
  }

  /** Sends a device's copy on from its gateway over the plain lines. */
  relay({ slot, src, dst, departedUs, cause }: Flight, gateway: number): void {
    const { emissions, network, kernel } = this;
    const wire = emissions.wires[slot] as Uint8Array;
    this.slot = slot;
    this.src = src;
    this.sizeBytes = wire.length;
    this.cause = cause;
    network.begin(gateway, wire.length, this.facts.hash32(wire), kernel.nowUs * NS_PER_US);
    const outcome = network.copyTo(dst);
    this.tellFlight(dst, outcome, departedUs);
    if (outcome !== Outcome.delivered) {
      this.drop(src, dst, outcome);
      emissions.dropCopy(slot);
      return;
    }
    const { arrivalUs, corruption, duplicateArrivalUs } = network;
    const carried = corruption === 0 ? slot : this.corrupted(slot, corruption);
    for (const atUs of duplicateArrivalUs < 0 ? [arrivalUs] : [arrivalUs, duplicateArrivalUs]) {
      emissions.addCopy(carried);
      kernel.schedule(atUs, EventKind.message, src, dst, carried, atUs - departedUs);
    }
    emissions.dropCopy(slot);
  }

  /** Accounts for a device's copy that never came to its gateway. */
  lostOnAir({ slot, src, dst, departedUs, cause }: Flight, outcome: Outcome): void {
    this.slot = slot;
    this.src = src;
    this.sizeBytes = (this.emissions.wires[slot] as Uint8Array).length;
    this.cause = cause;
    this.network.arrivalUs = departedUs;
    this.tellFlight(dst, outcome, departedUs);
    this.drop(src, dst, outcome);
    this.emissions.dropCopy(slot);
  }

  private tellFlight(dst: number, outcome: number, departedUs: number): void {
    this.network.sentUs = departedUs;
    this.tell(dst, outcome);
  }

  /** @returns a slot for a copy whose bytes arrive altered; receivers get what these bytes say */
  private corrupted(slot: number, corruption: number): number {
    const { emissions } = this;
    const wire = corrupt(emissions.wires[slot] as Uint8Array, corruption);
    const message = this.options.codec.decode(wire);
    if (message !== null) message.wire = wire;
    const carried = emissions.take(message, wire);
    emissions.sources[carried] = this.src;
    emissions.lives[carried] = emissions.lives[slot] as number;
    emissions.versions[carried] = emissions.versions[slot] as number;
    emissions.ids[carried] = emissions.ids[slot] as number;
    return carried;
  }

  end(): void {
    this.emissions.releaseUnused(this.slot);
  }

  /** Counts and tells a drop. */
  drop(src: number, dst: number, outcome: number): void {
    const { records, watchers } = this.options;
    const nowUs = this.kernel.nowUs;
    this.drops[outcome] = (this.drops[outcome] as number) + 1;
    records.drop(src, dst, nowUs, outcome);
    for (const watcher of watchers.onDrop) watcher.onDrop(src, dst, nowUs, outcome);
  }

  /** Accounts for a copy that was dropped where it arrived. */
  dropLate(slot: number, dst: number, outcome: number): void {
    this.drop(this.emissions.sources[slot] as number, dst, outcome);
    this.options.trace?.late(this.emissions.ids[slot] as number, dst, outcome, this.kernel.nowUs);
  }

  private depart(slot: number, dst: number, arrivalUs: number): void {
    this.copies++;
    this.emissions.addCopy(slot);
    this.kernel.schedule(arrivalUs, EventKind.message, this.src, dst, slot, arrivalUs - this.network.sentUs);
  }

  private tell(dst: number, outcome: number): void {
    const { trace } = this.options;
    if (trace === null) return;
    const { sentUs, arrivalUs } = this.network;
    const messageClass = this.emissions.messages[this.slot]?.kind ?? NO_MESSAGE_CLASS;
    const emission = this.emissions.ids[this.slot] as number;
    trace.message(sentUs, arrivalUs, this.src, dst, messageClass, this.sizeBytes, outcome, emission, this.cause);
  }
}

export function nsToUs(ns: number): number {
  return Math.floor(ns / NS_PER_US);
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
