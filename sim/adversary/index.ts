export { ByzantineNode } from "./byzantine-node.ts";
export { Gang } from "./gang.ts";
export type { Setting, Wealth } from "./setting.ts";
