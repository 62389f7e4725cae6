import { expect, type Locator, type Page } from '@playwright/test'
import type { Shell } from '../support/launch.ts'
import { FileDialog } from './file-dialog.ts'
import { VocabularyPanel } from './vocabulary-panel.ts'

export type LabellingTarget = 'This image' | 'All unlabelled images' | 'All images'

/** Images, canvas, vocabulary and annotations. */
export class LabelPage {
  readonly #page: Page
  readonly #files: FileDialog
  readonly vocabulary: VocabularyPanel
  /** The thumbnails. */
  readonly images: Locator
  /** Rows of the annotations of the image on show, without the rejected ones. */
  readonly annotations: Locator
  readonly canvas: Locator

  constructor(shell: Shell) {
    this.#page = shell.page
    this.#files = new FileDialog(shell)
    this.vocabulary = new VocabularyPanel(shell.page)
    this.images = shell.page.getByRole('listbox', { name: 'Images' }).getByRole('option')
    this.annotations = shell.page.getByRole('listbox', { name: 'Annotations' }).getByRole('option')
    this.canvas = shell.page.getByRole('application')
  }

  /** A folder with all that is in it. */
  async addPhotos(folder: string): Promise<void> {
    await this.#files.addFolder(folder, async () => {
      const pane = this.#page.getByRole('region', { name: 'Images', exact: true })
      // The heading's; an empty list has another one.
      await pane.getByRole('button', { name: 'Add photos' }).first().click()
      await this.#page.getByRole('menuitem', { name: 'Folder…' }).click()
    })
  }

  /** What the last addition left out. */
  get leftOut(): Locator {
    return this.#page.getByRole('dialog', { name: /left out$/ })
  }

  image(name: string): Locator {
    return this.images.filter({ hasText: name })
  }

  /** Puts an image on the canvas. */
  async openImage(name: string): Promise<void> {
    await this.image(name).click()
    await expect(this.canvas).toHaveAccessibleName(`Image ${name}`)
    await expect(this.canvas).toHaveAttribute('aria-busy', 'false')
  }

  async autoLabel(target: LabellingTarget = 'All unlabelled images'): Promise<void> {
    await this.#page.getByRole('button', { name: 'What to label' }).click()
    await this.#page.getByRole('menuitem', { name: target }).click()
  }

  async putGuideAway(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Put the first steps away' }).click()
  }
}
