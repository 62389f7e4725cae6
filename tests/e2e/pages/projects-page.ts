import type { Locator, Page } from '@playwright/test'
import type { Shell } from '../support/launch.ts'
import { FileDialog } from './file-dialog.ts'

/** Where projects are created, opened and found again. */
export class ProjectsPage {
  readonly #page: Page
  readonly #files: FileDialog

  constructor(shell: Shell) {
    this.#page = shell.page
    this.#files = new FileDialog(shell)
  }

  create(path: string): Promise<void> {
    return this.#files.saveAs(path, () => this.#button('New project…').click())
  }

  open(path: string): Promise<void> {
    return this.#files.open(path, () => this.#button('Open project…').click())
  }

  /** By the list of those that were open before. */
  async openRecent(path: string): Promise<void> {
    await this.recent(path).click()
  }

  recent(path: string): Locator {
    const list = this.#page.getByRole('region', { name: 'Recent projects' })
    return list.getByRole('button', { name: path })
  }

  /** Why a project was not opened or created. */
  get refusal(): Locator {
    return this.#page.getByRole('main').getByRole('alert')
  }

  #button(name: string): Locator {
    return this.#page.getByRole('main').getByRole('button', { name })
  }
}
