import { basename, dirname } from 'node:path'
import { expect, type Locator } from '@playwright/test'
import type { Shell } from '../support/launch.ts'

const TITLES = /^(New project|Open project|Add photos|Export as|Choose a folder)$/

/**
 * What the product asks with the system's dialog in Electron and with its own in a browser. Electron's
 * is answered before `press` opens it; a person answers the other one by mouse and keyboard.
 */
export class FileDialog {
  readonly #shell: Shell

  constructor(shell: Shell) {
    this.#shell = shell
  }

  /** A file that is not there yet: its folder and its name. */
  async saveAs(path: string, press: () => Promise<void>): Promise<void> {
    if (this.#shell.kind === 'electron') {
      await this.#shell.dialogs.answerSave(path)
      return press()
    }
    await press()
    const dialog = await this.#goTo(dirname(path))
    await dialog.getByLabel('File name').fill(basename(path))
    await this.#finish(dialog, /^(Create|Save here)$/)
  }

  /** A file that is there. */
  async open(path: string, press: () => Promise<void>): Promise<void> {
    if (this.#shell.kind === 'electron') {
      await this.#shell.dialogs.answerOpen(path)
      return press()
    }
    await press()
    const dialog = await this.#goTo(dirname(path))
    await dialog.getByRole('option', { name: basename(path) }).click()
    await this.#finish(dialog, 'Open')
  }

  /** A folder with all that is in it. */
  async addFolder(path: string, press: () => Promise<void>): Promise<void> {
    if (this.#shell.kind === 'electron') {
      await this.#shell.dialogs.answerOpen(path)
      return press()
    }
    await press()
    await this.#finish(await this.#goTo(path), 'Add this folder')
  }

  /** A folder itself. */
  async chooseFolder(path: string, press: () => Promise<void>): Promise<void> {
    if (this.#shell.kind === 'electron') {
      await this.#shell.dialogs.answerOpen(path)
      return press()
    }
    await press()
    await this.#finish(await this.#goTo(path), 'Choose this folder')
  }

  async #goTo(folder: string): Promise<Locator> {
    const dialog = this.#shell.page.getByRole('dialog', { name: TITLES })
    const field = dialog.getByLabel('Folder', { exact: true })
    // It opens with a folder of its own choice, which takes the field when it is there.
    await expect(field).not.toHaveValue('')
    await field.fill(folder)
    await field.press('Enter')
    await expect(dialog.getByRole('button', { name: 'Up one folder' })).toBeEnabled()
    return dialog
  }

  async #finish(dialog: Locator, name: string | RegExp): Promise<void> {
    await dialog.getByRole('button', { name }).click()
    await expect(dialog).toBeHidden()
  }
}
