export type { FaultOperation, ScheduledFault } from "./operations.ts";
export { FaultSchedule } from "./schedule.ts";
