import { scenarioJsonSchema } from "../scenario/index.ts";

export const command = "schema";
export const describe = "Prints the JSON Schema of scenario files, for editors";
export const builder = {};

export function handler(): void {
  process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
}
