import { assertNever } from "../../protocol/core/assert.ts";
import { ChurnEffect } from "./churn.ts";
import { ClockEffect } from "./clock-skew.ts";
import { ClogEffect } from "./clog.ts";
import { CorruptEffect } from "./corrupt.ts";
import { CrashEffect } from "./crash.ts";
import { DegradeEffect } from "./degrade.ts";
import { DiskFullEffect } from "./disk-full.ts";
import type { FaultEffect, Setting } from "./fault-effect.ts";
import { FlapEffect } from "./flap.ts";
import { IsolateEffect } from "./isolate.ts";
import { MisdirectEffect } from "./misdirect.ts";
import type { FaultOperation } from "./operations.ts";
import { PartitionEffect } from "./partition.ts";
import { ReplayEffect } from "./replay.ts";
import { RingEffect } from "./ring.ts";
import { SlowEffect } from "./slow.ts";
import { SlowPairEffect } from "./slow-pair.ts";
import { StarveEffect } from "./starve.ts";
import { SwizzleEffect } from "./swizzle.ts";
import { UpgradeEffect } from "./upgrade.ts";

/** @returns the operation, ready to begin */
export function makeEffect(setting: Setting, operation: FaultOperation): FaultEffect {
  switch (operation.kind) {
    case "crash":
      return new CrashEffect(setting, operation);
    case "partition":
      return new PartitionEffect(setting, operation);
    case "slow":
      return new SlowEffect(setting, operation);
    case "clock":
      return new ClockEffect(setting, operation);
    case "degrade":
      return new DegradeEffect(setting, operation);
    case "clog":
      return new ClogEffect(setting, operation);
    case "slowPair":
      return new SlowPairEffect(setting, operation);
    case "isolate":
      return new IsolateEffect(setting, operation);
    case "ring":
      return new RingEffect(setting, operation);
    case "flap":
      return new FlapEffect(setting, operation);
    case "swizzle":
      return new SwizzleEffect(setting, operation);
    case "corrupt":
      return new CorruptEffect(setting, operation);
    case "replay":
      return new ReplayEffect(setting, operation);
    case "misdirect":
      return new MisdirectEffect(setting, operation);
    case "diskFull":
      return new DiskFullEffect(setting, operation.nodes);
    case "starve":
      return new StarveEffect(setting, operation);
    case "churn":
      return new ChurnEffect(setting, operation);
    case "upgrade":
      return new UpgradeEffect(setting, operation);
    default:
      return assertNever(operation);
  }
}
