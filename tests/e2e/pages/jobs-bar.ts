import { expect, type Locator, type Page } from '@playwright/test'

/** The run at hand, at the bottom of the window. */
export class JobsBar {
  readonly bar: Locator
  /** `Labelling: 3 of 8`, `8 images labelled` ... */
  readonly summary: Locator

  constructor(page: Page) {
    this.bar = page.getByRole('contentinfo', { name: 'Runs' })
    this.summary = this.bar.getByRole('status')
  }

  /** How far the run is; 0 where none is on show. */
  async finished(): Promise<number> {
    const bar = this.bar.getByRole('progressbar')
    return (await bar.count()) === 0 ? 0 : Number(await bar.getAttribute('aria-valuenow'))
  }

  async isOver(images: number): Promise<boolean> {
    return (await this.finished()) === images
  }

  /** Until a run has labelled so many images. */
  async labelled(images: number, timeout = 200_000): Promise<void> {
    await expect(this.summary).toHaveText(`${images} image${images === 1 ? '' : 's'} labelled`, {
      timeout,
    })
  }

  /** The inference process was given up. */
  get givenUp(): Locator {
    return this.bar.getByRole('alert')
  }

  async retry(): Promise<void> {
    await this.bar.getByRole('button', { name: 'Retry' }).click()
  }

  /** The images that could not be labelled, each with its reason. */
  async failures(): Promise<Locator> {
    await this.bar.getByRole('button', { name: / failed$/ }).click()
    return this.bar.page().getByRole('dialog', { name: / failed$/ })
  }
}
