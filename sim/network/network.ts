import { assert } from "../../protocol/core/assert.ts";
import { absorb, finish } from "../kernel/random.ts";
import { Outcome } from "./drop-reasons.ts";
import type { Copy, Interference } from "./interference.ts";
import { Occurrences } from "./occurrences.ts";
import type { NetworkOptions } from "./options.ts";
import { Partitions } from "./partitions.ts";

const WORD = 2 ** 32;
const NS_PER_US = 1000;
const BIT_NS_PER_BYTE = 8e9;

/** Labels of the draws that follow from one fate. */
const Draw = { jitter: 1, duplicate: 2, duplicateDelay: 3, reorder: 4, reorderDelay: 5, interference: 6 } as const;

/**
 * Carries bytes between nodes; knows their size and hash, not what they mean. Every line is a FIFO queue at either end,
 * summarised by the time at which it falls free. A copy's fate is mix(key, source, content, occurrence, destination), so that
 * taking one message out shifts no other's.
 */
export class Network implements Copy {
  readonly partitions = new Partitions();
  readonly interferences: Interference[] = [];
  /** By node: 1 for those between which nothing goes wrong any more; null where there are none. */
  quiet: Uint8Array | null = null;
  /** Of the copy decided last: when it left its source, when it arrives, and when its duplicate does (−1 when there is none). */
  sentUs = 0;
  arrivalUs = 0;
  duplicateArrivalUs = -1;
  /** Of the copy decided last: which of its bytes arrive altered; 0: none. */
  corruption = 0;

  private readonly options: NetworkOptions;
  private readonly nodeCount: number;
  private readonly regionCount: number;
  private readonly regions: Int32Array;
  private readonly latenciesUs: Float64Array;
  private readonly jittersUs: Float64Array;
  private readonly uplinkNsPerByte: Float64Array;
  private readonly downlinkNsPerByte: Float64Array;
  private readonly uplinkFreeNs: Float64Array;
  private readonly downlinkFreeNs: Float64Array;
  private readonly lossThreshold: number;
  private readonly disturbs: boolean;
  private readonly occurrences = new Occurrences();

  /** Of the emission begun last. */
  private src = 0;
  private sizeBytes = 0;
  private fateState = 0;
  private readyNs = 0;
  private sendNs = 0;

  constructor(options: NetworkOptions) {
    const { nodes, latencyUs, jitterUs } = options;
    this.options = options;
    this.nodeCount = nodes.length;
    this.regionCount = latencyUs.length;
    assert(
      nodes.every((node) => node.region < latencyUs.length),
      "every node's region is in the matrix",
    );
    this.regions = Int32Array.from(nodes, (node) => node.region);
    this.latenciesUs = Float64Array.from(latencyUs.flat());
    this.jittersUs = Float64Array.from(jitterUs.flat());
    this.uplinkNsPerByte = Float64Array.from(nodes, (node) => BIT_NS_PER_BYTE / node.uplinkBitsPerSecond);
    this.downlinkNsPerByte = Float64Array.from(nodes, (node) => BIT_NS_PER_BYTE / node.downlinkBitsPerSecond);
    this.uplinkFreeNs = new Float64Array(nodes.length);
    this.downlinkFreeNs = new Float64Array(nodes.length);
    this.lossThreshold = Math.floor(options.lossProbability * WORD);
    this.disturbs =
      options.duplicateProbability > 0 || options.reorderProbability > 0 || options.perturbation.number !== 0;
  }

  /** Begins one emission, whose copies follow by `copyTo`. @param readyNs when it may enter the uplink */
  begin(src: number, sizeBytes: number, contentHash: number, readyNs: number): void {
    this.src = src;
    this.sizeBytes = sizeBytes;
    const occurrence = this.occurrences.next(src, contentHash);
    this.fateState = absorb(absorb(absorb(this.options.key, src), contentHash), occurrence);
    this.readyNs = readyNs;
    this.sendNs = Math.ceil(sizeBytes * (this.uplinkNsPerByte[src] as number));
  }

  /** Sends a copy of the emission to one node; the times are in the fields. @returns a code of drop-reasons.ts */
  copyTo(dst: number): number {
    const { src, readyNs } = this;
    this.duplicateArrivalUs = -1;
    this.corruption = 0;
    this.sentUs = this.arrivalUs = Math.ceil(readyNs / NS_PER_US);
    if (dst < 0 || dst >= this.nodeCount) return Outcome.noSuchPeer;
    if (dst === src) return Outcome.delivered;
    if (this.sizeBytes > this.options.maxMessageBytes) return Outcome.tooLarge;
    const freeNs = this.uplinkFreeNs[src] as number;
    const waitNs = freeNs - readyNs;
    if (waitNs > this.options.uplinkQueueBytes * (this.uplinkNsPerByte[src] as number)) return Outcome.uplinkQueueFull;
    const leftNs = (waitNs > 0 ? freeNs : readyNs) + this.sendNs;
    this.uplinkFreeNs[src] = leftNs;
    this.sentUs = this.arrivalUs = Math.ceil(leftNs / NS_PER_US);

    const fate = finish(absorb(this.fateState, dst));
    const { quiet } = this;
    const disturbed = quiet === null || quiet[src] === 0 || quiet[dst] === 0;
    if (fate < this.lossThreshold && disturbed) return Outcome.lost;
    const pair = (this.regions[src] as number) * this.regionCount + (this.regions[dst] as number);
    const jitterUs = this.jittersUs[pair] as number;
    this.arrivalUs += this.latenciesUs[pair] as number;
    if (jitterUs > 0) this.arrivalUs += draw(fate, Draw.jitter, jitterUs + 1);
    if (this.disturbs) this.disturb(fate, disturbed);
    return this.interferences.length === 0 || !disturbed ? Outcome.delivered : this.interfere(fate, dst);
  }

  /**
   * Takes a copy off the line at its destination.
   *
   * @returns when its last bit is in, in ns, or −1 when the downlink's queue is full
   */
  receive(dst: number, sizeBytes: number, arrivalUs: number): number {
    const arrivalNs = arrivalUs * NS_PER_US;
    const freeNs = this.downlinkFreeNs[dst] as number;
    const nsPerByte = this.downlinkNsPerByte[dst] as number;
    const waitNs = freeNs - arrivalNs;
    if (waitNs > this.options.downlinkQueueBytes * nsPerByte) return -1;
    const doneNs = (waitNs > 0 ? freeNs : arrivalNs) + Math.ceil(sizeBytes * nsPerByte);
    this.downlinkFreeNs[dst] = doneNs;
    return doneNs;
  }

  /** Empties a node's queues, as a loss of power does. */
  resetNode(node: number): void {
    this.uplinkFreeNs[node] = 0;
    this.downlinkFreeNs[node] = 0;
  }

  /** Duplicates, holds back and perturbs a copy. */
  private disturb(fate: number, disturbed: boolean): void {
    const { duplicateProbability, reorderProbability, reorderDelayUs, perturbation } = this.options;
    this.arrivalUs += perturbation.delayUs(fate);
    if (!disturbed) return;
    if (draw(fate, Draw.reorder, WORD) < reorderProbability * WORD) {
      this.arrivalUs += draw(fate, Draw.reorderDelay, reorderDelayUs + 1);
    }
    if (draw(fate, Draw.duplicate, WORD) < duplicateProbability * WORD) {
      this.duplicateArrivalUs = this.arrivalUs + draw(fate, Draw.duplicateDelay, reorderDelayUs + 1);
    }
  }

  private interfere(fate: number, dst: number): number {
    const state = absorb(fate, Draw.interference);
    for (const each of this.interferences) {
      const outcome = each.meet(this, this.src, dst, finish(absorb(state, each.key)));
      if (outcome !== Outcome.delivered) return outcome;
    }
    return Outcome.delivered;
  }
}

/** @returns one of a fate's further random numbers, in 0 … bound − 1 */
function draw(fate: number, label: number, bound: number): number {
  return Math.floor((finish(absorb(fate, label)) * bound) / WORD);
}
