import { expect, type Locator, type Page } from '@playwright/test'
import type { Shell } from '../support/launch.ts'
import { FileDialog } from './file-dialog.ts'

/** Model packs: what is installed, what can be, and packs of the person's own. */
export class PacksPage {
  readonly #page: Page
  readonly #files: FileDialog
  /** Packs that a person has as a folder. */
  readonly own: Locator

  constructor(shell: Shell) {
    this.#page = shell.page
    this.#files = new FileDialog(shell)
    this.own = shell.page.getByRole('region', { name: 'A pack of your own' })
  }

  /** The row of a pack that is here. */
  installed(name: string): InstalledPack {
    return new InstalledPack(this.#row('Installed', name))
  }

  /** The row of a pack that can be installed. */
  offer(name: string): OfferedPack {
    return new OfferedPack(this.#row('To install', name))
  }

  #row(section: string, name: string): Locator {
    const region = this.#page.getByRole('region', { name: section, exact: true })
    // Of the row itself: an installation that goes on is named by the pack's title.
    return region.locator(`li[aria-label="${name}"]`)
  }

  async addFolder(folder: string): Promise<void> {
    await this.#files.chooseFolder(folder, () =>
      this.own.getByRole('button', { name: 'Add from a folder…' }).click(),
    )
  }

  /** Presses "Remove…" of a pack, and answers the question. */
  async remove(name: string, answer: 'Remove' | 'Cancel'): Promise<void> {
    await this.installed(name).row.getByRole('button', { name: 'Remove…' }).click()
    const question = this.#page.getByRole('dialog', { name: `Remove ${name}?` })
    await question.getByRole('button', { name: answer, exact: true }).click()
    await expect(question).toBeHidden()
  }
}

/** What both rows have of an installation. */
class PackRow {
  readonly row: Locator
  readonly progress: Locator
  /** Why it was not installed. */
  readonly refusal: Locator

  constructor(row: Locator) {
    this.row = row
    this.progress = row.getByRole('progressbar')
    this.refusal = row.getByRole('alert')
  }

  async cancel(): Promise<void> {
    await this.row.getByRole('button', { name: 'Cancel' }).click()
    await expect(this.progress).toBeHidden()
  }
}

class OfferedPack extends PackRow {
  async install(): Promise<void> {
    await this.row.getByRole('button', { name: /^(Install|Try again)$/ }).click()
  }
}

class InstalledPack extends PackRow {
  async verify(): Promise<void> {
    await this.row.getByRole('button', { name: 'Verify' }).click()
  }

  async installAgain(): Promise<void> {
    await this.row.getByRole('button', { name: /^(Install again|Try again)$/ }).click()
  }
}
