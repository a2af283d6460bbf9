/** A named bound of the simulator was reached: the run asks for more than it may have. Not a bug, and not a peer's fault. */
export class CapacityError extends Error {
  override readonly name = "CapacityError";
}
