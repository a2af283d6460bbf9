import { parquetWriteBuffer } from "hyparquet-writer";
import { csvLine } from "./csv.ts";

/** A column of a table; null where a row has no value. */
export type Column =
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly type: "number" | "count"; readonly values: readonly (number | null)[] };

const PARQUET_TYPES = { text: "STRING", number: "DOUBLE", count: "INT32" } as const;

/** @returns the table as CSV with a line of headings; a cell without a value is empty */
export function csvOf(columns: readonly Column[]): string {
  const rows =
    columns[0]?.values.map((_, row) => csvLine(columns.map(({ values }) => String(values[row] ?? "")))) ?? [];
  return `${[csvLine(columns.map(({ name }) => name)), ...rows].join("\n")}\n`;
}

/** @returns the table as one Parquet file, the same bytes for the same table */
export function parquetOf(columns: readonly Column[]): Uint8Array {
  const columnData = columns.map(({ name, type, values }) => ({
    name,
    type: PARQUET_TYPES[type],
    data: [...values],
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "orrery" }));
}
