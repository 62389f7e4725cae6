import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...extra },
})

export default defineConfig({
  test: {
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
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
})
