import { createHash, type Hash } from "node:crypto";
import { mix } from "../kernel/random.ts";

const CHUNK_WORDS = (256 * 1024) / 8;
/** Heights whose votes a node keeps: nodes of one site are never further apart. */
const WINDOW = 8;
const LATENCY_US = 1_000;
const JITTER_US = 100;
const VOTE_BYTES = 180;
const PROPOSAL_BYTES = 400;
const US_PER_BYTE = 0.08;
/** Verification of one signature, and signing. */
const STEP_US = 115;
const SOURCE_UNIT = 2 ** 30;

const Kind = { propose: 0, prepare: 1, commit: 2 } as const;
const KINDS = 3;

/** Events by (time, source and counter), in typed arrays. */
class EventHeap {
  length = 0;
  timeUs = 0;
  key = 0;
  route = 0;
  step = 0;
  private times = new Float64Array(1 << 16);
  private keys = new Float64Array(1 << 16);
  private routes = new Int32Array(1 << 16);
  private steps = new Int32Array(1 << 16);

  push(timeUs: number, key: number, route: number, step: number): void {
    if (this.length === this.times.length) this.grow();
    let at = this.length++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (!this.isAfter(parent, timeUs, key)) break;
      this.move(parent, at);
      at = parent;
    }
    this.set(at, timeUs, key, route, step);
  }

  /** Takes the next event, whose fields then are this heap's. */
  pop(): void {
    this.timeUs = this.times[0] as number;
    this.key = this.keys[0] as number;
    this.route = this.routes[0] as number;
    this.step = this.steps[0] as number;
    const last = --this.length;
    const timeUs = this.times[last] as number;
    const key = this.keys[last] as number;
    let at = 0;
    for (let child = 1; child < last; child = 4 * at + 1) {
      let best = child;
      const end = Math.min(child + 4, last);
      for (let other = child + 1; other < end; other++) {
        if (this.isAfter(best, this.times[other] as number, this.keys[other] as number)) best = other;
      }
      if (this.isAfter(best, timeUs, key)) break;
      this.move(best, at);
      at = best;
    }
    this.set(at, timeUs, key, this.routes[last] as number, this.steps[last] as number);
  }

  private isAfter(at: number, timeUs: number, key: number): boolean {
    const ownUs = this.times[at] as number;
    return ownUs > timeUs || (ownUs === timeUs && (this.keys[at] as number) > key);
  }

  private set(at: number, timeUs: number, key: number, route: number, step: number): void {
    this.times[at] = timeUs;
    this.keys[at] = key;
    this.routes[at] = route;
    this.steps[at] = step;
  }

  private move(from: number, to: number): void {
    const { times, keys, routes, steps } = this;
    this.set(to, times[from] as number, keys[from] as number, routes[from] as number, steps[from] as number);
  }

  private grow(): void {
    const { times, keys, routes, steps } = this;
    this.times = new Float64Array(2 * times.length);
    this.keys = new Float64Array(2 * times.length);
    this.routes = new Int32Array(2 * times.length);
    this.steps = new Int32Array(2 * times.length);
    this.times.set(times);
    this.keys.set(keys);
    this.routes.set(routes);
    this.steps.set(steps);
  }
}

/** What a sketched run reached. */
export interface SketchOutcome {
  readonly delivered: number;
  /** Heights that every node has decided. */
  readonly decisions: number;
  readonly digest: string;
}

/**
 * The least that simulates PBFT at all: counting machines on one event heap, latency with jitter, bandwidth queues at both
 * ends, a processor for each node and a digest of every event; no bytes, blocks, faults or checks. What a simulator of real
 * machines is measured against.
 */
export class Sketch {
  private readonly heap = new EventHeap();
  private readonly hash: Hash = createHash("sha256");
  private readonly words = new Float64Array(CHUNK_WORDS);
  private used = 0;
  private delivered = 0;
  private readonly nodes: number;
  private readonly decisions: number;
  private readonly quorum: number;
  private readonly counters: Int32Array;
  private readonly uplinkFreeUs: Float64Array;
  private readonly downlinkFreeUs: Float64Array;
  private readonly cpuFreeUs: Float64Array;
  /** By node: the height that it decides next. */
  private readonly heights: Int32Array;
  /** By node, height modulo WINDOW, and kind. */
  private readonly votes: Int32Array;

  /** @param decisions heights that every node is to decide, back to back */
  constructor(nodes: number, decisions: number) {
    this.nodes = nodes;
    this.decisions = decisions;
    this.quorum = nodes - Math.floor((nodes - 1) / 3);
    this.counters = new Int32Array(nodes);
    this.uplinkFreeUs = new Float64Array(nodes);
    this.downlinkFreeUs = new Float64Array(nodes);
    this.cpuFreeUs = new Float64Array(nodes);
    this.heights = new Int32Array(nodes);
    this.votes = new Int32Array(nodes * WINDOW * KINDS);
  }

  run(): SketchOutcome {
    const { heap, nodes } = this;
    this.propose(0, 0);
    while (heap.length > 0) {
      heap.pop();
      this.record(heap.timeUs, heap.key, heap.route);
      this.deliver(heap.route % nodes, Math.floor(heap.step / KINDS), heap.step % KINDS);
    }
    this.hash.update(new Uint8Array(this.words.buffer, 0, 8 * this.used));
    return { delivered: this.delivered, decisions: Math.min(...this.heights), digest: this.hash.digest("hex") };
  }

  private deliver(dst: number, height: number, kind: number): void {
    const { heap, downlinkFreeUs, cpuFreeUs } = this;
    const inUs = Math.max(heap.timeUs, downlinkFreeUs[dst] as number) + transferUs(kind);
    const doneUs = Math.max(inUs, cpuFreeUs[dst] as number) + STEP_US;
    downlinkFreeUs[dst] = inUs;
    cpuFreeUs[dst] = doneUs;
    this.delivered++;
    if (height < (this.heights[dst] as number)) return;
    if (kind !== Kind.propose) this.count(kind, dst, height, doneUs);
    else this.accept(dst, height, doneUs);
  }

  private propose(node: number, atUs: number): void {
    const height = this.heights[node] as number;
    this.broadcast(node, Kind.propose, height, atUs);
    this.count(Kind.prepare, node, height, atUs);
  }

  /** Takes a proposal, which is its sender's prepare as well. */
  private accept(node: number, height: number, atUs: number): void {
    this.broadcast(node, Kind.prepare, height, atUs);
    this.count(Kind.prepare, node, height, atUs);
    this.count(Kind.prepare, node, height, atUs);
  }

  private count(kind: number, node: number, height: number, atUs: number): void {
    const slot = (node * WINDOW + (height % WINDOW)) * KINDS + kind;
    const votes = (this.votes[slot] as number) + 1;
    this.votes[slot] = votes;
    if (votes !== this.quorum) return;
    if (kind === Kind.commit) {
      this.decide(node, height, atUs);
    } else {
      this.broadcast(node, Kind.commit, height, atUs);
      this.count(Kind.commit, node, height, atUs);
    }
  }

  private decide(node: number, height: number, atUs: number): void {
    const slot = (node * WINDOW + (height % WINDOW)) * KINDS;
    this.votes.fill(0, slot, slot + KINDS);
    this.heights[node] = height + 1;
    if ((height + 1) % this.nodes === node && height + 1 < this.decisions) this.propose(node, atUs);
  }

  private broadcast(src: number, kind: number, height: number, atUs: number): void {
    const { nodes, counters, uplinkFreeUs, heap } = this;
    const step = height * KINDS + kind;
    for (let dst = 0; dst < nodes; dst++) {
      if (dst === src) continue;
      const counter = counters[src] as number;
      const sentUs = Math.max(atUs, uplinkFreeUs[src] as number) + transferUs(kind);
      counters[src] = counter + 1;
      uplinkFreeUs[src] = sentUs;
      const delayUs = LATENCY_US + (mix(1, src, dst, counter, 0) % JITTER_US);
      heap.push(sentUs + delayUs, src * SOURCE_UNIT + counter, src * nodes + dst, step);
    }
  }

  private record(timeUs: number, key: number, route: number): void {
    const { words } = this;
    if (this.used > CHUNK_WORDS - 3) {
      this.hash.update(new Uint8Array(words.buffer, 0, 8 * this.used));
      this.used = 0;
    }
    words[this.used++] = timeUs;
    words[this.used++] = key;
    words[this.used++] = route;
  }
}

function transferUs(kind: number): number {
  return (kind === Kind.propose ? PROPOSAL_BYTES : VOTE_BYTES) * US_PER_BYTE;
}
