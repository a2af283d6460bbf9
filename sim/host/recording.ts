import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, DurableRecord, Machine, Message, Storage, WireCodec } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import { recordBytes } from "./sealed-record.ts";

type ChargedWork = Parameters<Context["charge"]>[0];

/** What made a machine step. */
export type RecordedInput =
  | { readonly kind: "start"; readonly storage: Storage }
  | { readonly kind: "message"; readonly from: PeerId; readonly wire: Uint8Array }
  | { readonly kind: "timer"; readonly timer: number };

/** What a machine did, in order; messages as their bytes. */
export type RecordedEffect =
  | { readonly kind: "send"; readonly to: readonly number[]; readonly wire: Uint8Array }
  | { readonly kind: "setTimer"; readonly timer: number; readonly delayUs: number }
  | { readonly kind: "cancelTimer"; readonly timer: number }
  | { readonly kind: "sleep"; readonly delayUs: number }
  | { readonly kind: "persist"; readonly key: string; readonly value: Uint8Array | null }
  | { readonly kind: "observe"; readonly observation: Observation }
  | { readonly kind: "charge"; readonly work: ChargedWork; readonly units: number };

/** All that one step took from the world and gave to it. */
export interface RecordedStep {
  readonly input: RecordedInput;
  readonly nowUs: number;
  readonly draws: number[];
  readonly effects: RecordedEffect[];
}

/** A machine that writes down every step of the machine inside, which makes that one replayable alone. */
export class RecordingMachine implements Machine {
  readonly steps: RecordedStep[] = [];
  readonly protocolVersion: number;
  private readonly inner: Machine;
  private readonly codec: WireCodec;

  constructor(inner: Machine, codec: WireCodec) {
    this.inner = inner;
    this.codec = codec;
    this.protocolVersion = inner.protocolVersion;
  }

  start(context: Context, storage: Storage): void {
    // The disk shows what it holds for this life only; what is written down lasts.
    this.inner.start(this.record(context, { kind: "start", storage: new Map(storage) }), storage);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    const wire = message.wire ?? this.codec.encode(message);
    this.inner.onMessage(this.record(context, { kind: "message", from, wire }), from, message);
  }

  onTimer(context: Context, timer: number): void {
    this.inner.onTimer(this.record(context, { kind: "timer", timer }), timer);
  }

  private record(context: Context, input: RecordedInput): Context {
    const step: RecordedStep = { input, nowUs: context.nowUs, draws: [], effects: [] };
    this.steps.push(step);
    return new RecordingContext(context, step, this.codec);
  }
}

class RecordingContext implements Context {
  readonly crypto: NodeCrypto;
  private readonly inner: Context;
  private readonly step: RecordedStep;
  private readonly codec: WireCodec;

  constructor(inner: Context, step: RecordedStep, codec: WireCodec) {
    this.inner = inner;
    this.step = step;
    this.codec = codec;
    this.crypto = inner.crypto;
  }

  get nowUs(): number {
    return this.inner.nowUs;
  }

  entropy(): number {
    const draw = this.inner.entropy();
    this.step.draws.push(draw);
    return draw;
  }

  send(to: PeerId, message: Message): void {
    this.inner.send(to, message);
    this.recordSend([to], message);
  }

  broadcast(to: readonly PeerId[], message: Message): void {
    this.inner.broadcast(to, message);
    this.recordSend(to, message);
  }

  setTimer(timer: number, delayUs: number): void {
    this.inner.setTimer(timer, delayUs);
    this.step.effects.push({ kind: "setTimer", timer, delayUs });
  }

  cancelTimer(timer: number): void {
    this.inner.cancelTimer(timer);
    this.step.effects.push({ kind: "cancelTimer", timer });
  }

  sleep(delayUs: number): void {
    this.inner.sleep(delayUs);
    this.step.effects.push({ kind: "sleep", delayUs });
  }

  persist(key: string, value: DurableRecord | null): void {
    this.inner.persist(key, value);
    this.step.effects.push({ kind: "persist", key, value: value === null ? null : recordBytes(value).slice() });
  }

  observe(observation: Observation): void {
    this.inner.observe(observation);
    this.step.effects.push({ kind: "observe", observation });
  }

  charge(work: ChargedWork, units: number): void {
    this.inner.charge(work, units);
    this.step.effects.push({ kind: "charge", work, units });
  }

  once<T>(state: object, input: object, compute: () => T): T {
    return this.inner.once(state, input, compute);
  }

  private recordSend(to: readonly PeerId[], message: Message): void {
    this.step.effects.push({ kind: "send", to: [...to], wire: message.wire ?? this.codec.encode(message) });
  }
}

/** A context without a world: gives back what a step took, and lets its effects go nowhere. */
class ReplayContext implements Context {
  readonly crypto: NodeCrypto;
  readonly nowUs: number;
  private readonly draws: readonly number[];
  private drawn = 0;

  constructor(step: RecordedStep, crypto: NodeCrypto) {
    this.crypto = crypto;
    this.nowUs = step.nowUs;
    this.draws = step.draws;
  }

  entropy(): number {
    return this.draws[this.drawn++] ?? 0;
  }

  once<T>(_state: object, _input: object, compute: () => T): T {
    return compute();
  }

  // Effects go nowhere: the recording context around this one has written them down.
  send(): void {}
  broadcast(): void {}
  setTimer(): void {}
  cancelTimer(): void {}
  sleep(): void {}
  persist(): void {}
  observe(): void {}
  charge(): void {}
}

/** Runs a fresh machine, alone, through recorded inputs. @returns its own steps, equal to the recorded ones for the same code */
export function replay(
  machine: Machine,
  recorded: readonly RecordedStep[],
  codec: WireCodec,
  crypto: NodeCrypto,
): RecordedStep[] {
  const recorder = new RecordingMachine(machine, codec);
  for (const step of recorded) {
    const context = new ReplayContext(step, crypto);
    const { input } = step;
    if (input.kind === "start") recorder.start(context, input.storage);
    else if (input.kind === "timer") recorder.onTimer(context, input.timer);
    else {
      const message = codec.decode(input.wire);
      if (message !== null) recorder.onMessage(context, input.from, message);
    }
  }
  return recorder.steps;
}
