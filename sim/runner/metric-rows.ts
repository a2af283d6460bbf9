import { Samples } from "./samples.ts";
import type { MetricRow } from "./summary.ts";

type Subject = Pick<MetricRow, "chain" | "metric">;

/** Rows of a run in columns of numbers: a long run of many chains has hundreds of thousands. */
export class MetricRows {
  readonly #seconds = new Samples();
  readonly #values = new Samples();
  /** Places of the chain and the figure that each row is of. */
  readonly #subjects = new Samples();
  readonly #known: Subject[] = [];
  readonly #places = new Map<string, Map<string, number>>();

  push(timeSeconds: number, chain: string, metric: string, value: number): void {
    this.#seconds.push(timeSeconds);
    this.#values.push(value);
    this.#subjects.push(this.#placeOf(chain, metric));
  }

  #placeOf(chain: string, metric: string): number {
    let places = this.#places.get(chain);
    if (places === undefined) {
      places = new Map();
      this.#places.set(chain, places);
    }
    let place = places.get(metric);
    if (place === undefined) {
      place = this.#known.push({ chain, metric }) - 1;
      places.set(metric, place);
    }
    return place;
  }

  /** @returns the rows in the order that they came in, each of no node */
  rows(): MetricRow[] {
    return Array.from({ length: this.#seconds.count }, (_, index) => {
      const { chain, metric } = this.#known[this.#subjects.at(index)] as Subject;
      return { timeSeconds: this.#seconds.at(index), chain, node: "", metric, value: this.#values.at(index) };
    });
  }
}
