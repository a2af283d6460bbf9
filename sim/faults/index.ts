export type { FaultOperation, HealedCore, ScheduledFault } from "./operations.ts";
export { FaultSchedule } from "./schedule.ts";
