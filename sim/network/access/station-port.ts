import type { Kernel } from "../../kernel/kernel.ts";
import type { Outcome } from "../drop-reasons.ts";
import type { EnergyMeter } from "../energy.ts";
import type { MediumPort, RadioState } from "./medium.ts";

/** Takes what a medium says of its copies. */
export interface CopyUser {
  arrived(copy: number): void;
  lost(copy: number, outcome: Outcome): void;
  /** A gateway, a node, has missed a frame for want of power. */
  missed(gateway: number): void;
}

export interface StationPortOptions {
  readonly kernel: Kernel;
  readonly meter: EnergyMeter;
  readonly user: CopyUser;
  /** By station: its node. */
  readonly nodes: Int32Array;
  /** By gateway of the medium: its node. */
  readonly gateways: ArrayLike<number>;
  readonly firstDevice: number;
  /** Kind of the medium's events. */
  readonly kind: number;
  /** What an event of the medium that is for nothing is called in its payload, and by how much what it is for adds to that. */
  readonly code: number;
  readonly step: number;
}

/** What one medium is connected to. A class, as all media of a run ask through the same few methods. */
export class StationPort implements MediumPort {
  private readonly kernel: Kernel;
  private readonly meter: EnergyMeter;
  private readonly user: CopyUser;
  private readonly nodes: Int32Array;
  private readonly gateways: ArrayLike<number>;
  private readonly firstDevice: number;
  private readonly kind: number;
  private readonly code: number;
  private readonly step: number;

  constructor(options: StationPortOptions) {
    this.kernel = options.kernel;
    this.meter = options.meter;
    this.user = options.user;
    this.nodes = options.nodes;
    this.gateways = options.gateways;
    this.firstDevice = options.firstDevice;
    this.kind = options.kind;
    this.code = options.code;
    this.step = options.step;
  }

  get nowUs(): number {
    return this.kernel.nowUs;
  }

  wakeAt(atUs: number, station: number, what: number, subject: number): void {
    const code = this.code + this.step * what;
    this.kernel.schedule(atUs, this.kind, this.nodes[station] as number, code, subject, 0);
  }

  arrived(copy: number): void {
    this.user.arrived(copy);
  }

  lost(copy: number, outcome: Outcome): void {
    this.user.lost(copy, outcome);
  }

  radio(station: number, state: RadioState, fromUs: number, untilUs: number, powerStep = 0): void {
    this.meter.radio((this.nodes[station] as number) - this.firstDevice, state, fromUs, untilUs, powerStep);
  }

  rests(station: number, listening: boolean): void {
    this.meter.rests((this.nodes[station] as number) - this.firstDevice, listening, this.kernel.nowUs);
  }

  missed(gateway: number): void {
    this.user.missed(this.gateways[gateway] as number);
  }
}
