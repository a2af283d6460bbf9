import type { Located } from "./located.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Source } from "./source.ts";
import { readYaml } from "./yaml.ts";

/**
 * Reads one `--set a.b=c` as the map `{a: {b: c}}` whose places lie in the flag; `c` is YAML, and list items are numbered
 * from 0 (`faults.0.at=3 min`).
 *
 * @returns undefined when the flag is wrong; the reason is in `problems`
 */
export function readSetFlag(argument: string, problems: Problems): Located | undefined {
  const source: Source = { name: `--set ${argument}`, kind: "flag", text: argument };
  const equals = argument.indexOf("=");
  const path = splitPath(source, equals < 0 ? argument.length : equals);
  const wrong = path.find(({ value }) => !/^[A-Za-z0-9-]+$/u.test(value));
  if (equals < 0 || wrong !== undefined) {
    const at = wrong?.at ?? { source, start: 0, end: argument.length };
    problems.add({ at, message: "not a setting", expected: "key.key=value" });
    return undefined;
  }
  const value = readYaml(source, problems, equals + 1) ?? nothing(source, equals + 1);
  return path.reduceRight<Located>(
    (inner, key) => ({ kind: "map", entries: [{ key, value: inner }], at: key.at }),
    value,
  );
}

function splitPath(source: Source, end: number): Placed<string>[] {
  let start = 0;
  return source.text
    .slice(0, end)
    .split(".")
    .map((value) => {
      const at = { source, start, end: start + value.length };
      start += value.length + 1;
      return { value, at };
    });
}

function nothing(source: Source, start: number): Located {
  return { kind: "scalar", value: null, text: "", at: { source, start, end: start } };
}
