export { INVARIANTS, METRICS } from "./expectation.ts";
export { scenarioJsonSchema } from "./json-schema.ts";
export { loadScenario, type ScenarioFiles } from "./load.ts";
export { HARDWARE_PRESETS, REGION_PRESETS, ROOTCHAIN_PRESETS } from "./presets.ts";
export { UserError } from "./problems.ts";
export { FAULTS } from "./resolve-faults.ts";
export type * from "./scenario.ts";
export { STRATEGIES } from "./strategies.ts";
