import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/dist/",
  build: {
    outDir: "../src/junheng/web/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // A strict content security policy blocks data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    rollupOptions: { input: "src/main.ts" },
  },
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
});
