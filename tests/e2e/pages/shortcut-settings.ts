import { expect, type Locator, type Page } from '@playwright/test'

/** Settings → Shortcuts: every action with its keys. */
export class ShortcutSettings {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async open(): Promise<void> {
    await this.#page.keyboard.press('Control+,')
    await this.#page.getByRole('tab', { name: 'Shortcuts' }).click()
    await expect(this.#page.getByLabel('Search actions and keys')).toBeVisible()
  }

  row(action: string): Locator {
    const keys = this.#page.getByRole('group', { name: `Keys of “${action}”` })
    return this.#page.getByRole('listitem').filter({ has: keys })
  }

  /** Gives the action another key in place of its first one. */
  async change(action: string, keys: string): Promise<void> {
    await this.row(action)
      .getByRole('button', { name: /^Change / })
      .first()
      .click()
    await expect(
      this.row(action).getByRole('button', { name: /^Press the new keys/ }),
    ).toBeFocused()
    await this.#page.keyboard.press(keys)
  }

  /** What the key that was pressed means already. */
  conflictOf(action: string): Locator {
    return this.row(action).getByRole('alert')
  }
}
