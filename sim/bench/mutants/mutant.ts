/** Text of one built file that gives way to another. */
export interface Patch {
  /** In `dist/`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A change to the built protocol: a bug, which must be found, or another way to say the same, which must not be blamed. */
export interface Mutant {
  /** Of field.md for a bug that is in its list. */
  readonly id: string;
  readonly about: string;
  readonly patches: readonly Patch[];
}
