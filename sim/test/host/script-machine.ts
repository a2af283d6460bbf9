import type { PeerId } from "../../../protocol/core/ids.ts";
import {
  type Context,
  type Machine,
  type Message,
  PROTOCOL_VERSION,
  type Storage,
} from "../../../protocol/core/machine.ts";
import { Greeting } from "./flood.ts";

export interface Script {
  readonly start?: (context: Context, storage: Storage) => void;
  readonly message?: (context: Context, from: PeerId, message: Message) => void;
  readonly timer?: (context: Context, timer: number) => void;
}

/** A machine that does what a test tells it. */
export class ScriptMachine implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  private readonly script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  start(context: Context, storage: Storage): void {
    this.script.start?.(context, storage);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    this.script.message?.(context, from, message);
  }

  onTimer(context: Context, timer: number): void {
    this.script.timer?.(context, timer);
  }
}

/** One script a node; nodes without one do nothing. */
export function scripted(...scripts: readonly Script[]): (node: number) => ScriptMachine {
  return (node) => new ScriptMachine(scripts[node] ?? {});
}

export const peer = (node: number): PeerId => node as PeerId;

/** A message of 100 bytes, told apart by its round. */
export const greeting = (round: number): Greeting => new Greeting(round, 0, 100);
