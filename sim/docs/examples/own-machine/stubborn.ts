import { type Context, type Machine, type Message, type PeerId, type Storage, WireKind } from "@orrery-sim/orrery";

/** A machine with a bug in it: it never hears that others give up on a leader. */
export class Stubborn implements Machine {
  readonly protocolVersion: number;
  readonly around: Machine;

  constructor(around: Machine) {
    this.around = around;
    this.protocolVersion = around.protocolVersion;
  }

  start(context: Context, storage: Storage): void {
    this.around.start(context, storage);
  }

  onTimer(context: Context, timer: number): void {
    this.around.onTimer(context, timer);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    if (message.kind !== WireKind.viewChange) this.around.onMessage(context, from, message);
  }
}
