/** A metric's answer. */
export interface Figure {
  /** Null without samples. */
  readonly value: number | null;
  readonly samples: number;
}

export const NOTHING: Figure = { value: null, samples: 0 };

/** @returns a figure that is known as such */
export function count(value: number): Figure {
  return { value, samples: 1 };
}

/** @returns a part of a whole, nothing of an empty one */
export function ratio(part: number, whole: number): Figure {
  return whole === 0 ? NOTHING : { value: part / whole, samples: whole };
}

/** @returns a figure that was taken over so many things, nothing where it could not be taken */
export function sampled(value: number | null, samples: number): Figure {
  return value === null ? NOTHING : { value, samples };
}
