import { type Machine, PROTOCOL_VERSION } from "../core/machine.ts";

/**
 * A gateway between devices and the world: it passes frames on below the protocol, as its packets do not speak to it, and its power
 * and its lines are what matters about it.
 */
export class Gateway implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;

  start(): void {
    // Nothing to say to anybody.
  }

  onMessage(): void {
    // Whatever is addressed to itself is a mistake of the sender.
  }

  onTimer(): void {
    // It sets none.
  }
}
