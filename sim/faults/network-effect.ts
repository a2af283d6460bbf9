import { assert } from "../../protocol/core/assert.ts";
import type { Outcome } from "../network/drop-reasons.ts";
import type { Copy, Interference } from "../network/interference.ts";
import type { FaultEffect, Setting } from "./fault-effect.ts";

/** What befalls copies from and to some nodes; the network itself spares those between nodes of a healed core. */
export abstract class NetworkEffect implements FaultEffect, Interference {
  readonly key: number;
  bites = 0;
  protected readonly setting: Setting;

  constructor(setting: Setting) {
    this.setting = setting;
    this.key = setting.key;
  }

  abstract meet(copy: Copy, src: number, dst: number, random: number): Outcome;

  begin(): void {
    this.setting.host.network.interferences.push(this);
  }

  heal(): void {
    const { interferences } = this.setting.host.network;
    const at = interferences.indexOf(this);
    assert(at >= 0, "an interference heals once");
    interferences.splice(at, 1);
  }

  spare(): void {
    // The network knows who is in the core.
  }
}
