export type {
  ChunkInfo,
  Damage,
  Ending,
  EventKind,
  EventList,
  MessageTable,
  Overview,
  QueryOptions,
  Trace,
  TraceBlock,
  TraceEvent,
  TraceMeta,
  TraceNode,
  Unreadable,
} from "./model.ts";
export { COUNTERS, EVENT_KINDS } from "./model.ts";
export type { Decompress, RangeReader } from "./ports.ts";
export type { StateField } from "./state-fields.ts";
export { MODES, STATE_FIELDS, StateTable } from "./state-fields.ts";
