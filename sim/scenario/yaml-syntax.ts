import type { YAMLError } from "yaml";
import type { Problem } from "./problems.ts";

/** A syntax error for someone who writes scenarios, and the stretch of the text to look at. */
export type SyntaxProblem = Omit<Problem, "at"> & { readonly range: readonly [start: number, end: number] };

/** What the YAML library's codes mean. Only the first error is worth showing: the rest follow from it. */
export function explainSyntax(fault: YAMLError, text: string): SyntaxProblem {
  const range = fault.pos;
  switch (fault.code) {
    case "DUPLICATE_KEY":
      return { range, message: "this key is given twice", expected: "each key once" };
    case "TAB_AS_INDENT":
      return { range, message: "a tab as indentation", expected: "spaces" };
    case "TAG_RESOLVE_FAILED":
      return { range, message: "tags are not allowed", expected: "a plain value" };
    case "MULTIPLE_DOCS":
      return { range, message: "a second document", expected: "one scenario a file" };
    case "BAD_SCALAR_START":
    case "UNEXPECTED_TOKEN":
      return unquotedComparison(text, range[0]) ?? notYaml(fault);
    case "BAD_INDENT":
    case "MISSING_CHAR":
      return neverClosed(text, range[0], fault.message) ?? notYaml(fault);
    default:
      return notYaml(fault);
  }
}

function notYaml({ pos, message }: YAMLError): SyntaxProblem {
  return { range: pos, message: `not valid YAML: ${message}`, expected: "YAML such as key: value" };
}

/** A value that begins with ">" begins a folded text in YAML. */
function unquotedComparison(text: string, near: number): SyntaxProblem | undefined {
  const lineStart = text.lastIndexOf("\n", near - 1) + 1;
  const line = text.slice(lineStart).split("\n", 1)[0] ?? "";
  const match = /:\s*(?<comparison>>=?[^"',}\]]*)/du.exec(line);
  const place = match?.indices?.groups?.comparison;
  if (place === undefined) return undefined;
  const range = [lineStart + place[0], lineStart + place[1]] as const;
  const comparison = line.slice(...place).trim();
  return { range, message: "a comparison that begins with > stands in quotes", expected: `"${comparison}"` };
}

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** Looks for what was opened: the error itself is only where the text cannot go on. */
function neverClosed(text: string, end: number, message: string): SyntaxProblem | undefined {
  if (message.includes("quote")) {
    const start = Math.max(text.lastIndexOf('"', end - 1), text.lastIndexOf("'", end - 1));
    return {
      range: [start, start + 1],
      message: "this quote is never closed",
      expected: "another at the end of the text",
    };
  }
  const open: number[] = [];
  for (let index = 0; index < end; index++) {
    const character = text.charAt(index);
    if (character in CLOSING) open.push(index);
    else if (character === "}" || character === "]") open.pop();
  }
  const start = open.at(-1);
  if (start === undefined) return undefined;
  const bracket = text.charAt(start);
  return { range: [start, start + 1], message: `this ${bracket} is never closed`, expected: `a ${CLOSING[bracket]}` };
}
