import { expect, type Locator, type Page } from '@playwright/test'

/** The steps of the photo on show, the newest first. */
export class HistoryPanel {
  readonly #page: Page
  readonly panel: Locator
  /** Each a button; the last one is the beginning. */
  readonly steps: Locator

  constructor(page: Page) {
    this.#page = page
    this.panel = page.getByRole('region', { name: 'History' })
    this.steps = this.panel.getByRole('listitem').getByRole('button')
  }

  async open(): Promise<void> {
    await this.#page.getByRole('banner').getByRole('button', { name: 'History' }).click()
    await expect(this.panel).toBeVisible()
  }

  async close(): Promise<void> {
    await this.#page.keyboard.press('Escape')
    await expect(this.panel).toBeHidden()
  }

  /** Undoes or redoes until this step is the last that holds. @param place from the newest, 0 */
  async goTo(place: number): Promise<void> {
    const step = this.steps.nth(place)
    await step.click()
    await expect(step).toHaveAttribute('aria-current', 'step')
  }
}
