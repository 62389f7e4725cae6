import { expect, type Locator, type Page } from '@playwright/test'

/** Half of a thumb: where on a slider its ends are. */
const THUMB_PX = 4

const COUNTS_TITLE = 'Annotations in this image / in the project'

/** Of `3 / 12`. */
const projectCount = (counts: string): number => Number(counts.split('/')[1])

/** The words to look for. */
export class VocabularyPanel {
  readonly #page: Page
  readonly panel: Locator

  constructor(page: Page) {
    this.#page = page
    this.panel = page.getByRole('region', { name: 'Vocabulary' })
  }

  /** Types a class, or some with commas between them. */
  async add(names: string): Promise<void> {
    const field = this.panel.getByRole('textbox', { name: 'New class' })
    await field.fill(names)
    await field.press('Enter')
    for (const name of names.split(',')) await expect(this.row(name.trim())).toBeVisible()
  }

  /** Through the dialog for many words. */
  async paste(list: string): Promise<void> {
    await this.panel.getByRole('button', { name: 'Paste a list or a sentence' }).first().click()
    const dialog = this.#page.getByRole('dialog', { name: 'Add many classes' })
    await dialog.getByRole('textbox', { name: 'Words to add' }).fill(list)
    await dialog.getByRole('button', { name: /^Add \d+ class/ }).click()
    await expect(dialog).toBeHidden()
  }

  row(name: string): Locator {
    const itself = this.#page.getByRole('button', { name, exact: true })
    return this.panel.getByRole('listitem').filter({ has: itself })
  }

  /** The sentence that says how a class will be served. */
  service(name: string): Locator {
    return this.row(name).getByRole('img')
  }

  /** Annotations of a class in the project. */
  async countInProject(name: string): Promise<number> {
    return projectCount(await this.row(name).getByTitle(COUNTS_TITLE).innerText())
  }

  /** The same of all classes, in their order. */
  async countsInProject(): Promise<number[]> {
    return (await this.panel.getByTitle(COUNTS_TITLE).allInnerTexts()).map(projectCount)
  }

  threshold(name: string): Locator {
    return this.panel.getByRole('slider', { name: `Threshold of ${name}`, exact: true })
  }

  /** What a threshold would find, while it moves. */
  live(name: string): Locator {
    return this.row(name).getByRole('status')
  }

  /** Drags the slider of a class; `beforeRelease` looks at what is on show meanwhile. */
  async moveThreshold(
    name: string,
    to: number,
    beforeRelease: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const slider = this.threshold(name)
    const box = await slider.boundingBox()
    if (box === null) throw new Error(`The slider of ${name} is not on show.`)
    const { mouse } = this.#page
    const xOf = (value: number): number => box.x + THUMB_PX + value * (box.width - 2 * THUMB_PX)
    const y = box.y + box.height / 2
    await mouse.move(xOf(Number(await slider.inputValue())), y)
    await mouse.down()
    await mouse.move(xOf(to), y, { steps: 8 })
    await beforeRelease()
    await mouse.up()
  }
}
