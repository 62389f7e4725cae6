import type Sqlite from 'better-sqlite3'
import { expect, test } from '../support/fixtures.ts'

/** What the other specs rely on. */

test('SQLite works in this Electron, from the folder that the app runs in', async ({
  electron,
  folder,
}) => {
  const found = await electron.app.evaluate(({ app }, file) => {
    const { createRequire } = process.getBuiltinModule('node:module')
    const require = createRequire(`${app.getAppPath()}/out/main/app.js`)
    const Database = require('better-sqlite3') as typeof Sqlite
    const database = new Database(file)
    const mode = database.pragma('journal_mode = WAL', { simple: true })
    database.exec("create table word (text text) strict; insert into word values ('boat')")
    const rows = database.prepare('select text from word').all()
    database.close()
    return { mode, rows }
  }, `${folder}/harness.sqlite`)
  expect(found).toEqual({ mode: 'wal', rows: [{ text: 'boat' }] })
})

test('a dialog gets the answer that the test has given, and is on record', async ({ electron }) => {
  const ask = () =>
    electron.app.evaluate(({ dialog }) =>
      dialog.showOpenDialog({ title: 'Add photos', properties: ['openDirectory'] }),
    )
  expect(await ask()).toEqual({ canceled: true, filePaths: [] })
  await electron.dialogs.answerOpen('/photos')
  expect(await ask()).toEqual({ canceled: false, filePaths: ['/photos'] })
  const [first] = await electron.dialogs.asked()
  expect(first).toMatchObject({ kind: 'open', options: { title: 'Add photos' } })
})

test('the product starts again after it was killed', async ({ launch }) => {
  const first = await launch()
  await first.kill()
  const second = await launch()
  await expect(second.page).toHaveTitle('Lexmask')
  expect(second.pid).not.toBe(first.pid)
})
