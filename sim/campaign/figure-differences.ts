/** What two summaries say of one thing. */
export interface FigureDifference {
  /** As in "chains.root.height". */
  readonly figure: string;
  readonly first: string;
  readonly second: string;
}

/** What differs between machines, or says nothing about what happened. */
const APART: ReadonlySet<string> = new Set(["measured", "files", "codeVersion", "question"]);

function keyOf(item: unknown, place: number): string {
  if (typeof item !== "object" || item === null) return String(place);
  const { name, id } = item as { name?: unknown; id?: unknown };
  return String(name ?? id ?? place);
}

function flatten(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (typeof value !== "object" || value === null) return into.set(path, String(value));
  const entries = Array.isArray(value)
    ? value.map((item, place) => [keyOf(item, place), item] as const)
    : Object.entries(value).filter(([key]) => path !== "" || !APART.has(key));
  for (const [key, inner] of entries) flatten(inner, path === "" ? key : `${path}.${key}`, into);
  return into;
}

/** @returns what two `summary.json` say differently, in the order of the first */
export function figureDifferences(a: object, b: object): FigureDifference[] {
  const [first, second] = [flatten(a, "", new Map()), flatten(b, "", new Map())];
  const figures = new Set([...first.keys(), ...second.keys()]);
  return [...figures]
    .map((figure) => ({ figure, first: first.get(figure) ?? "–", second: second.get(figure) ?? "–" }))
    .filter((each) => each.first !== each.second);
}
