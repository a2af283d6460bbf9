export type {
  ClockOperation,
  CrashOperation,
  DegradeOperation,
  FaultOperation,
  PartitionOperation,
  ScheduledFault,
  SlowOperation,
} from "./operations.ts";
export { FaultSchedule } from "./schedule.ts";
