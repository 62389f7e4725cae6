import { expect, type Locator, type Page } from '@playwright/test'
import type { Shell } from '../support/launch.ts'
import { ExportDialog } from './export-dialog.ts'
import { JobsBar } from './jobs-bar.ts'
import { LabelPage } from './label-page.ts'
import { ProjectsPage } from './projects-page.ts'
import { ReviewPage } from './review-page.ts'

export type ViewName = 'Projects' | 'Label' | 'Review' | 'Search' | 'Model packs' | 'Settings'

/** The product's window, in the words of who uses it; the same in both shells. */
export class LexmaskWindow {
  readonly shell: Shell
  readonly page: Page
  readonly projects: ProjectsPage
  readonly label: LabelPage
  readonly review: ReviewPage
  readonly jobs: JobsBar
  readonly exporting: ExportDialog

  constructor(shell: Shell) {
    this.shell = shell
    this.page = shell.page
    this.projects = new ProjectsPage(shell)
    this.label = new LabelPage(shell)
    this.review = new ReviewPage(shell.page)
    this.jobs = new JobsBar(shell.page)
    this.exporting = new ExportDialog(shell)
  }

  /** A new project of these photos and words, the guide put away. */
  async begin(project: string, photos: string, words: string): Promise<void> {
    await this.projects.create(project)
    await this.label.addPhotos(photos)
    await expect(this.label.images).not.toHaveCount(0)
    await this.label.putGuideAway()
    await this.label.vocabulary.add(words)
  }

  async goTo(view: ViewName): Promise<void> {
    const button = this.page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: view, exact: true })
    await button.click()
    await expect(button).toHaveAttribute('aria-current', 'page')
  }

  /** Named by the step that it takes back: `Undo Accept`. */
  get undo(): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: /^(Undo|Nothing to undo)/ })
  }

  get redo(): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: /^(Redo|Nothing to redo)/ })
  }

  /** `Saved`, `Saving…`, `Not saved`, `Read-only` */
  get savedState(): Locator {
    return this.page.getByRole('banner').getByRole('status')
  }

  /** Of the last change that the window says is in the file. */
  async savedRevision(): Promise<number> {
    return Number(await this.savedState.getAttribute('data-revision'))
  }

  /** Why the last step is not in the file. */
  get unsavedNotice(): Locator {
    return this.page.getByRole('alert').filter({ hasText: 'Not saved' })
  }

  async closeProject(): Promise<void> {
    await this.page.getByRole('button', { name: / Project$/ }).click()
    await this.page.getByRole('menuitem', { name: 'Close project' }).click()
    await expect(this.page).toHaveTitle('Lexmask')
  }
}
