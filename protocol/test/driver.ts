import type { PeerId } from "../core/ids.ts";
import type { Context, DurableRecord, Machine, Message, Storage } from "../core/machine.ts";
import type { Observation } from "../core/observation.ts";
import { chainWire } from "../node/wire.ts";
import { crypto } from "./people.ts";

/** A small reproducible generator (xorshift32): draws in [0, 1) and whole numbers. */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
    for (let i = 0; i < 4; i++) this.word();
  }

  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  below(bound: number): number {
    return this.word() % bound;
  }

  chance(probability: number): boolean {
    return this.word() < probability * 4_294_967_296;
  }
}

/** What made a machine step, as replay needs it. */
export type Input =
  | { readonly kind: "start"; readonly storage: Storage }
  | { readonly kind: "message"; readonly from: PeerId; readonly message: Message }
  | { readonly kind: "timer"; readonly timer: number };

export type Effect =
  | { readonly kind: "send"; readonly to: readonly PeerId[]; readonly message: Message }
  | { readonly kind: "timer"; readonly timer: number; readonly delayUs: number | null }
  | { readonly kind: "sleep"; readonly delayUs: number }
  | { readonly kind: "persist"; readonly key: string; readonly value: Uint8Array | null }
  | { readonly kind: "observe"; readonly observation: Observation };

export interface Step {
  readonly input: Input;
  readonly nowUs: number;
  readonly draws: readonly number[];
  readonly effects: readonly Effect[];
}

/** Results of pure functions, by state and input. */
type Memo = WeakMap<object, WeakMap<object, unknown>>;

/** Collects one step's effects; what they do to the world is the driver's to decide. */
class StepContext implements Context {
  readonly crypto = crypto;
  readonly effects: Effect[] = [];
  readonly drawn: number[] = [];
  readonly nowUs: number;
  readonly #draw: () => number;
  readonly #memo: Memo;

  constructor(nowUs: number, draw: () => number, memo: Memo) {
    this.nowUs = nowUs;
    this.#draw = draw;
    this.#memo = memo;
  }

  entropy(): number {
    const draw = this.#draw();
    this.drawn.push(draw);
    return draw;
  }

  send(to: PeerId, message: Message): void {
    this.effects.push({ kind: "send", to: [to], message });
  }

  broadcast(to: readonly PeerId[], message: Message): void {
    this.effects.push({ kind: "send", to, message });
  }

  setTimer(timer: number, delayUs: number): void {
    if (!(delayUs >= 0 && delayUs < 1e10)) throw new Error(`timer ${timer} armed for ${delayUs} µs`);
    this.effects.push({ kind: "timer", timer, delayUs });
  }

  cancelTimer(timer: number): void {
    this.effects.push({ kind: "timer", timer, delayUs: null });
  }

  sleep(delayUs: number): void {
    this.effects.push({ kind: "sleep", delayUs });
  }

  persist(key: string, value: DurableRecord | null): void {
    this.effects.push({ kind: "persist", key, value: value === null ? null : bytesOf(value) });
  }

  observe(observation: Observation): void {
    this.effects.push({ kind: "observe", observation });
  }

  charge(): void {}

  once<T>(state: object, input: object, compute: () => T): T {
    const results = this.#memo.get(state) ?? new WeakMap<object, unknown>();
    this.#memo.set(state, results);
    if (!results.has(input)) results.set(input, compute());
    return results.get(input) as T;
  }
}

function bytesOf(record: DurableRecord): Uint8Array {
  if (record instanceof Uint8Array) return record;
  const bytes = record.toBytes();
  if (bytes.length !== record.sizeBytes) throw new Error("a record is not as long as it says");
  return bytes;
}

function act(machine: Machine, context: Context, input: Input): void {
  if (input.kind === "start") machine.start(context, input.storage);
  else if (input.kind === "timer") machine.onTimer(context, input.timer);
  else machine.onMessage(context, input.from, input.message);
}

/** Effects as text, to compare them by. */
export function printed(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    if (effect.kind === "send") return `send ${effect.to} ${hex(chainWire.encode(effect.message))}`;
    if (effect.kind === "timer") return `timer ${effect.timer} ${effect.delayUs}`;
    if (effect.kind === "sleep") return `sleep ${effect.delayUs}`;
    if (effect.kind === "persist") return `persist ${effect.key} ${effect.value === null ? "-" : hex(effect.value)}`;
    return `observe ${Object.values(effect.observation).filter((each) => typeof each !== "object")}`;
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Runs a fresh machine alone through recorded inputs, every message decoded from its bytes. @returns its effects */
export function replay(machine: Machine, steps: readonly Step[]): string[][] {
  return steps.map(({ input, nowUs, draws }) => {
    const rest = [...draws];
    const context = new StepContext(nowUs, () => rest.shift() ?? 0, new WeakMap());
    act(machine, context, input.kind === "message" ? { ...input, message: copyOf(input.message) } : input);
    return printed(context.effects);
  });
}

function copyOf(message: Message): Message {
  const copy = chainWire.decode(chainWire.encode(message));
  if (copy === null) throw new Error("a machine sent what does not decode");
  return copy;
}

/** How the network treats the copies of a message. */
export interface Weather {
  readonly loss: number;
  readonly duplication: number;
  /** Share of copies that take up to `slowUs` instead of up to `fastUs`. */
  readonly slow: number;
  readonly fastUs: number;
  readonly slowUs: number;
}

export const CALM: Weather = { loss: 0, duplication: 0, slow: 0, fastUs: 20_000, slowUs: 0 };

/** Alters what one node sends: returns the messages that really leave, for each receiver. */
export type Tamper = (to: PeerId, message: Message, draws: Draws) => readonly Message[];

export interface DriverOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly make: (node: number) => Machine;
  readonly provisioned: Storage;
  readonly tampers?: ReadonlyMap<number, Tamper>;
  /** Hands every receiver its own copy, decoded from bytes. */
  readonly decode?: boolean;
  /** Keeps every step of these nodes for replay. */
  readonly record?: ReadonlySet<number>;
  readonly onObserve?: (node: number, observation: Observation) => void;
  /** Sees every message that really leaves a node. */
  readonly onSend?: (node: number, message: Message) => void;
}

interface Node {
  machine: Machine | null;
  storage: Map<string, Uint8Array>;
  life: number;
  readonly timers: Map<number, number>;
  readonly steps: Step[];
}

interface Pending {
  readonly atUs: number;
  readonly order: number;
  readonly node: number;
  readonly run: () => void;
}

/** A network of machines in memory: one clock, random weather, crashes between any two effects; same seed, same run. */
export class Driver {
  readonly nodes: readonly Node[];
  readonly draws: Draws;
  weather: Weather = CALM;
  /** Loses the copies that it says so of. */
  cut: (from: number, to: number, message: Message) => boolean = () => false;
  /** Chance that a step is cut short by a crash. */
  crashChance = 0;
  /** Nodes that may crash. */
  mortal: ReadonlySet<number> = new Set();
  restartUs = 300_000;
  nowUs = 0;
  steps = 0;
  readonly #options: DriverOptions;
  readonly #memo: Memo = new WeakMap();
  readonly #queue: Pending[] = [];
  #order = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.draws = new Draws(options.seed);
    this.nodes = Array.from({ length: options.nodes }, () => ({
      machine: null,
      storage: new Map(options.provisioned),
      life: 0,
      timers: new Map(),
      steps: [],
    }));
  }

  /** Starts every node that is down. */
  startAll(): void {
    for (let node = 0; node < this.nodes.length; node++) this.start(node);
  }

  start(node: number): void {
    const entry = this.#node(node);
    if (entry.machine !== null) return;
    entry.machine = this.#options.make(node);
    this.#step(node, { kind: "start", storage: new Map(entry.storage) });
  }

  /** Cuts a node's power. @param lost whether its disk is gone too */
  crash(node: number, lost = false): void {
    const entry = this.#node(node);
    entry.machine = null;
    entry.life++;
    entry.timers.clear();
    if (lost) entry.storage = new Map();
  }

  /** Hands a node a message at once, as from a peer. */
  deliver(node: number, from: PeerId, message: Message): void {
    this.#step(node, { kind: "message", from, message });
  }

  /** Runs what is due within a time. @param until ends the run early */
  run(durationUs: number, until: () => boolean = () => false): void {
    const endUs = this.nowUs + durationUs;
    while (!until()) {
      const next = this.#queue[this.#queue.length - 1];
      if (next === undefined || next.atUs > endUs) break;
      this.#queue.pop();
      this.nowUs = next.atUs;
      next.run();
    }
    if (this.nowUs < endUs && !until()) this.nowUs = endUs;
  }

  #node(node: number): Node {
    return this.nodes[node] as Node;
  }

  #schedule(node: number, delayUs: number, run: () => void): void {
    const pending = { atUs: this.nowUs + delayUs, order: this.#order++, node, run };
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#queue[middle] as Pending).atUs > pending.atUs) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, pending);
  }

  #step(node: number, input: Input): void {
    const entry = this.#node(node);
    const { machine } = entry;
    if (machine === null) return;
    const context = new StepContext(this.nowUs, () => this.draws.word(), this.#memo);
    act(machine, context, input);
    this.steps++;
    const { effects, drawn, nowUs } = context;
    if (this.#options.record?.has(node) === true) entry.steps.push({ input, nowUs, draws: drawn, effects });
    const dies = this.crashChance > 0 && this.mortal.has(node) && this.draws.chance(this.crashChance);
    const kept = dies ? this.draws.below(effects.length + 1) : effects.length;
    for (const effect of effects.slice(0, kept)) this.#apply(node, effect);
    if (!dies) return;
    this.crash(node);
    this.#schedule(node, this.restartUs, () => this.start(node));
  }

  #apply(node: number, effect: Effect): void {
    const entry = this.#node(node);
    if (effect.kind === "observe") this.#options.onObserve?.(node, effect.observation);
    else if (effect.kind === "persist") {
      if (effect.value === null) entry.storage.delete(effect.key);
      else entry.storage.set(effect.key, effect.value);
    } else if (effect.kind === "timer") this.#arm(node, effect.timer, effect.delayUs);
    else if (effect.kind === "sleep") {
      this.crash(node);
      this.#schedule(node, effect.delayUs, () => this.start(node));
    } else for (const to of effect.to) this.#send(node, to, effect.message);
  }

  #arm(node: number, timer: number, delayUs: number | null): void {
    const { timers, life } = this.#node(node);
    const token = this.#order;
    if (delayUs === null) {
      timers.delete(timer);
      return;
    }
    timers.set(timer, token);
    this.#schedule(node, delayUs, () => {
      const entry = this.#node(node);
      if (entry.life !== life || entry.timers.get(timer) !== token) return;
      entry.timers.delete(timer);
      this.#step(node, { kind: "timer", timer });
    });
  }

  #send(from: number, to: PeerId, message: Message): void {
    const tamper = this.#options.tampers?.get(from);
    const leaving = tamper === undefined ? [message] : tamper(to, message, this.draws);
    for (const each of leaving) {
      this.#options.onSend?.(from, each);
      if (this.cut(from, to, each) || this.draws.chance(this.weather.loss)) continue;
      this.#copy(from, to, each);
      if (this.draws.chance(this.weather.duplication)) this.#copy(from, to, each);
    }
  }

  #copy(from: number, to: number, message: Message): void {
    const { slow, slowUs, fastUs } = this.weather;
    const delayUs = 1 + this.draws.below(this.draws.chance(slow) ? slowUs : fastUs);
    const own = this.#options.decode === true ? copyOf(message) : message;
    this.#schedule(to, delayUs, () => this.deliver(to, from as PeerId, own));
  }
}
