import { expect, type Locator, type Page } from '@playwright/test'

/** One annotation after the other, the most uncertain first; judged by keys. */
export class ReviewPage {
  readonly #page: Page
  readonly sidebar: Locator

  constructor(page: Page) {
    this.#page = page
    this.sidebar = page.getByRole('complementary', { name: 'Review' })
  }

  /** `3 judged · 20 waiting`. */
  async numbers(): Promise<{ judged: number; waiting: number }> {
    const line = this.sidebar.getByText(/^[\d,]+ judged · [\d,]+ waiting$/)
    const [judged, waiting] = (await line.innerText())
      .match(/[\d,]+/g)
      ?.map((digits) => Number(digits.replaceAll(',', ''))) ?? [NaN, NaN]
    return { judged, waiting }
  }

  /** Until an annotation is on show that can be judged. */
  async isReady(): Promise<void> {
    await expect(this.sidebar.getByRole('button', { name: /^Accept\b(?! all)/ })).toBeEnabled()
  }

  accept(): Promise<void> {
    return this.#judge('y')
  }

  reject(): Promise<void> {
    return this.#judge('x')
  }

  /** The class that is asked about. */
  className(): Promise<string> {
    return this.sidebar.getByRole('strong').innerText()
  }

  /** By the picker that C opens, to another than it has. */
  async changeClass(name: string): Promise<void> {
    await this.isReady()
    const { judged } = await this.numbers()
    await this.#page.keyboard.press('c')
    const picker = this.#page.getByRole('combobox', { name: 'Change class' })
    await picker.fill(name)
    await picker.press('Enter')
    await expect.poll(async () => (await this.numbers()).judged).toBe(judged + 1)
  }

  async skip(): Promise<void> {
    await this.isReady()
    const before = await this.place()
    await this.#page.keyboard.press('s')
    await expect.poll(() => this.place()).not.toBe(before)
  }

  /** `2 of 14`. */
  place(): Promise<string> {
    return this.sidebar
      .getByRole('navigation', { name: 'Through the queue' })
      .getByText(/^\d+ of \d+$/)
      .innerText()
  }

  async undo(): Promise<void> {
    const { judged } = await this.numbers()
    await this.#page.keyboard.press('u')
    await expect.poll(async () => (await this.numbers()).judged).toBe(judged - 1)
  }

  async #judge(key: string): Promise<void> {
    await this.isReady()
    const { judged } = await this.numbers()
    await this.#page.keyboard.press(key)
    await expect.poll(async () => (await this.numbers()).judged).toBe(judged + 1)
  }
}
