import { expect, type Locator, type Page } from '@playwright/test'
import type { Shell } from '../support/launch.ts'
import { FileDialog } from './file-dialog.ts'

/** The annotations as a COCO file. */
export class ExportDialog {
  readonly #page: Page
  readonly #files: FileDialog
  readonly dialog: Locator

  constructor(shell: Shell) {
    this.#page = shell.page
    this.#files = new FileDialog(shell)
    this.dialog = shell.page.getByRole('dialog', { name: 'Export as COCO' })
  }

  /** Chooses the file as a person does, and writes it. */
  async writeTo(path: string): Promise<void> {
    const tools = this.#page.getByRole('toolbar', { name: 'Tools', exact: true })
    await tools.getByRole('button', { name: 'Export' }).click()
    const choose = this.dialog.getByRole('button', { name: 'Choose…' })
    await this.#files.saveAs(path, () => choose.click())
    await expect(this.dialog.getByLabel('File', { exact: true })).toHaveValue(path)
    await this.dialog.getByRole('button', { name: 'Export', exact: true }).click()
    await expect(this.dialog.getByRole('heading', { name: 'Exported' })).toBeVisible()
    await this.dialog.getByRole('button', { name: 'Close' }).last().click()
  }
}
