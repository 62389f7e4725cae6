import { defineConfig } from 'electron-vite'
import vue from '@vitejs/plugin-vue'

/** Each entry is a process or a shell: named, so that tests and the host can point at its file. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          app: 'src/main/electron/entry.ts',
          server: 'src/main/server/entry.ts',
          cli: 'src/main/cli/entry.ts',
          worker: 'src/main/worker/entry.ts',
          pictures: 'src/main/pictures/entry.ts',
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload cannot be an ES module, and "type": "module" would emit one.
      rollupOptions: {
        input: { preload: 'src/preload/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    build: {
      outDir: 'out/renderer',
      rollupOptions: { input: { index: 'src/renderer/index.html' } },
    },
    plugins: [vue()],
  },
})
