import { defineConfig } from "vite";

/** Builds the pages with relative addresses, so that they work under any path, and without inlining, so that a strict CSP holds. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: {
    outDir: "../dist/viz",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "live/digest.html"] },
  },
  worker: { format: "es" },
});
