export type { DeviceProfile } from "./device.ts";
export { EventKind, kernelSources, workloadSource } from "./event-kinds.ts";
export { Host } from "./host.ts";
export type { Watcher } from "./watcher.ts";
