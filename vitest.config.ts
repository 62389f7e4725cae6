import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...extra },
})

/** Only what hangs is to fail, and not what shares its cores with a build. */
const SLOW_MACHINE_MS = 60_000
/** The same with whole runs of a model in one test, which takes minutes on a slow machine. */
const RUNS_OF_MODELS_MS = 600_000

export default defineConfig({
  test: {
    testTimeout: SLOW_MACHINE_MS,
    hookTimeout: SLOW_MACHINE_MS,
    // Of `expect.poll`; the default is a second.
    expect: { poll: { timeout: SLOW_MACHINE_MS / 2 } },
    projects: [
      project('unit', { exclude: ['tests/unit/renderer/**'] }),
      {
        ...project('renderer', {
          include: ['tests/unit/renderer/**/*.test.ts'],
          environment: 'happy-dom',
        }),
        plugins: [vue()],
      },
      project('contract'),
      // Real models on two cores: files run one after another, so that they do not starve each other.
      project('integration', {
        testTimeout: RUNS_OF_MODELS_MS,
        hookTimeout: RUNS_OF_MODELS_MS,
        fileParallelism: false,
      }),
    ],
  },
})
