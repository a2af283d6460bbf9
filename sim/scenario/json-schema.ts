import { SCENARIO } from "./definition.ts";
import type { JsonSchema } from "./kinds.ts";

/** @returns the JSON Schema of scenario files, from the definition that validates them */
export function scenarioJsonSchema(): JsonSchema {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "Orrery scenario", ...SCENARIO.schema };
}
