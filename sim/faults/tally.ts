/** Counts what some nodes' counters gain between `begin` and `end`. */
export class Tally {
  private readonly counters: Float64Array;
  private readonly nodes: readonly number[];
  private base = 0;
  private total: number | null = 0;

  constructor(counters: Float64Array, nodes: readonly number[]) {
    this.counters = counters;
    this.nodes = nodes;
  }

  begin(): void {
    this.base = this.sum();
    this.total = null;
  }

  end(): void {
    this.total = this.count;
  }

  get count(): number {
    return this.total ?? this.sum() - this.base;
  }

  private sum(): number {
    return this.nodes.reduce((sum, node) => sum + (this.counters[node] as number), 0);
  }
}
