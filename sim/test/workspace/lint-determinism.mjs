// Reports what would make a run differ between machines, engines or runs, where Biome's own rules cannot express it.
// Usage: node sim/test/workspace/lint-determinism.mjs [ROOT]
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Deterministic code: everything except the drivers and the tests. */
const DETERMINISTIC = { include: ["protocol", "sim"], exclude: ["**/test", "sim/platform", "sim/cli", "sim/bench"] };

/** Below the drivers an event is handled whole, and the order of events is the kernel's alone. */
const SYNCHRONOUS = /^(protocol|sim\/(kernel|network|host|faults|adversary|workload|checkers))\//;

/** Members of Math whose result the language or IEEE 754 fixes to the last bit. */
const EXACT_MATH = new Set(
  "abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2".split(" "),
);
const LOCALE = /^(localeCompare|toLocale\w+)$/;
const STACK = /^(stack|captureStackTrace|stackTraceLimit|prepareStackTrace)$/;

/** @type {{ message: string, where: RegExp, matches: (node: ts.Node) => boolean }[]} */
const RULES = [
  {
    message: "only members of Math that are exact on every machine may be used, by their name",
    where: /./,
    matches: (node) => isNamed(node, /^Math$/) && !isExactMath(node.parent),
  },
  {
    message: "** is inexact on numbers: only a bigint literal, or 2 to a literal whole power, may be raised",
    where: /./,
    matches: (node) => ts.isBinaryExpression(node) && isInexactPower(node),
  },
  {
    message: "locale data differs between machines",
    where: /./,
    matches: (node) => isNamed(node, LOCALE),
  },
  {
    message: "stack traces differ between engines",
    where: /./,
    matches: (node) => isNamed(node, STACK) && isErrorMember(node.parent),
  },
  {
    message: "code below the drivers is synchronous",
    where: SYNCHRONOUS,
    matches: (node) => isNamed(node, /^Promise$/) || ASYNCHRONOUS.has(node.kind),
  },
];
const ASYNCHRONOUS = new Set([ts.SyntaxKind.AsyncKeyword, ts.SyntaxKind.AwaitKeyword, ts.SyntaxKind.AwaitExpression]);

/** @param {ts.Node} node @param {RegExp} names */
function isNamed(node, names) {
  return (ts.isIdentifier(node) || ts.isStringLiteral(node)) && names.test(node.text);
}

/** @param {ts.Node} node */
function isExactMath(node) {
  return ts.isPropertyAccessExpression(node) && EXACT_MATH.has(node.name.text);
}

/** Powers of two are exact in every engine, and bigints in the language. @param {ts.BinaryExpression} node */
function isInexactPower({ left, operatorToken, right }) {
  if (operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) return true;
  if (operatorToken.kind !== ts.SyntaxKind.AsteriskAsteriskToken || ts.isBigIntLiteral(left)) return false;
  return !(ts.isNumericLiteral(left) && left.text === "2" && ts.isNumericLiteral(right) && /^\d+$/.test(right.text));
}

/** Other stacks (of a script's values, say) hang on names that are not an error's. @param {ts.Node} node */
function isErrorMember(node) {
  if (!ts.isPropertyAccessExpression(node)) return false;
  return /error|cause|reason|exception|^e$/i.test(node.expression.getText());
}

/** @param {ts.SourceFile} file @param {string} name */
function findingsOf(file, name) {
  const rules = RULES.filter((rule) => rule.where.test(name));
  /** @type {string[]} */
  const findings = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    for (const rule of rules) if (rule.matches(node)) findings.push(`${name}:${position(file, node)} ${rule.message}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
}

/** @param {ts.SourceFile} file @param {ts.Node} node */
function position(file, node) {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${line + 1}:${character + 1}`;
}

const root = path.resolve(process.argv[2] ?? ".");
const files = DETERMINISTIC.include.flatMap((folder) =>
  ts.sys.readDirectory(
    path.join(root, folder),
    [".ts"],
    DETERMINISTIC.exclude.map((glob) => path.posix.join(root, glob)),
  ),
);
const findings = files.flatMap((file) => {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  return findingsOf(source, path.relative(root, file).split(path.sep).join("/"));
});
for (const finding of findings) console.error(finding);
if (files.length === 0) console.error(`no sources under ${root}`);
process.exitCode = findings.length > 0 || files.length === 0 ? 1 : 0;
