/** Room for drawing, in pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** A group of nodes drawn together, on orbits around one centre. */
export interface RegionShape {
  readonly name: string;
  /** Number of the chain whose nodes these are, where it is one chain's. */
  readonly chain?: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly orbits: readonly number[];
}

/** Where nodes are drawn, in pixels. */
export interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly nodeRadius: number;
  readonly regions: readonly RegionShape[];
}
