/** Kinds of kernel events; at equal times lower ones go first. */
export const EventKind = {
  fault: 0,
  message: 1,
  timer: 2,
  request: 3,
  workload: 4,
  link: 5,
  wake: 6,
  battery: 7,
} as const;

/** The kernel's source for what is scheduled on behalf of users, and for faults, behind one source for each node. */
export const workloadSource = (nodes: number): number => nodes;
export const faultSource = (nodes: number): number => nodes + 1;
export const kernelSources = (nodes: number): number => nodes + 2;
