import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...extra },
})

/** Only what hangs is to fail, and not what shares its cores with a build. */
const SLOW_MACHINE_MS = 60_000

export default defineConfig({
  test: {
    projects: [
      project('unit', { exclude: ['tests/unit/renderer/**'], testTimeout: SLOW_MACHINE_MS }),
      {
        ...project('renderer', {
          include: ['tests/unit/renderer/**/*.test.ts'],
          environment: 'happy-dom',
          testTimeout: SLOW_MACHINE_MS,
        }),
        plugins: [vue()],
      },
      project('contract', { testTimeout: SLOW_MACHINE_MS }),
      // Real models on two cores: files run one after another, so that they do not starve each other.
      project('integration', {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
})
