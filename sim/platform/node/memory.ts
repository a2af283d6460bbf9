import { totalmem } from "node:os";

/** @returns the bytes of memory that this process may use: the machine's, or its container's */
export function totalMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
