import type { Host } from "../host/host.ts";

/** A fault at work. */
export interface FaultEffect {
  begin(): void;
  heal(): void;
  /** Ends whatever ails these nodes; all else stays as it is for ever. What is between two of them is the network's to spare. */
  spare(core: ReadonlySet<number>): void;
  /** One of the moments that the effect asked for with `Setting.tickAt`. */
  tick?(number: number): void;
  /** How often it has made a difference so far; 0 means that the run says nothing about it. */
  readonly bites: number;
}

/** What an effect has to work with. */
export interface Setting {
  readonly host: Host;
  /** Key of its draws, from its own name. */
  readonly key: number;
  readonly atUs: number;
  /** When it is healed at the latest; Infinity: never. */
  readonly endUs: number;
  /** @returns the node that is to propose next on the rootchain, or null when nobody can tell */
  leader(): number | null;
  /** Asks for a `tick` at a later time. */
  tickAt(atUs: number, number: number): void;
}
