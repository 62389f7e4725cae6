/**
 * A process of its own for the storage tests: opens a project as the application does and does what
 * the first argument says.
 */
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import type * as Storage from '#main/storage/open-project.ts'
import { diffRecords } from '#shared/history/record-diff.ts'

const [task, path, readOnly] = process.argv.slice(2)
const { module: storage } = await runnerImport<typeof Storage>(
  '/src/main/storage/open-project.ts',
  {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: false,
    logLevel: 'silent',
    cacheDir: '/nonexistent',
  },
)

const tell = (message: object) => process.send?.(message)

/** Opens and counts; `hold` keeps it open. */
if (task === 'try' || task === 'hold') {
  try {
    const project = storage.openProject(path, { readOnly: readOnly === 'read-only' })
    tell({ ok: true, images: project.images.list({}, { offset: 0, limit: 10 }).total })
    if (task === 'hold') await setTimeout(60_000)
    project.close()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    tell({ ok: false, code, message })
  }
  process.disconnect()
}

if (task === 'write') {
  const project = storage.openProject(path)
  const { id: imageId } = project.images.iterate().next().value!
  const [annotation] = project.annotations.listForImage(imageId)
  for (let commits = 0; ; commits++) {
    project.transaction(() => {
      const added = project.annotations.reserveIds(3).map((id) => ({ ...annotation, id }))
      const diff = diffRecords('annotation', [], added)
      project.history.commitChange({ imageId, label: 'Add three', diff })
    })
    if (commits % 10 === 0) {
      tell({ commits })
      // Lets the message leave.
      await setTimeout(0)
    }
  }
}
