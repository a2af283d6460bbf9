import type { ReadText } from "./csv-rows.ts";
import type { Problems } from "./problems.ts";
import type { ChainNames } from "./resolve-subchains.ts";
import type { RootchainScenario, SubchainScenario } from "./scenario.ts";

/** What loads and operations are held against. */
export interface WorkloadContext {
  readonly durationUs: number;
  readonly rootchain: RootchainScenario;
  readonly subchains: readonly SubchainScenario[];
  readonly chains: ChainNames;
  readonly problems: Problems;
  readonly read: ReadText;
}
