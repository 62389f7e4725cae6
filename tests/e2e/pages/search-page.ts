import { expect, type Locator, type Page } from '@playwright/test'

/** What runs have found, by words and by example. */
export class SearchPage {
  readonly #page: Page
  readonly field: Locator
  /** The cells of the grid that are in sight. */
  readonly results: Locator
  /** The photo of a result beside the others. */
  readonly opened: Locator

  constructor(page: Page) {
    this.#page = page
    const bar = page.getByRole('search')
    this.field = bar.getByRole('textbox')
    this.results = page.getByRole('listbox', { name: 'Results' }).getByRole('option')
    this.opened = page.getByRole('region', { name: 'The opened result' })
  }

  async find(words: string): Promise<void> {
    await this.field.fill(words)
    await this.field.press('Enter')
    await this.isThrough()
  }

  /** Until the search has come to its end. */
  async isThrough(): Promise<void> {
    await expect(this.#page.getByRole('search')).toHaveAttribute('aria-busy', 'false')
    await expect(this.results).not.toHaveCount(0)
  }

  /** `2 of 40`: which of the results is open. */
  place(position: number): Locator {
    return this.opened.getByText(new RegExp(`^${position} of \\d+$`))
  }
}
