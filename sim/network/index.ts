export { OUTCOME_NAMES } from "./drop-reasons.ts";
export { Network } from "./network.ts";
