export { type CpuProfile, DEVICE_PROFILES, type DeviceProfile, type DiskProfile } from "./device.ts";
export type { DiskFate } from "./disk.ts";
export { EventKind, faultSource, kernelSources, workloadSource } from "./event-kinds.ts";
export { DEFAULT_CPU_BACKLOG_US, Host, type HostOptions, type NodeSpec } from "./host.ts";
export { type RecordedStep, RecordingMachine, replay } from "./recording.ts";
export type { Recheck } from "./results.ts";
export type { RawContext } from "./step-context.ts";
export { Cause, type TraceSink } from "./trace-sink.ts";
export type { Watcher } from "./watcher.ts";
