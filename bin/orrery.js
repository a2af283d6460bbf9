#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/sim/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error("orrery is not built yet: run `npm run build` in its folder first.");
  process.exitCode = 1;
}
