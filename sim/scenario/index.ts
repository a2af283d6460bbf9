export { drawNodes } from "./draw-nodes.ts";
export { type Expectation, INVARIANTS, type Invariant, METRICS, type Metric, type Operator } from "./expectation.ts";
export { scenarioJsonSchema } from "./json-schema.ts";
export { type LoadRequest, loadScenario, type ScenarioFiles } from "./load.ts";
export { HARDWARE_PRESETS, REGION_PRESETS, ROOTCHAIN_PRESETS } from "./presets.ts";
export { UserError } from "./problems.ts";
export { FAULTS } from "./resolve-faults.ts";
export type * from "./scenario.ts";
export { STRATEGIES } from "./strategies.ts";
