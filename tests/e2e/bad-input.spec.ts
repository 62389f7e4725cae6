import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasShared } from '../support/coco-mini.ts'
import { LexmaskWindow } from './pages/lexmask-window.ts'
import { productFolder } from './support/app-folder.ts'
import { expect, test } from './support/fixtures.ts'
import { EIGHT_PHOTOS, layPhotos, NEEDS_SHARED } from './support/photos.ts'
import { readServedUrl } from './support/served-url.ts'

/** Each is told by its name, with what to do. */

test('a broken photo is named with its reason, and the others are labelled', async ({
  lexmask,
  folder,
}) => {
  test.skip(!hasShared, NEEDS_SHARED)
  const photos = layPhotos(folder, EIGHT_PHOTOS.slice(0, 2))
  writeFileSync(join(photos, 'broken.jpg'), Buffer.from('ffd8ffe000104a46494600', 'hex'))
  // Its thumbnail is asked for and refused.
  lexmask.expected.push(/Failed to load resource.*\/asset\//)
  const window = new LexmaskWindow(lexmask)
  await window.begin(join(folder, 'broken.lexmask'), photos, 'person, car')
  await window.label.autoLabel()
  await window.jobs.labelled(2)
  const failures = await window.jobs.failures()
  await expect(failures.getByRole('listitem')).toHaveCount(1)
  await expect(failures.getByRole('listitem')).toContainText(/broken\.jpg.*\w{4,} \w+/s)
})

test('a project that another process writes is refused by name, and opens for reading', async ({
  lexmask,
  folder,
}) => {
  const window = new LexmaskWindow(lexmask)
  const { projects } = window
  const project = join(folder, 'taken.lexmask')
  await projects.create(project)
  await window.closeProject()
  const holder = spawn(
    process.execPath,
    [join(productFolder, 'bin/lexmask.js'), 'serve', '--project', project],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The recent projects of whoever runs the tests are no business of theirs.
      env: { ...process.env, LEXMASK_CONFIG: join(folder, 'config') },
    },
  )
  let said = ''
  holder.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  try {
    await readServedUrl(holder, () => said)
    await projects.openRecent(project)
    await expect(projects.refusal).toContainText('taken.lexmask could not be opened')
    await expect(projects.refusal).toContainText(/another|other program|in use/i)
    await projects.refusal.getByRole('button', { name: 'Open read-only' }).click()
    await expect(lexmask.page).toHaveTitle('taken – Lexmask')
    await expect(lexmask.page.getByRole('banner')).toContainText('Read-only')
  } finally {
    holder.kill('SIGTERM')
    await once(holder, 'exit')
  }
})

test('a file that is no project is refused by name', async ({ lexmask, folder }) => {
  const { projects } = new LexmaskWindow(lexmask)
  const file = join(folder, 'notes.lexmask')
  writeFileSync(file, 'Remember the milk.\n')
  await projects.open(file)
  await expect(projects.refusal).toContainText('notes.lexmask could not be opened')
  await expect(projects.refusal).toContainText(/not a (Lexmask )?project/i)
  await expect(lexmask.page).toHaveTitle('Lexmask')
})
